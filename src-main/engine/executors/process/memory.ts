import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readStat } from './identity.ts'
import { allPids } from './sessions.ts'

/** When a young execution is looked at, in ms after its start: short ones would otherwise never be seen. */
const EARLY_LOOKS_MS = [10, 30, 100]
/** Afterwards all are looked at together. */
const LOOK_EVERY_MS = 1000
/** Processes that are read in one turn of the event loop; each takes about 15 µs. */
const READS_PER_TURN = 100
const KIB = 1024

/** Highest resident memory of executions, from samples. Linux only; elsewhere nothing is known. */
export class MemorySampler {
  readonly #executions = new Map<number, MemoryUse>()
  #timer: NodeJS.Timeout | null = null
  #looking = false

  /** Follows the processes of a session. `stop` it when the execution has ended. */
  follow(session: number): MemoryUse {
    const use = new MemoryUse(session, () => {
      this.#executions.delete(session)
      if (this.#executions.size === 0) this.close()
    })
    if (process.platform === 'linux') {
      this.#executions.set(session, use)
      this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
    }
    return use
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** One pass over /proc for all executions. */
  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      const members = new Map<number, number[]>()
      const pids = allPids()
      for (let i = 0; i < pids.length; i++) {
        const pid = pids[i] ?? 0
        const session = readStat(pid)?.session ?? 0
        if (this.#executions.has(session)) members.set(session, [...(members.get(session) ?? []), pid])
        if (i % READS_PER_TURN === READS_PER_TURN - 1) await nextTurn()
      }
      for (const [session, found] of members) this.#executions.get(session)?.sample(found)
    } finally {
      this.#looking = false
    }
  }
}

export class MemoryUse {
  readonly #session: number
  readonly #onStop: () => void
  readonly #timers: NodeJS.Timeout[]
  #peak: number | null = null

  constructor(session: number, onStop: () => void) {
    this.#session = session
    this.#onStop = onStop
    const early = process.platform === 'linux' ? EARLY_LOOKS_MS : []
    this.#timers = early.map((ms) => setTimeout(() => this.sample(descendantsOf(session)), ms).unref())
  }

  /** Bytes, or null when there was no sample. */
  get peakBytes(): number | null {
    return this.#peak
  }

  /**
   * Takes the processes as they are now, without the launcher. The peak is the highest sum that was seen, or the high
   * mark that the kernel keeps for a single process when that is more: never more than was really used.
   */
  sample(pids: readonly number[]): void {
    let sum = 0
    for (const pid of pids) {
      if (pid === this.#session) continue
      const memory = memoryOf(pid)
      if (memory === null) continue
      sum += memory.now
      this.#peak = Math.max(this.#peak ?? 0, memory.peak)
    }
    if (sum > 0) this.#peak = Math.max(this.#peak ?? 0, sum)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#onStop()
  }
}

function memoryOf(pid: number): { now: number; peak: number } | null {
  const status = readOrNull(`/proc/${pid}/status`)
  const now = /^VmRSS:\s*(\d+) kB$/m.exec(status ?? '')?.[1]
  const peak = /^VmHWM:\s*(\d+) kB$/m.exec(status ?? '')?.[1]
  return now === undefined || peak === undefined ? null : { now: Number(now) * KIB, peak: Number(peak) * KIB }
}

/** Children and their children, as far as the first threads started them: a handful of reads, for the early looks. */
function descendantsOf(pid: number): number[] {
  const found: number[] = []
  for (const queue = [pid]; queue.length > 0; ) {
    const next = queue.pop() ?? 0
    const children = readOrNull(`/proc/${next}/task/${next}/children`)?.trim() ?? ''
    for (const child of children === '' ? [] : children.split(' ').map(Number)) {
      found.push(child)
      queue.push(child)
    }
  }
  return found
}

/** Null when the process is gone, or the kernel does not offer the file. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
