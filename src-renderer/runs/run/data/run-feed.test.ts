import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EngineUnreachable } from '../../../../src-shared/client/index.ts'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { type FeedParts, feedRun } from './run-feed.ts'
import { type Changes, createRunStore, type RunStore } from './run-store.ts'
import { run, step } from './test-steps.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** An engine that answers what it is told to, and whose events are given by hand. */
function setUp(answer: (after: number) => Changes | Error) {
  const asked: number[] = []
  let onEvent: () => void = () => undefined
  let onReturn: () => void = () => undefined
  const parts: FeedParts = {
    ask: async (after) => {
      asked.push(after)
      const said = answer(after)
      if (said instanceof Error) throw said
      return said
    },
    follow: async (_after, listener) => {
      onEvent = listener
    },
    onReturn: (listener) => {
      onReturn = listener
      return () => undefined
    },
    isVisible: () => true,
  }
  const store: RunStore = createRunStore()
  const feed = feedRun(store, parts)
  return { store, feed, asked, event: () => onEvent(), comeBack: () => onReturn() }
}

const whole: Changes = { cursor: 5, whole: true, run: run([step('a'), step('b')]) }

describe('the feed of a run', () => {
  it('takes the whole first, then what changed after the cursor, once for many events', async () => {
    const { store, feed, asked, event } = setUp((after) =>
      after === 0 ? whole : { cursor: after + 1, whole: false, run: run([step('b', { status: 'running' })]) },
    )
    await vi.advanceTimersByTimeAsync(1)
    expect(store.getState()).toMatchObject({ phase: 'shown', cursor: 5 })
    const a = store.getState().book.byKey.get('a')
    const { head } = store.getState()
    for (let i = 0; i < 50; i++) event()
    await vi.advanceTimersByTimeAsync(130)
    expect(asked).toEqual([0, 5])
    expect(store.getState().book.byKey.get('b')?.status).toBe('running')
    expect(store.getState().book.byKey.get('a')).toBe(a)
    expect(store.getState().head).toBe(head)
    feed.stop()
  })

  it('keeps what it shows while the engine is away, and goes on when it is back', async () => {
    let isAway = false
    const { store, feed, asked, event, comeBack } = setUp((after) =>
      isAway
        ? new EngineUnreachable('ECONNREFUSED', 'nobody listens')
        : after === 0
          ? whole
          : { cursor: 6, whole: true, run: run([step('a', { status: 'succeeded' })], { status: 'succeeded' }) },
    )
    await vi.advanceTimersByTimeAsync(1)
    isAway = true
    event()
    await vi.advanceTimersByTimeAsync(200)
    expect(store.getState()).toMatchObject({ phase: 'shown', error: null, cursor: 5 })
    expect(store.getState().book.tops).toEqual(['a', 'b'])
    isAway = false
    comeBack()
    await vi.advanceTimersByTimeAsync(200)
    expect(asked.at(-1)).toBe(5)
    expect(store.getState().book.tops).toEqual(['a'])
    feed.stop()
  })

  it('says that a run is gone, or that it could not be read', async () => {
    let error = new ProblemError('run_not_found', 'there is no run')
    const gone = setUp(() => error)
    await vi.advanceTimersByTimeAsync(1)
    expect(gone.store.getState().phase).toBe('gone')
    gone.feed.stop()
    error = new ProblemError('internal', 'broken')
    const failed = setUp(() => error)
    await vi.advanceTimersByTimeAsync(1)
    expect(failed.store.getState()).toMatchObject({ phase: 'failed', error })
    failed.feed.stop()
  })

  it('asks an active run now and then without events, because reasons change without them', async () => {
    const { feed, asked } = setUp(() => whole)
    await vi.advanceTimersByTimeAsync(4_200)
    expect(asked.length).toBe(3)
    feed.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked.length).toBe(3)
  })
})
