import type { EngineMessage } from '../../../../src-shared/contract/worker-protocol.ts'

/** The connection of a session, while it has one. */
export interface Link {
  /** False when the message is longer than a frame may be */
  send(message: EngineMessage): boolean
  /** Tells that the end of an execution is on disk. */
  record(token: string): void
  readonly hasRoom: boolean
  /** Frames count as taken only when this has ended: what is written meanwhile is bounded so. */
  holdBack(until: Promise<void>): void
  close(code: number, reason: string): void
}
