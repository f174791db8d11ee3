import type { EngineAddress } from '../engine/address.ts'
import type {
  AnswerMessage,
  EndMessage,
  Execute,
  NewsMessage,
  RequestMessage,
  WireOptions,
  WireParameter,
} from '../protocol.ts'

/** A module that an executor loads. */
export interface LoadModule {
  readonly module: string
  /** The built file */
  readonly file: string
  /** Exported targets that belong to this module; null: all that it exports */
  readonly targets: { readonly [name: string]: readonly WireParameter[] } | null
}

export interface Init {
  readonly type: 'init'
  readonly mode: 'inspect' | 'process' | 'shared'
  readonly modules: readonly LoadModule[]
  readonly engine: EngineAddress | null
  readonly project: string
  /** Ends the output of an execution on stdout and stderr */
  readonly marker: string
}

/** What a worker says to an executor. */
export type ToRunner =
  | Init
  | { readonly type: 'run'; readonly jobs: readonly Execute[] }
  | { readonly type: 'answer'; readonly answer: AnswerMessage }
  | { readonly type: 'abort'; readonly token: string; readonly reason: string }

/** A target as its module shows it when it is loaded. */
export interface FoundTarget {
  readonly name: string
  readonly kind: 'task' | 'workflow'
  readonly options: WireOptions
}

/** What an executor says to its worker. Numbers of requests are its own. */
export type FromRunner =
  | { readonly type: 'ready' }
  | { readonly type: 'found'; readonly module: string; readonly targets: readonly FoundTarget[] }
  | { readonly type: 'broken'; readonly module: string; readonly message: string }
  | EndMessage
  | NewsMessage
  | RequestMessage
