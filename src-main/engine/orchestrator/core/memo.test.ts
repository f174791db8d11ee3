import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TREE } from '../simulation/tree.ts'
import { asks } from '../testing/code.ts'
import { Driver } from '../testing/driver.ts'
import { plan, retry, target } from '../testing/plan.ts'

let driver: Driver
const load = asks('load', [1], { memo: 'load 1' })

beforeEach(() => {
  driver = new Driver()
  driver.send({ type: 'workspaces', workspaces: TREE })
  driver.worker()
  driver.worker('w2', { workspace: 'dev' })
  driver.start(plan(target('main')))
})

afterEach(() => driver.restart())

describe('a call that is memoised', () => {
  it('finds one that goes on, with an edge and no step', () => {
    driver.call('main', [load])
    expect(driver.call('main', [load])).toEqual(['load[0]'])
    expect(driver.journal.filter(({ type }) => type === 'step.linked')).toMatchObject([{ step: 'load', index: 0 }])
    expect(driver.run().calls).toBe(1)
  })

  it('finds one within the same request', () => {
    expect(driver.call('main', [load, load, asks('load', [2], { memo: 'load 2' })])).toEqual([
      'load[0]',
      'load[0]',
      'load[1]',
    ])
  })

  it('finds one that succeeded, whoever made it', () => {
    driver.call('main', [asks('train'), load])
    driver.finish('load[0]')
    expect(driver.call('train[0]', [load])).toEqual(['load[0]'])
    expect(driver.unit('load[0]').call?.links.map(({ by }) => by)).toEqual([driver.unit('train[0]')])
  })

  it('finds none that failed or was cancelled, or is about to be', () => {
    driver.call('main', [load])
    driver.fail('load[0]')
    expect(driver.call('main', [load])).toEqual(['load[1]'])
    driver.cancelStep('load[1]')
    expect(driver.is('load[1]')).toBe('cancelling')
    expect(driver.call('main', [load])).toEqual(['load[2]'])
    driver.finish('load[1]', { status: 'cancelled' })
    expect(driver.call('main', [load])).toEqual(['load[2]'])
  })

  it('finds one that is tried again', () => {
    driver.call('main', [asks('load', [1], { memo: 'load 1', step: { retry: retry(1, { minDelayMs: 5 }) } })])
    driver.fail('load[0]')
    expect(driver.call('main', [load])).toEqual(['load[0]'])
  })

  it('finds the newest', () => {
    driver.call('main', [load])
    driver.fail('load[0]')
    driver.call('main', [load])
    driver.finish('load[1]')
    driver.rerun('load[0]')
    driver.finish('load[0]')
    expect(driver.call('main', [load])).toEqual(['load[1]'])
  })

  it('finds what ran in its workspace or above, not below', () => {
    driver.call('main', [load, asks('train')])
    driver.finish('load[0]')
    driver.rerun('train[0]', { workspace: 'dev' })
    driver.finish('train[0]', { status: 'cancelled' })
    expect(driver.out('train[0]').worker).toBe('w2')
    expect(driver.call('train[0]', [load])).toEqual(['load[0]'])
    driver.call('train[0]', [asks('other', [], { memo: 'other' })])
    expect(driver.unit('other[0]').workspace).toBe('dev')
    expect(driver.call('main', [asks('other', [], { memo: 'other' })])).toEqual(['other[1]'])
  })

  it('finds none of another run', () => {
    driver.call('main', [load])
    driver.start(plan(target('main')))
    expect(driver.call('main', [load], { run: 'r2' })).toEqual(['load[0]'])
    expect(driver.run('r2').calls).toBe(1)
  })

  it('does not find who calls it: it would wait for itself', () => {
    driver.call('main', [load])
    driver.call('load[0]', [asks('part', [], { memo: 'part' })])
    expect(driver.call('part[0]', [load])).toEqual(['load[1]'])
    expect(driver.call('load[1]', [asks('part', [], { memo: 'part' })])).toEqual(['part[1]'])
  })

  it('is found by the next attempt of a caller that failed', () => {
    driver.start(plan(target('main', { retry: retry(1) })))
    driver.call('main', [load, asks('load', [2])], { run: 'r2' })
    driver.fail('main', 'r2')
    expect([driver.is('load[0]', 'r2'), driver.is('load[1]', 'r2')]).toEqual(['dispatched', 'cancelling'])
    driver.pass(0)
    expect(driver.call('main', [load, asks('load', [2])], { run: 'r2' })).toEqual(['load[0]', 'load[2]'])
  })

  it('ends when the last attempt of its caller has failed without it', () => {
    driver.start(plan(target('main', { retry: retry(1) })))
    driver.call('main', [load], { run: 'r2' })
    driver.fail('main', 'r2')
    driver.pass(0)
    driver.fail('main', 'r2')
    expect(driver.is('load[0]', 'r2')).toBe('cancelling')
  })
})
