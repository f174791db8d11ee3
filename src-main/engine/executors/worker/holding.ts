import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { Job, Report } from '../executor.ts'
import { CallLog } from './call-log.ts'
import type { Held } from './held.ts'
import type { SessionParts } from './parts.ts'

/** The executions of one session, and how they end: each end is reported once, after all that was logged is written. */
export class Holding {
  readonly held = new Map<string, Held>()
  readonly #parts: SessionParts

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  get isEmpty(): boolean {
    for (const { phase } of this.held.values()) if (phase !== 'ended') return false
    return true
  }

  get busy(): readonly Job[] {
    return [...this.held.values()].flatMap(({ phase, job }) => (phase === 'ended' ? [] : [job]))
  }

  /** Processes of what is out; null for one that did not say which it is */
  get pids(): (number | null)[] {
    return [...this.held.values()].flatMap(({ phase, pid }) => (phase === 'queued' || phase === 'ended' ? [] : [pid]))
  }

  end(held: Held, report: Report | Promise<Report>): void {
    held.phase = 'ended'
    if (held.killTimer !== null) clearTimeout(held.killTimer)
    const isWritten = (held.log === null || held.log.isIdle) && held.recording === null
    if (isWritten && !(report instanceof Promise)) return this.#parts.report(report)
    void Promise.all([report, held.log?.settled(), held.recording]).then(([ready]) => this.#parts.report(ready))
  }

  cancelled(held: Held): void {
    const { token } = held
    this.end(held, { type: 'finished', token, at: this.#parts.now(), outcome: { status: 'cancelled' } })
  }

  /** It ends by what it said, not by what its code came to. */
  fail(held: Held, error: Failure): void {
    if (held.phase === 'ended') return
    if (held.killed !== null) return this.cancelled(held)
    const { token } = held
    const outcome = { status: 'failed', kind: 'error', error } as const
    this.end(held, { type: 'finished', token, at: this.#parts.now(), outcome })
  }

  lose(held: Held, reason: string): void {
    if (held.phase === 'ended') return
    held.isLost = true
    if (held.killed !== null) return this.cancelled(held)
    this.end(held, { type: 'lost', token: held.token, at: this.#parts.now(), reason })
  }

  /** Its end is on disk, or nobody wants it. */
  forget(held: Held): void {
    if (held.killTimer !== null) clearTimeout(held.killTimer)
    this.held.delete(held.token)
    this.#parts.over.add(held.token)
    this.#parts.forget(held.token)
    void held.log?.close()
  }

  logOf(held: Held): CallLog {
    held.log ??= new CallLog(held.job.folder, (error) =>
      this.#parts.note(`the log of ${held.job.run}:${held.job.step} could not be written: ${String(error)}`),
    )
    return held.log
  }

  /** Stops watching: what runs goes on, and is taken back by the next engine. */
  async close(): Promise<void> {
    for (const { killTimer } of this.held.values()) if (killTimer !== null) clearTimeout(killTimer)
    await Promise.all([...this.held.values()].flatMap(({ log }) => (log === null ? [] : [log.close()])))
  }
}
