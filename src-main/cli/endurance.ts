import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from './connect.ts'
import { CliError } from './failure.ts'

/** How long a command waits for an engine that went away: a restart or an update takes seconds. */
const GIVE_UP_AFTER_MS = 60_000
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 2000

/** An engine that is down, going down or coming up: the same call may succeed in a moment. */
const isOutage = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'EngineUnreachable' || ('code' in error && error.code === 'engine_stopping'))

/** Carries a waiting command over restarts of the engine: finds it again, with growing pauses, and says so once. */
export class Endurance {
  private readonly session: Session
  private readonly back: string
  private since: number | null = null
  private delay = FIRST_DELAY_MS

  /** @param back command that takes up the wait again */
  constructor(session: Session, back: string) {
    this.session = session
    this.back = back
  }

  /** To be called whenever the engine answered. */
  alive(): void {
    if (this.since !== null) this.session.output.note('The engine is back.')
    this.since = null
    this.delay = FIRST_DELAY_MS
  }

  /** Waits a little and connects anew; rethrows what is no outage. @throws CliError when it takes too long */
  async recover(error: unknown, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw signal.reason
    if (!isOutage(error)) throw error
    if (this.since === null) {
      this.since = performance.now()
      this.session.output.note(
        `The engine does not answer; waiting up to ${GIVE_UP_AFTER_MS / 1000} s for it to come back. What it runs goes on.`,
      )
    }
    if (performance.now() - this.since > GIVE_UP_AFTER_MS) {
      throw new CliError(
        'unreachable',
        'engine_lost',
        'The engine went away and did not come back.',
        `Start it with: weir boot up --daemon. Then go on with: ${this.back}`,
        error,
      )
    }
    await sleep(this.delay, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted())
    this.delay = Math.min(MAX_DELAY_MS, this.delay * 2)
    await this.session.reconnect()
  }

  /** Calls until the engine answers. */
  async insist<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const answer = await call()
        this.alive()
        return answer
      } catch (error) {
        await this.recover(error, signal)
      }
    }
  }
}
