import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlanStep } from '../../workflows/index.ts'
import { asks } from '../testing/code.ts'
import { Driver, items } from '../testing/driver.ts'
import { eachTarget, plan, retry, type TargetFields, target } from '../testing/plan.ts'
import { reasonText } from './why.ts'

let driver: Driver
const DELAY = 1_000

beforeEach(() => {
  driver = new Driver({ answers: { f: items(3) } })
  driver.worker()
  driver.start(plan(target('main')))
})

afterEach(() => driver.restart())

const later = (value: number, fields: TargetFields = {}) =>
  asks('save', [value], { defer: 'main save', step: { rules: { delayMs: DELAY }, ...fields } })
const why = (key: string) => reasonText(driver.state, driver.unit(key))
const outputs = (key: string) => driver.unit(key).outputs

describe('a call with a delay', () => {
  it('begins when it is over', () => {
    driver.call('main', [asks('save', [], { step: { rules: { delayMs: DELAY } } })])
    expect(driver.is('save[0]')).toBe('sleeping')
    driver.pass(DELAY - 1)
    expect(driver.is('save[0]')).toBe('sleeping')
    driver.pass(1)
    expect(driver.is('save[0]')).toBe('dispatched')
  })

  it('counts it from the moment when its results are there', () => {
    driver.call('main', [asks('train'), asks('save', [], { refs: ['train[0]'], step: { rules: { delayMs: DELAY } } })])
    driver.pass(DELAY)
    expect(driver.is('save[0]')).toBe('blocked')
    driver.finish('train[0]')
    driver.pass(DELAY - 1)
    expect(driver.is('save[0]')).toBe('sleeping')
  })

  it('is not held up before other attempts than the first', () => {
    driver.call('main', [asks('save', [], { step: { rules: { delayMs: DELAY }, retry: retry(1) } })])
    driver.pass(DELAY)
    driver.fail('save[0]')
    driver.pass(0)
    expect(driver.is('save[0]')).toBe('dispatched')
    driver.rerun('save[0]')
    driver.finish('save[0]', { status: 'cancelled' })
    expect(driver.is('save[0]')).toBe('dispatched')
  })

  it('sleeps on over a restart, and may be cancelled', () => {
    driver.call('main', [later(1)])
    driver.restart()
    expect(driver.is('save[0]')).toBe('sleeping')
    driver.cancelStep('save[0]')
    expect(driver.is('save[0]')).toBe('cancelled')
    driver.pass(DELAY)
    expect(driver.running()).toEqual(['r1:main'])
  })

  it('may be an item of a drawn step: each waits by itself, and those that are held back wait when it is their turn', () => {
    driver.start(plan(eachTarget('f', { rules: { delayMs: DELAY }, maxParallel: 2 })))
    expect([0, 1, 2].map((index) => driver.is(`f[${index}]`, 'r2'))).toEqual(['sleeping', 'sleeping', 'blocked'])
    driver.pass(DELAY)
    driver.finish('f[0]', undefined, 'r2')
    expect([1, 2].map((index) => driver.is(`f[${index}]`, 'r2'))).toEqual(['dispatched', 'sleeping'])
  })
})

describe('a call that a newer one replaces', () => {
  it('ends as that one does', () => {
    driver.call('main', [later(1), later(2), later(3)])
    expect([driver.is('save[0]'), driver.is('save[1]'), driver.is('save[2]')]).toEqual([
      'following',
      'following',
      'sleeping',
    ])
    expect(why('save[0]')).toBe('a newer call stands in its place: r1:save[1]')
    driver.pass(DELAY)
    expect(driver.running()).toEqual(['r1:main', 'r1:save[2]'])
    driver.finish('save[2]', { status: 'succeeded', outputs: { json: { result: 7 } } })
    expect(['save[0]', 'save[1]', 'save[2]'].map(outputs)).toEqual(Array(3).fill({ json: { result: 7 } }))
    expect(driver.is('save')).toBe('succeeded')
  })

  it('fails or is cancelled as that one', () => {
    driver.call('main', [later(1), later(2)])
    driver.pass(DELAY)
    driver.fail('save[1]')
    expect([driver.is('save[0]'), driver.unit('save[0]').error?.message]).toEqual(['failed', 'it ended with 1'])
    driver.call('main', [later(3), later(4)])
    driver.cancelStep('save[3]')
    expect([driver.is('save[2]'), driver.is('save[3]')]).toEqual(['cancelled', 'cancelled'])
  })

  it('may be of another run, which waits for it', () => {
    driver.start(plan(target('main')))
    driver.call('main', [later(1)])
    driver.call('main', [later(2)], { run: 'r2' })
    driver.finish('main')
    expect([driver.is('save[0]'), driver.run().finished]).toEqual(['following', null])
    driver.restart()
    driver.worker()
    expect(driver.unit('save[0]').follows).toEqual({ run: 'r2', step: 'save', index: 0 })
    driver.pass(DELAY)
    driver.finish('save[0]', undefined, 'r2')
    expect(driver.run().finished).toBe('succeeded')
    driver.reload()
    expect(why('save[0]')).toBe('succeeded')
    expect(driver.unit('save[0]').follows).toEqual({ run: 'r2', step: 'save', index: 0 })
  })

  it('ends with the run of that one when it is cancelled', () => {
    driver.start(plan(target('main')))
    driver.call('main', [later(1)])
    driver.call('main', [later(2)], { run: 'r2' })
    driver.cancel('r2')
    expect(driver.is('save[0]')).toBe('cancelled')
    expect(driver.run().finished).toBeNull()
  })

  it('may be cancelled alone: that one goes on', () => {
    driver.call('main', [later(1), later(2)])
    driver.cancelStep('save[0]')
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['cancelled', 'sleeping'])
    driver.pass(DELAY)
    driver.finish('save[1]')
    expect(driver.is('save[0]')).toBe('cancelled')
  })

  it('may wait for results, or for its turn', () => {
    driver.worker('w1', { concurrency: 1 })
    const now = (value: number, refs: string[] = []) => asks('save', [value], { defer: 'k', refs })
    driver.call('main', [asks('train'), now(1, ['train[0]'])])
    driver.call('main', [now(2)])
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['following', 'queued'])
    driver.call('main', [now(3)])
    expect([driver.is('save[1]'), driver.is('save[2]')]).toEqual(['following', 'queued'])
    driver.worker('w1', { concurrency: 9 })
    driver.finish('train[0]')
    expect(driver.is('save[0]')).toBe('following')
    driver.finish('save[2]')
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['succeeded', 'succeeded'])
  })

  it('is not one that was handed out already, also when it is tried again', () => {
    driver.call('main', [later(1, { retry: retry(1, { minDelayMs: DELAY }) })])
    driver.pass(DELAY)
    driver.call('main', [later(2)])
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['dispatched', 'sleeping'])
    driver.fail('save[0]')
    driver.call('main', [later(3)])
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['retry', 'following'])
  })

  it('is not one whose result the newer one is given: each would wait for the other', () => {
    driver.call('main', [later(1), asks('best', [], { refs: ['save[0]'] })])
    driver.call('main', [asks('save', [2], { defer: 'main save', refs: ['best[0]'] })])
    expect([driver.is('save[0]'), driver.is('save[1]')]).toEqual(['sleeping', 'blocked'])
    driver.pass(DELAY)
    for (const key of ['save[0]', 'best[0]', 'save[1]']) driver.finish(key)
    expect(driver.is('save')).toBe('succeeded')
  })

  it('is not one with another key', () => {
    driver.call('main', [later(1), asks('save', [1], { defer: 'other', step: { rules: { delayMs: DELAY } } })])
    expect(driver.is('save[0]')).toBe('sleeping')
  })

  it('runs for itself when it is run again', () => {
    driver.call('main', [later(1), later(2)])
    driver.rerun('save[0]')
    expect([driver.is('save[0]'), driver.unit('save[0]').follows]).toEqual(['sleeping', null])
    driver.pass(DELAY)
    driver.finish('save[1]')
    expect(driver.is('save[0]')).toBe('dispatched')
  })

  it('that waited for a result, and is run again, waits for that alone', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.call('main', [asks('save', [1], { defer: 'k', refs: ['train[0]', 'train[1]'] }), later(2)])
    driver.call('main', [asks('save', [3], { defer: 'k' })])
    driver.rerun('save[0]')
    driver.finish('save[2]')
    driver.finish('train[0]')
    expect(driver.is('save[0]')).toBe('blocked')
    driver.finish('train[1]')
    expect(driver.is('save[0]')).toBe('dispatched')
  })
})

describe('a recurrent target', () => {
  const poll = (fields: TargetFields = {}) =>
    asks('poll', [], { step: { rules: { recurrent: { delayMs: DELAY } }, ...fields } })
  const nothing = { status: 'succeeded', outputs: { json: { result: null } } } as const

  it('runs again after it returned nothing, until it returns something', () => {
    driver.call('main', [poll()])
    driver.finish('poll[0]', nothing)
    expect(why('poll[0]')).toContain('it is recurrent')
    driver.pass(DELAY - 1)
    expect(driver.is('poll[0]')).toBe('retry')
    driver.restart()
    driver.worker()
    driver.pass(1)
    driver.finish('poll[0]', { status: 'succeeded', outputs: { json: { result: 0 } } })
    expect(driver.is('poll[0]')).toBe('succeeded')
    expect(outputs('poll[0]')).toEqual({ json: { result: 0 } })
  })

  it('ends when it is cancelled, running or in between', () => {
    driver.call('main', [poll(), poll()])
    driver.finish('poll[0]', nothing)
    driver.cancelStep('poll[0]')
    driver.cancelStep('poll[1]')
    expect([driver.is('poll[0]'), driver.is('poll[1]')]).toEqual(['cancelled', 'cancelling'])
    driver.finish('poll[1]', nothing)
    expect(driver.is('poll[1]')).toBe('succeeded')
  })

  it('counts its failures anew after each success', () => {
    driver.call('main', [poll({ retry: retry(1) })])
    for (let round = 0; round < 3; round++) {
      driver.fail('poll[0]')
      driver.pass(0)
      driver.finish('poll[0]', nothing)
      driver.pass(DELAY)
    }
    expect(driver.is('poll[0]')).toBe('dispatched')
    driver.fail('poll[0]')
    driver.pass(0)
    driver.fail('poll[0]')
    expect(driver.is('poll[0]')).toBe('failed')
  })

  it('lets go on what it called', () => {
    driver.call('main', [poll()])
    driver.call('poll[0]', [asks('train')])
    driver.finish('poll[0]', nothing)
    expect(driver.is('train[0]')).toBe('dispatched')
    driver.pass(DELAY)
    expect(driver.call('poll[0]', [asks('train')])).toEqual(['train[1]'])
  })

  it('ends, when it fails, only what it called last', () => {
    driver.call('main', [poll()])
    driver.call('poll[0]', [asks('train', [1])])
    driver.finish('poll[0]', nothing)
    driver.pass(DELAY)
    driver.call('poll[0]', [asks('train', [2])])
    driver.fail('poll[0]')
    expect([driver.is('train[0]'), driver.is('train[1]')]).toEqual(['dispatched', 'cancelling'])
  })

  it('ends as it is when its result is large, or is no result', () => {
    driver.call('main', [poll(), poll()])
    driver.finish('poll[0]', { status: 'succeeded', outputs: { blob: 'abc', size: 4_000 } })
    driver.finish('poll[1]', { status: 'succeeded' })
    expect([driver.is('poll[0]'), driver.is('poll[1]')]).toEqual(['succeeded', 'succeeded'])
  })
})

describe('retries of a call', () => {
  const tried = (policy: PlanStep['retry']) => asks('train', [], { step: { retry: policy } })

  it('may have no end', () => {
    driver.call('main', [tried(retry(0, { limit: null, minDelayMs: 10, maxDelayMs: 90 }))])
    for (let attempt = 1; attempt <= 50; attempt++) {
      driver.fail('train[0]')
      expect(driver.unit('train[0]').wakeAt).toBe(driver.now + 10)
      driver.pass(10)
    }
    expect(driver.out('train[0]').attempt).toBe(51)
  })

  it('may wait for any time between the bounds, always the same after a restart', () => {
    driver.call('main', [tried(retry(0, { limit: null, minDelayMs: 10, maxDelayMs: 1_000, backoff: 'random' }))])
    const waits = new Set<number>()
    for (let attempt = 1; attempt <= 20; attempt++) {
      driver.fail('train[0]')
      const wait = (driver.unit('train[0]').wakeAt ?? 0) - driver.now
      expect(wait).toBeGreaterThanOrEqual(10)
      expect(wait).toBeLessThanOrEqual(1_000)
      waits.add(wait)
      driver.pass(wait)
    }
    expect(waits.size).toBeGreaterThan(10)
  })

  it('come to an end when the code says so', () => {
    driver.call('main', [tried(retry(5))])
    driver.finish('train[0]', { status: 'failed', kind: 'error', retry: false })
    expect(driver.is('train[0]')).toBe('failed')
  })
})
