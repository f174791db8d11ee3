import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Driver } from '../testing/driver.ts'
import { plan, step } from '../testing/plan.ts'
import { forget } from './forget.ts'
import { createTimers, type Timer } from './timers.ts'

const timer = (at: number, kind: Timer<string>['kind'] = 'wake'): Timer<string> => ({
  at,
  kind,
  target: `${at}`,
  token: null,
})

const drain = (timers: ReturnType<typeof createTimers<string>>, now: number): number[] => {
  const taken: number[] = []
  for (let next = timers.take(now); next !== null; next = timers.take(now)) taken.push(next.at)
  return taken
}

describe('timers', () => {
  it('come out in the order of their time, whatever the order in which they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000)), (times) => {
        const timers = createTimers<string>()
        for (const at of times) timers.add(timer(at))
        expect(timers.next()).toBe(times.length === 0 ? null : Math.min(...times))
        expect(drain(timers, 1_000)).toEqual([...times].sort((a, b) => a - b))
        expect(timers.size).toBe(0)
      }),
    )
  })

  it('stay until they are due', () => {
    const timers = createTimers<string>()
    for (const at of [30, 10, 20]) timers.add(timer(at))
    expect(drain(timers, 20)).toEqual([10, 20])
    expect(timers.next()).toBe(30)
  })

  it('of one kind move together, and the order holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100), fc.boolean())), fc.nat(200), (all, byMs) => {
        const timers = createTimers<string>()
        for (const [at, moves] of all) timers.add(timer(at, moves ? 'timeout' : 'wake'))
        timers.shift('timeout', byMs)
        const expected = all.map(([at, moves]) => (moves ? at + byMs : at)).sort((a, b) => a - b)
        expect(drain(timers, 1_000)).toEqual(expected)
      }),
    )
  })

  it('that mean nothing any more are dropped, and the order of the others holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (times) => {
        const timers = createTimers<string>()
        for (const at of times) timers.add(timer(at))
        timers.prune(({ at }) => at % 2 === 0)
        expect(drain(timers, 1_000)).toEqual(times.filter((at) => at % 2 === 0).sort((a, b) => a - b))
      }),
    )
  })

  it('do not keep ended runs in memory', () => {
    const driver = new Driver()
    for (let n = 1; n <= 1_500; n++) {
      const run = driver.start(plan(step('a', { timeoutMs: 10_000_000 })))
      driver.began('a', run)
      driver.finish('a', undefined, run)
      forget(driver.state, run)
    }
    expect(driver.state.timers.size).toBeLessThan(1_100)
  })

  it('of what goes on survive when others are dropped', () => {
    const driver = new Driver({ answers: { s: { type: 'sleep', ms: 500 } } })
    driver.start(plan(step('s', { kind: 'sleep' }), step('a', { timeoutMs: 500 })))
    driver.began('a')
    driver.state.pruneTimersAt = 0
    forget(driver.state, driver.start(plan()))
    driver.pass(500)
    expect([driver.is('s'), driver.is('a')]).toEqual(['succeeded', 'cancelling'])
  })
})
