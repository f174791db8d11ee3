import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asks } from '../testing/code.ts'
import { Driver, items } from '../testing/driver.ts'
import { each, eachTarget, plan, retry, step, target } from '../testing/plan.ts'

let driver: Driver
const child = plan(step('inner'))

beforeEach(() => {
  driver = new Driver({ answers: { 'flow[]': { child }, f: items(2), runs: items(2), 'runs[]': { child } } })
  driver.worker()
  driver.start(plan(target('main')))
})

afterEach(() => driver.restart())

const are = (...keys: string[]) => keys.map((key) => driver.is(key))
const flow = asks('flow', [], { step: { kind: 'workflow', target: null, workflow: 'flow' } })

describe('when a caller ends', () => {
  it('as failed, its open calls end, and theirs; those that have ended stay', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.call('train[0]', [asks('fold')])
    driver.finish('train[1]')
    driver.fail('main')
    expect(are('train[0]', 'train[1]', 'fold[0]')).toEqual(['cancelling', 'succeeded', 'cancelling'])
    driver.finish('fold[0]', { status: 'cancelled' })
    expect(driver.run().finished).toBeNull()
    driver.finish('train[0]', { status: 'cancelled' })
    expect(driver.run().finished).toBe('failed')
  })

  it('as failed, calls that do not run yet end at once', () => {
    driver.call('main', [asks('train'), asks('best', [], { refs: ['train[0]'] })])
    driver.fail('main')
    expect(are('train[0]', 'best[0]')).toEqual(['cancelling', 'cancelled'])
  })

  it('as failed, runs that its calls started end', () => {
    driver.call('main', [flow])
    expect(driver.is('flow[0]')).toBe('child')
    driver.fail('main')
    expect(driver.run('r2').cancelling?.reason).toBe('the run that started it ends')
    driver.finish('inner', { status: 'cancelled' }, 'r2')
    expect(are('flow[0]')).toEqual(['cancelled'])
    expect(driver.run().finished).toBe('failed')
  })

  it('as timed out, they end as well', () => {
    driver.start(plan(target('main', { timeoutMs: 5 })))
    driver.began('main', 'r2')
    driver.call('main', [asks('train')], { run: 'r2' })
    driver.pass(5)
    expect(driver.is('train[0]', 'r2')).toBe('dispatched')
    driver.finish('main', { status: 'cancelled' }, 'r2')
    expect(driver.is('train[0]', 'r2')).toBe('cancelling')
  })

  it('as succeeded, they go on, though their caller was to end', () => {
    driver.call('main', [asks('train')])
    driver.finish('main')
    expect(are('train[0]')).toEqual(['dispatched'])
  })
})

describe('a step that is cancelled alone', () => {
  it('takes all along that it called, and nothing beside it; the run goes on', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.call('train[0]', [asks('fold'), flow])
    driver.cancelStep('train[0]')
    expect(are('train[0]', 'fold[0]', 'flow[0]', 'train[1]', 'main')).toEqual([
      'cancelling',
      'cancelling',
      'child',
      'dispatched',
      'dispatched',
    ])
    expect(driver.run('r2').cancelling).not.toBeNull()
    driver.finish('train[0]', { status: 'cancelled' })
    driver.finish('fold[0]', { status: 'cancelled' })
    driver.finish('inner', { status: 'cancelled' }, 'r2')
    driver.finish('train[1]')
    driver.finish('main')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('is not tried again', () => {
    driver.call('main', [asks('train', [], { step: { retry: retry(3) } })])
    driver.cancelStep('train[0]')
    driver.finish('train[0]', { status: 'failed', kind: 'error' })
    expect(are('train[0]')).toEqual(['cancelled'])
  })

  it('is ended once, however often that is asked', () => {
    driver.call('main', [asks('train')])
    driver.orders()
    driver.cancelStep('train[0]')
    expect(driver.cancelStep('train[0]')).toEqual([])
    expect(driver.orders()).toEqual(['kill r1:train[0]'])
    driver.finish('train[0]', { status: 'cancelled' })
    expect(driver.cancelStep('train[0]')).toEqual([])
  })

  it('counts as done when its success was on its way', () => {
    driver.call('main', [asks('train')])
    driver.cancelStep('train[0]')
    driver.finish('train[0]')
    expect(are('train[0]')).toEqual(['succeeded'])
  })

  it('may wait for its next attempt; what was spared for that ends as well', () => {
    driver.call('main', [asks('train', [], { step: { retry: retry(1, { minDelayMs: 9 }) } })])
    driver.call('train[0]', [asks('load', [], { memo: 'k' })])
    driver.fail('train[0]')
    expect(are('train[0]', 'load[0]')).toEqual(['retry', 'dispatched'])
    driver.cancelStep('train[0]')
    expect(are('train[0]', 'load[0]')).toEqual(['cancelled', 'cancelling'])
  })

  it('may be all calls of a target so far; others may come', () => {
    driver.call('main', [asks('train'), asks('train', [], { refs: ['train[0]'] }), flow])
    driver.cancelStep('train')
    driver.cancelStep('flow')
    expect(are('train[0]', 'train[1]')).toEqual(['cancelling', 'cancelled'])
    expect(driver.run('r2').cancelling).not.toBeNull()
    driver.call('main', [asks('train')])
    driver.finish('train[0]', { status: 'cancelled' })
    expect(are('train', 'train[2]')).toEqual(['items', 'dispatched'])
  })

  it('may be a drawn one: what needs it is skipped', () => {
    driver.start(plan(step('a'), step('b', { needs: ['a'] })))
    driver.cancelStep('a', 'r2')
    driver.finish('a', { status: 'cancelled' }, 'r2')
    expect(driver.is('b', 'r2')).toBe('skipped')
    expect(driver.run('r2').finished).toBe('failed')
  })

  it('may be a fan-out: all its items end, and theirs', () => {
    driver.start(plan(eachTarget('f', { maxParallel: 1 }), step('after', { needs: ['f'] })))
    driver.call('f[0]', [asks('train')], { run: 'r2' })
    driver.cancelStep('f', 'r2')
    expect(['f[0]', 'f[1]', 'train[0]'].map((key) => driver.is(key, 'r2'))).toEqual([
      'cancelling',
      'cancelled',
      'cancelling',
    ])
    driver.finish('f[0]', { status: 'cancelled' }, 'r2')
    driver.finish('train[0]', { status: 'cancelled' }, 'r2')
    expect(driver.is('f', 'r2')).toBe('cancelled')
    expect(driver.run('r2').finished).toBe('failed')
  })

  it('may be a fan-out of runs', () => {
    driver.start(plan(each('runs', { kind: 'workflow', workflow: 'flow', run: null, onFailure: 'continue' })))
    driver.cancelStep('runs', 'r2')
    for (const run of ['r3', 'r4']) driver.finish('inner', { status: 'cancelled' }, run)
    expect(['runs[0]', 'runs[1]', 'runs'].map((key) => driver.is(key, 'r2'))).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ])
  })
})

describe('an item of a fan-out that gives up', () => {
  it('ends with what it called, also when it is suspended', () => {
    driver.start(plan(eachTarget('f')))
    driver.call('f[0]', [asks('train')], { run: 'r2' })
    driver.suspend('f[0]', ['train[0]'], { run: 'r2' })
    driver.fail('f[1]', 'r2')
    expect([driver.is('f[0]', 'r2'), driver.is('train[0]', 'r2')]).toEqual(['cancelled', 'cancelling'])
    driver.finish('train[0]', { status: 'cancelled' }, 'r2')
    expect(driver.run('r2').finished).toBe('failed')
  })
})

describe('a call that somebody else was given as well', () => {
  const shared = asks('load', [], { memo: 'k' })

  beforeEach(() => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.call('train[0]', [shared])
    driver.call('train[1]', [shared])
  })

  it('goes on when its caller fails or is cancelled, and ends with the last who wants it', () => {
    driver.fail('train[0]')
    expect(are('load[0]')).toEqual(['dispatched'])
    driver.fail('train[1]')
    expect(are('load[0]')).toEqual(['cancelling'])
  })

  it('goes on when the other one is cancelled', () => {
    driver.cancelStep('train[1]')
    driver.finish('train[1]', { status: 'cancelled' })
    expect(are('load[0]')).toEqual(['dispatched'])
    driver.cancelStep('train[0]')
    expect(are('load[0]')).toEqual(['cancelling'])
  })

  it('goes on when the other one has succeeded', () => {
    driver.finish('train[1]')
    driver.fail('train[0]')
    expect(are('load[0]')).toEqual(['dispatched'])
  })

  it('goes on while the other one is suspended, and ends with it', () => {
    driver.suspend('train[1]', ['load[0]'])
    driver.fail('train[0]')
    expect(are('load[0]')).toEqual(['dispatched'])
    driver.cancelStep('train[1]')
    expect(are('load[0]')).toEqual(['cancelling'])
  })

  it('ends when all above it end', () => {
    driver.fail('main')
    expect(are('train[0]', 'train[1]', 'load[0]')).toEqual(['cancelling', 'cancelling', 'dispatched'])
    driver.finish('train[0]', { status: 'cancelled' })
    driver.finish('train[1]', { status: 'cancelled' })
    expect(are('load[0]')).toEqual(['cancelling'])
  })
})
