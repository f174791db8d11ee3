import { describe, expect, it } from 'vitest'
import { Driver, items } from '../testing/driver.ts'
import { each, plan, retry, step } from '../testing/plan.ts'

const chain = plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] }), step('other'))

const failedAtB = (): Driver => {
  const driver = new Driver()
  driver.start(chain)
  driver.finish('other')
  driver.finish('a')
  driver.fail('b')
  return driver
}

describe('running again', () => {
  it('what failed: that step and what depends on it; the rest keeps its results', () => {
    const driver = failedAtB()
    driver.orders()
    driver.reopen('failed')
    expect(driver.run()).toMatchObject({ finished: null, finishedAt: null, error: null })
    expect(driver.orders()).toEqual(['start r1:b'])
    expect([driver.is('a'), driver.is('c'), driver.is('other')]).toEqual(['succeeded', 'blocked', 'succeeded'])
    driver.finish('b')
    driver.finish('c')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('counts attempts on, and forgets failures', () => {
    const driver = new Driver()
    driver.start(plan(step('a', { retry: retry(1) })))
    driver.fail('a')
    driver.pass(0)
    driver.fail('a')
    driver.reopen('failed')
    expect(driver.out('a').attempt).toBe(3)
    driver.fail('a')
    expect(driver.is('a')).toBe('retry')
  })

  it('everything, from the start', () => {
    const driver = failedAtB()
    driver.orders()
    driver.reopen('start')
    expect(driver.orders()).toEqual(['start r1:a', 'start r1:other'])
    expect(driver.is('b')).toBe('blocked')
  })

  it('one step, and what depends on it', () => {
    const driver = failedAtB()
    driver.reopen('failed')
    driver.finish('b')
    driver.finish('c')
    driver.orders()
    driver.reopen({ step: 'c' })
    expect(driver.orders()).toEqual(['start r1:c'])
  })

  it('what was cancelled', () => {
    const driver = new Driver()
    driver.start(chain)
    driver.cancel()
    driver.finish('a', { status: 'cancelled' })
    driver.finish('other')
    driver.reopen('failed')
    expect(driver.running()).toEqual(['r1:a'])
    expect(driver.run().cancelling).toBeNull()
  })

  it('is refused while the run goes on, and when there is nothing to do', () => {
    const driver = new Driver()
    driver.start(plan(step('a')))
    expect(driver.reopen('start')).toEqual([])
    driver.finish('a')
    expect(driver.reopen('failed')).toEqual([])
  })

  it('works on a run that had left memory', () => {
    const driver = failedAtB()
    driver.reload()
    driver.reopen('failed')
    expect(driver.out('b').attempt).toBe(2)
    driver.restart()
    driver.finish('b')
    driver.finish('c')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('asks a child workflow for a new run', () => {
    const child = plan(step('x'))
    const driver = new Driver({ answers: { call: { child } } })
    driver.start(plan(step('call', { kind: 'workflow' })))
    driver.fail('x', 'r2')
    driver.reopen('failed')
    expect(driver.unit('call').child).toBe('r3')
    driver.finish('x', undefined, 'r3')
    expect(driver.run().finished).toBe('succeeded')
  })
})

describe('running items again', () => {
  const fanOut = (fields: Parameters<typeof each>[1] = {}): Driver => {
    const driver = new Driver({ answers: { f: items(3) } })
    driver.start(plan(each('f', fields), step('after', { needs: ['f'] })))
    return driver
  }

  it('that were dropped: the others keep their results, and what depends on the list runs again', () => {
    const driver = fanOut({ onFailure: 'continue' })
    driver.finish('f[0]')
    driver.fail('f[1]')
    driver.finish('f[2]')
    driver.finish('after')
    expect(driver.run().finished).toBe('succeeded')
    driver.orders()
    driver.reopen('failed')
    expect(driver.orders()).toEqual(['start r1:f[1]'])
    expect([driver.is('f[0]'), driver.is('f'), driver.is('after')]).toEqual(['succeeded', 'items', 'blocked'])
    driver.finish('f[1]')
    expect(driver.unit('f').fanOut).toMatchObject({ done: 3, failed: 0 })
    expect(driver.out('after').attempt).toBe(2)
  })

  it('that failed or were cancelled, of a fan-out that may not lose one', () => {
    const driver = fanOut()
    driver.finish('f[0]')
    driver.fail('f[1]')
    driver.finish('f[2]', { status: 'cancelled' })
    driver.reopen('failed')
    expect(driver.running()).toEqual(['r1:f[1]', 'r1:f[2]'])
    driver.finish('f[1]')
    driver.finish('f[2]')
    driver.finish('after')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('one alone, though others had failed: it runs, and the step still tells of the others', () => {
    const driver = fanOut()
    driver.fail('f[1]')
    driver.finish('f[0]', { status: 'cancelled' })
    driver.finish('f[2]', { status: 'cancelled' })
    driver.reopen({ step: 'f', index: 2 })
    expect(driver.running()).toEqual(['r1:f[2]'])
    driver.finish('f[2]')
    expect(driver.unit('f')).toMatchObject({
      outcome: 'failed',
      error: { message: 'item 1 of 3 failed: it ended with 1' },
    })
    driver.reopen({ step: 'f', index: 1 })
    driver.finish('f[1]')
    expect(driver.unit('f')).toMatchObject({ outcome: 'failed', error: { message: 'item 0 of 3 was cancelled' } })
    driver.reopen('failed')
    expect(driver.running()).toEqual(['r1:f[0]'])
  })

  it('of a list whose own needs run again is running the whole list again', () => {
    const driver = new Driver({ answers: { f: items(2) } })
    driver.start(plan(step('a'), each('f', { needs: ['a'], onFailure: 'continue' }), step('z')))
    driver.finish('a')
    driver.fail('f[0]')
    driver.finish('f[1]')
    driver.fail('z')
    driver.reopen('start')
    driver.finish('a')
    expect([0, 1].map((index) => driver.out(`f[${index}]`).attempt)).toEqual([2, 2])
  })
})
