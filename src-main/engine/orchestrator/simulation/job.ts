import type { CallRequest, Finish } from '../core/index.ts'

/** Work that an executor was told to do. It goes on when the engine dies, as detached processes do. */
export interface Job {
  readonly token: string
  /** `run:step[index]` */
  readonly unit: string
  state: 'running' | 'ended' | 'vanished'
  /** What it came to, once it has ended */
  end: Finish | Suspension | null
  /** Session of the worker that runs it; null for a command */
  readonly worker: string | null
  /** What it asked for, by the number of the request */
  life: { readonly requests: readonly (readonly CallRequest[])[] } | null
}

/** It gave up its process until others have ended. */
export interface Suspension {
  readonly steps: readonly string[]
  readonly mode: 'any' | 'all'
  readonly delayMs: number
}

export const isSuspension = (end: Finish | Suspension): end is Suspension => 'steps' in end
