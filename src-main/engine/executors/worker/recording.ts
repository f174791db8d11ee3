import type { EngineMessage, WorkerMessage } from '../../../../src-shared/contract/worker-protocol.ts'
import type { CallLog } from './call-log.ts'
import type { Link } from './link.ts'
import { bytesOf } from './words.ts'

export type Recorded = Extract<WorkerMessage, { type: 'log' | 'metric' }>

/**
 * Writes what an execution logged or measured, and then says so on the connection on which it came: on a later one it is said
 * again, and has an answer of its own.
 */
export function record(log: CallLog, message: Recorded, link: Link): Promise<void> {
  const written =
    message.type === 'log' ? log.lines(message.lines, message.from) : log.metrics(message.values, message.from)
  return written.then(() => void link.send(loggedOf(message)))
}

/** The answer that it is written, or will never be. */
export function loggedOf(message: Recorded): EngineMessage {
  const { token } = message
  if (message.type === 'log') return { type: 'logged', token, bytes: bytesOf(message.lines) }
  return { type: 'logged', token, bytes: 0, values: message.values.length }
}
