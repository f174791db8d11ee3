import { readlinkSync } from 'node:fs'
import { bootId, readStat } from '../process/identity.ts'

/** Which process a worker is, as it says it: enough to look for it, when the engine sees the same processes. */
export interface ProcessInSight {
  /** Start of the machine and namespace of processes: numbers of processes mean the same wherever it is the same */
  readonly space: string
  /** Clock ticks from the start of the machine to its own: its number may be given to another process later */
  readonly start: string
}

/**
 * How long executors may outlive their worker of which it is not known which process they are, ms: SDKs end them at once, and
 * an order that was on its way may have begun without a word.
 */
const OUTLIVE_MS = 5000

let own: string | null | undefined

/** The one of this engine; null where the system has none. */
export function ownSpace(): string | null {
  if (own === undefined) own = process.platform === 'linux' ? readSpace() : null
  return own
}

function readSpace(): string | null {
  try {
    return `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // Without /proc the engine sees no process.
    return null
  }
}

/**
 * Whether a worker that has lost its connection is gone for good, with all that it ran: its process has ended, and the
 * processes of its executions. False whenever the engine cannot see that: it may run elsewhere.
 *
 * @param pids processes of its executions; null for one of which that is not known
 * @param lostMs since it lost its connection
 */
export function isSeenGone(
  worker: { readonly pid: number; readonly process: ProcessInSight | null },
  pids: readonly (number | null)[],
  lostMs: number,
): boolean {
  const { process: told, pid } = worker
  if (told === null || told.space !== ownSpace()) return false
  const now = readStat(pid)
  if (now !== null && now.start === told.start && !isDead(now.state)) return false
  return pids.every((one) => (one === null ? lostMs >= OUTLIVE_MS : isDead(readStat(one)?.state)))
}

/** Ended, and waits at most for its parent to take notice. */
const isDead = (state: string | undefined): boolean => state === undefined || state === 'Z' || state === 'X'
