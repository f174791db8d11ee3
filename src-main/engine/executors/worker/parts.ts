import type { Blobs } from '../../assets/blobs.ts'
import type { CodeCalls, ReportListener } from '../executor.ts'
import type { Recent } from './recent.ts'

/** Times of the protocol, in ms; tests make them short. */
export interface Timing {
  /** After a connection broke, or the engine started: what a worker that does not come back ran is lost then */
  readonly reconnectMs: number
  /** A connection on which nothing was heard is closed */
  readonly silenceMs: number
  /** Beyond the grace of a kill: what has not ended by then is given up */
  readonly abortMarginMs: number
  /** How long no run needs an earlier version of a module before its worker is told to let it go */
  readonly unneededMs: number
  /** How often silence is looked for */
  readonly lookMs: number
}

/** What the hub posts to the engine's main thread, where the WebSockets end. */
export type ToSocket =
  | { readonly type: 'worker.send'; readonly connection: number; readonly text: string }
  | { readonly type: 'worker.close'; readonly connection: number; readonly code: number; readonly reason: string }
  /** So many characters of frames have been dealt with: there is room for more */
  | { readonly type: 'worker.taken'; readonly connection: number; readonly chars: number }

/** What happens on the WebSockets of workers; `connection` numbers them. Frames travel as they came. */
export type FromSocket =
  | { readonly type: 'worker.opened'; readonly connection: number }
  | { readonly type: 'worker.frame'; readonly connection: number; readonly text: string }
  /** So many characters have left the engine */
  | { readonly type: 'worker.sent'; readonly connection: number; readonly chars: number }
  /** `isOver`: the worker closed it as one that leaves */
  | { readonly type: 'worker.closed'; readonly connection: number; readonly isOver: boolean }

export interface HubParts {
  readonly project: string
  /** Version of the engine */
  readonly engine: string
  readonly calls: CodeCalls
  readonly report: ReportListener
  readonly blobs: Blobs
  /** ms since 1970; never goes back */
  readonly now: () => number
  readonly post: (message: ToSocket) => void
  /** For the engine's log */
  readonly note: (text: string) => void
  readonly timing?: Partial<Timing>
}

/** What sessions need of the hub. */
export interface SessionParts extends Omit<HubParts, 'timing'> {
  readonly timing: Timing
  /** Tokens of executions that have ended here: what is still said of them is no fault */
  readonly over: Recent
  /** Called when a session holds a token no more */
  readonly forget: (token: string) => void
}
