import { EngineUnreachable } from '../../../../src-shared/client/index.ts'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { coalesce } from './coalesce.ts'
import { type Changes, isOver, merged, type RunStore } from './run-store.ts'

/** At most eight times a second: more than that nobody sees. */
const EVERY_MS = 125
/** A large answer takes time to read: the screen gets three times as much for itself. */
const REST_FACTOR = 3
/** Reasons and progress change without events: an active run is asked about now and then. */
const ACTIVE_MS = 2_000
/** An ended run may be deleted elsewhere, which no event tells. */
const ENDED_MS = 15_000

export interface FeedParts {
  readonly ask: (after: number, signal: AbortSignal) => Promise<Changes>
  /** Calls back at every event of the run after the cursor, across restarts of the engine */
  readonly follow: (after: number, onEvent: () => void, signal: AbortSignal) => Promise<void>
  /** Calls back when the engine came back; answers how to stop that */
  readonly onReturn: (listener: () => void) => () => void
  readonly isVisible: () => boolean
}

export interface Feed {
  /** Asks now, e.g. after something was changed here */
  readonly poke: () => void
  readonly stop: () => void
}

/** Keeps a store up to date with its run until it is stopped. What is shown stays while the engine is away. */
export function feedRun(store: RunStore, { ask, follow, onReturn, isVisible }: FeedParts): Feed {
  const stop = new AbortController()
  let isFollowing = false

  const task = async (): Promise<void> => {
    try {
      const changes = await ask(store.getState().cursor, stop.signal)
      if (stop.signal.aborted) return
      store.setState((before) => merged(before, changes))
      if (!isFollowing) {
        isFollowing = true
        void follow(changes.cursor, asking.poke, stop.signal)
      }
    } catch (error) {
      if (!stop.signal.aborted) fail(store, error)
    }
  }
  const asking = coalesce(task, { everyMs: EVERY_MS, restFactor: REST_FACTOR })

  let timer: ReturnType<typeof setTimeout> | undefined
  const look = (): void => {
    const { head } = store.getState()
    if (isVisible()) asking.poke()
    timer = setTimeout(look, head !== null && isOver(head.status) ? ENDED_MS : ACTIVE_MS)
  }
  look()
  const off = onReturn(asking.poke)
  return {
    poke: asking.poke,
    stop() {
      stop.abort()
      asking.stop()
      clearTimeout(timer)
      off()
    },
  }
}

function fail(store: RunStore, error: unknown): void {
  if (error instanceof ProblemError && error.code === 'run_not_found') {
    store.setState({ phase: 'gone' })
    return
  }
  // The frame says above every screen that the engine is away, and what was shown is still worth looking at.
  if (error instanceof EngineUnreachable) return
  store.setState(({ phase }) => ({ phase: phase === 'loading' ? 'failed' : phase, error }))
}
