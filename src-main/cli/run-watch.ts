import { setTimeout as sleep } from 'node:timers/promises'
import type { Run } from '../../src-shared/contract/index.ts'
import { Bell } from './bell.ts'
import type { Session } from './connect.ts'
import { Endurance } from './endurance.ts'
import { hasEnded } from './run-words.ts'

/** At most ten looks a second. */
const MIN_PAUSE_MS = 100
const MAX_PAUSE_MS = 5000
/** A look may take this part of the time at most: runs of many thousand steps are looked at less often. */
const SHARE_OF_TIME = 10
/** Looked at so often even without an event, should the stream of events be cut without a word. */
const QUIET_LOOK_MS = 3000

export interface WatchOptions {
  /** Without steps the answers stay small: for those who only wait */
  readonly steps: boolean
  readonly signal: AbortSignal
  onRun(run: Run): void
}

/**
 * Looks at a run whenever something happened to it, until it has ended; survives restarts of the engine.
 * @returns the run as it ended, with its steps
 * @throws the signal's reason when that aborts first
 */
export async function watchRun(session: Session, id: string, options: WatchOptions): Promise<Run> {
  const bell = new Bell()
  const listening = new AbortController()
  const signal = AbortSignal.any([options.signal, listening.signal])
  const endurance = new Endurance(session, `weir run watch ${id}`)
  const look = (steps: 'all' | 'none'): Promise<Run> =>
    endurance.insist(
      () =>
        session.client.call(
          session.routes.runs.get,
          { params: { project: session.project, run: id }, query: { steps } },
          { signal: options.signal },
        ),
      options.signal,
    )
  void listen(session, id, bell, signal)
  try {
    for (;;) {
      const began = performance.now()
      const run = await look(options.steps ? 'all' : 'none')
      options.onRun(run)
      if (hasEnded(run)) return options.steps ? run : await look('all')
      const cost = performance.now() - began
      await bell.pause(Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, cost * SHARE_OF_TIME)), options.signal)
      await bell.wait(QUIET_LOOK_MS, options.signal)
    }
  } finally {
    listening.abort()
  }
}

/** Pause before the next try of a stream that was cut. */
const LISTEN_AGAIN_MS = 500

/** Rings at every event. A cut stream is no failure here: the looks go on, and they find the engine again. */
async function listen(session: Session, id: string, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A signal of its own for each try: what listens to it goes with it.
    const attempt = new AbortController()
    const stop = (): void => attempt.abort()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const stream = session.client.subscribe({ project: session.project, run: id, signal: attempt.signal })
      // What happened before the stream began is found by a look; a refusal is thrown by the loop.
      const begun = stream.ready.then(
        () => bell.ring(),
        () => undefined,
      )
      for await (const event of stream) bell.ring(event.type === 'run.finished')
      await begun
    } catch {
      bell.ring() // the look that follows says what is the matter, or finds the engine again
    }
    signal.removeEventListener('abort', stop)
    if (!signal.aborted) await sleep(LISTEN_AGAIN_MS, undefined, { signal }).catch(() => undefined) // the loop ends then
  }
}
