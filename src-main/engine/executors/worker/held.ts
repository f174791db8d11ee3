import type { Job } from '../executor.ts'
import { InOrder } from '../in-order.ts'
import type { CallLog } from './call-log.ts'

/**
 * An execution that a session holds.
 *
 *   queued ──execute──▶ sent ──started──▶ running ──result, error, suspend, aborted──▶ ended ──release──▶ forgotten
 *                        │ the worker came back without it: queued again                ▲
 *   adopting ──hello names it──▶ running            any but queued: lost, when it is gone┘
 */
export interface Held {
  readonly token: string
  readonly job: Job
  phase: 'queued' | 'sent' | 'running' | 'adopting' | 'ended'
  /** Why it is to end, once that was asked for */
  killed: 'cancel' | 'timeout' | null
  killTimer: NodeJS.Timeout | null
  /** The process that it runs in, once that was said */
  pid: number | null
  /** Heartbeats in a row that did not name it */
  missed: number
  /** The worker may still run it, but is not heard any more */
  isLost: boolean
  /** Made with the first line or metric */
  log: CallLog | null
  /** Its calls and assets, in the order in which it made them */
  readonly order: InOrder
  /** Records of assets that are being written: its end comes after them */
  recording: Promise<void> | null
}

export const newHeld = (job: Job, phase: 'queued' | 'adopting'): Held => ({
  token: job.token,
  job,
  phase,
  killed: null,
  killTimer: null,
  pid: null,
  missed: 0,
  isLost: false,
  log: null,
  order: new InOrder(),
  recording: null,
})
