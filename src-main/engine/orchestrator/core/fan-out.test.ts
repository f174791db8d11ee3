import { describe, expect, it } from 'vitest'
import { Driver, items } from '../testing/driver.ts'
import { each, plan, retry, step } from '../testing/plan.ts'
import { reasonText } from './why.ts'

const start = (count: number, fields: Parameters<typeof each>[1] = {}, more = {}): Driver => {
  const driver = new Driver({ answers: { f: items(count), ...more } })
  driver.start(plan(each('f', fields), step('after', { needs: ['f'] })))
  return driver
}

describe('a fan-out', () => {
  it('over nothing succeeds at once', () => {
    const driver = start(0)
    expect(driver.is('f')).toBe('succeeded')
    expect(driver.is('after')).toBe('dispatched')
  })

  it('runs its items beside each other and ends with the last', () => {
    const driver = start(3)
    expect(driver.running()).toEqual(['r1:f[0]', 'r1:f[1]', 'r1:f[2]'])
    driver.finish('f[2]')
    driver.finish('f[0]')
    expect(driver.is('f')).toBe('items')
    driver.finish('f[1]')
    expect(driver.is('f')).toBe('succeeded')
    expect(driver.is('after')).toBe('dispatched')
  })

  it('holds at most maxParallel items, and fills up as they end', () => {
    const driver = start(5, { maxParallel: 2 })
    expect(driver.running()).toEqual(['r1:f[0]', 'r1:f[1]'])
    driver.finish('f[0]')
    expect(driver.running()).toEqual(['r1:f[1]', 'r1:f[2]'])
    expect(driver.unit('f').fanOut).toMatchObject({ active: 2, done: 1 })
  })

  it('that may not lose an item ends the others with the first failure', () => {
    const driver = start(4, { maxParallel: 2 })
    driver.fail('f[0]')
    expect(driver.orders()).toEqual(['start r1:f[0]', 'start r1:f[1]', 'kill r1:f[1]'])
    expect([0, 1, 2, 3].map((index) => driver.is(`f[${index}]`))).toEqual([
      'failed',
      'cancelling',
      'cancelled',
      'cancelled',
    ])
    expect(driver.is('f')).toBe('items')
    driver.finish('f[1]', { status: 'cancelled' })
    expect(driver.unit('f')).toMatchObject({
      outcome: 'failed',
      error: { code: 'exit_code', message: 'item 0 of 4 failed: it ended with 1' },
    })
    expect(driver.is('after')).toBe('skipped')
  })

  it('does not retry items once it is lost', () => {
    const driver = start(2, { retry: retry(3) })
    const policyOf = driver.unit('f[0]').step.retry
    expect(policyOf.limit).toBe(3)
    for (let attempt = 0; attempt < 4; attempt++) {
      driver.fail('f[0]')
      driver.pass(0)
    }
    expect(driver.is('f[0]')).toBe('failed')
    driver.fail('f[1]')
    expect(driver.is('f[1]')).toBe('cancelled')
  })

  it('that may lose items goes on, and succeeds with those that are left', () => {
    const driver = start(3, { onFailure: 'continue' })
    driver.fail('f[1]')
    expect(driver.running()).toEqual(['r1:f[0]', 'r1:f[2]'])
    driver.finish('f[0]')
    driver.finish('f[2]')
    expect(driver.is('f')).toBe('succeeded')
    expect(driver.unit('f').fanOut).toMatchObject({ failed: 1, done: 3 })
    expect(driver.is('after')).toBe('dispatched')
  })

  it('that has lost all of its items has failed, whatever its rule', () => {
    const driver = start(2, { onFailure: 'continue' })
    driver.fail('f[1]')
    driver.fail('f[0]')
    expect(driver.unit('f')).toMatchObject({
      outcome: 'failed',
      error: { message: 'item 0 of 2 failed: it ended with 1' },
    })
  })

  it('succeeds though conditions left out some items, or all', () => {
    const skip = { type: 'skip', reason: 'item == 1' } as const
    const some = start(2, {}, { 'f[1]': skip })
    some.finish('f[0]')
    expect(some.is('f')).toBe('succeeded')
    expect(start(2, {}, { 'f[]': skip }).is('f')).toBe('succeeded')
  })

  it('never drops an item silently that somebody else cancelled', () => {
    const child = plan(step('x'))
    const driver = new Driver({ answers: { f: items(2), 'f[]': { child } } })
    driver.start(plan(each('f', { kind: 'workflow', onFailure: 'continue' })))
    driver.cancel('r2')
    driver.finish('x', { status: 'cancelled' }, 'r2')
    driver.finish('x', undefined, 'r3')
    expect(driver.is('f[0]')).toBe('failed')
    expect(driver.unit('f').fanOut).toMatchObject({ failed: 1, done: 2 })
    expect(driver.unit('f[0]').error?.message).toBe('its run r2 was cancelled')
  })

  it('bounds child runs, too, and starts the next when one has ended', () => {
    const child = plan(step('x'))
    const driver = new Driver({ answers: { f: items(5), 'f[]': { child } } })
    driver.start(plan(each('f', { kind: 'workflow', maxParallel: 2 })))
    const active = (): number => [...driver.state.runs.values()].filter((run) => run.finished === null).length - 1
    expect(active()).toBe(2)
    expect(reasonText(driver.state, driver.unit('f[4]'))).toContain('maxParallel')
    driver.finish('x', undefined, 'r2')
    expect(active()).toBe(2)
    driver.restart()
    expect(active()).toBe(2)
    for (const run of ['r3', 'r4', 'r5', 'r6']) driver.finish('x', undefined, run)
    expect(driver.is('f')).toBe('succeeded')
    expect(driver.unit('f').fanOut).toMatchObject({ done: 5 })
  })

  it('bounds approvals, and holds nothing back after a failure', () => {
    const driver = new Driver({ answers: { f: items(3), 'f[]': { type: 'approval', message: 'ok?' } } })
    driver.start(plan(each('f', { kind: 'approval', maxParallel: 1, onFailure: 'continue' })))
    expect(['f[0]', 'f[1]'].map((key) => driver.unit(key).phase)).toEqual(['approval', 'blocked'])
    driver.answer('f[0]', false)
    expect(['f[1]', 'f[2]'].map((key) => driver.unit(key).phase)).toEqual(['approval', 'blocked'])
  })

  it('goes on after a restart where it was', () => {
    const driver = start(4, { maxParallel: 2 })
    driver.finish('f[0]')
    driver.restart()
    expect(driver.orders()).toEqual(['adopt r1:f[1]', 'adopt r1:f[2]'])
    expect(driver.is('f[3]')).toBe('queued')
    driver.finish('f[1]')
    expect(driver.is('f[3]')).toBe('dispatched')
  })
})
