import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A task that takes some time of the fake clock, and counts how often it ran at once. */
function slow(ms: number) {
  const seen = { calls: 0, atOnce: 0, most: 0 }
  const task = async (): Promise<void> => {
    seen.calls += 1
    seen.atOnce += 1
    seen.most = Math.max(seen.most, seen.atOnce)
    await new Promise((resolve) => setTimeout(resolve, ms))
    seen.atOnce -= 1
  }
  return { seen, task }
}
const now = (): number => Date.now()

describe('coalesced calls', () => {
  it('run at most so often, and once more after the last wish', async () => {
    const { seen, task } = slow(0)
    const calls = coalesce(task, { everyMs: 125, now })
    for (let i = 0; i < 200; i++) {
      calls.poke()
      await vi.advanceTimersByTimeAsync(5)
    }
    expect(seen.calls).toBeLessThanOrEqual(9)
    expect(seen.calls).toBeGreaterThanOrEqual(7)
    const before = seen.calls
    calls.poke()
    await vi.advanceTimersByTimeAsync(500)
    expect(seen.calls).toBe(before + 1)
  })

  it('never run two at once; a wish during a call leads to one more', async () => {
    const { seen, task } = slow(1000)
    const calls = coalesce(task, { everyMs: 100, now })
    calls.poke()
    await vi.advanceTimersByTimeAsync(10)
    calls.poke()
    calls.poke()
    await vi.advanceTimersByTimeAsync(5000)
    expect(seen).toEqual({ calls: 2, atOnce: 0, most: 1 })
  })

  it('rest after a call that took long', async () => {
    const { seen, task } = slow(200)
    const calls = coalesce(task, { everyMs: 100, restFactor: 3, now })
    calls.poke()
    await vi.advanceTimersByTimeAsync(201)
    calls.poke()
    await vi.advanceTimersByTimeAsync(590)
    expect(seen.calls).toBe(1)
    await vi.advanceTimersByTimeAsync(20)
    expect(seen.calls).toBe(2)
  })

  it('stop', async () => {
    const { seen, task } = slow(0)
    const calls = coalesce(task, { everyMs: 100, now })
    calls.poke()
    calls.stop()
    await vi.advanceTimersByTimeAsync(500)
    expect(seen.calls).toBe(0)
  })
})
