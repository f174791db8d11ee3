import { describe, expect, it } from 'vitest'
import { Driver, items } from '../testing/driver.ts'
import { each, plan, retry, step } from '../testing/plan.ts'

describe('a cancel', () => {
  it('ends what waits at once and what runs when it reports', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b', { needs: ['a'] })))
    driver.orders()
    driver.cancel()
    expect(driver.orders()).toEqual(['kill r1:a'])
    expect(driver.is('b')).toBe('cancelled')
    expect(driver.run().finished).toBeNull()
    driver.finish('a', { status: 'cancelled' })
    expect(driver.run()).toMatchObject({ finished: 'cancelled', cancelling: { by: 'ana', reason: 'a test' } })
  })

  it('does not undo a success that came first', () => {
    const driver = new Driver()
    driver.start(plan(step('a')))
    driver.cancel()
    driver.finish('a')
    expect(driver.is('a')).toBe('succeeded')
    expect(driver.run().finished).toBe('cancelled')
  })

  it('a second time, or after the end, changes nothing', () => {
    const driver = new Driver()
    driver.start(plan(step('a')))
    driver.cancel()
    expect(driver.cancel()).toEqual([])
    driver.finish('a', { status: 'cancelled' })
    expect(driver.cancel()).toEqual([])
    expect(driver.cancel('nobody')).toEqual([])
  })

  it.each([
    ['a pause', { type: 'sleep', ms: 5_000 } as const, 'sleeping'],
    ['an approval', { type: 'approval', message: '' } as const, 'approval'],
    ['a question to the edge', null, 'ready'],
  ])('ends %s', (_name, answer, phase) => {
    const driver = new Driver({ answers: { a: answer } })
    driver.start(plan(step('a')))
    expect(driver.is('a')).toBe(phase)
    driver.cancel()
    expect(driver.run().finished).toBe('cancelled')
    driver.pass(10_000)
    expect(driver.is('a')).toBe('cancelled')
  })

  it('ends a retry that has not begun', () => {
    const driver = new Driver()
    driver.start(plan(step('a', { retry: retry(1, { minDelayMs: 1_000 }) })))
    driver.fail('a')
    driver.cancel()
    expect(driver.run().finished).toBe('cancelled')
    driver.pass(2_000)
    expect(driver.running()).toEqual([])
  })

  it('ends what is queued and a fan-out with its items', () => {
    const driver = new Driver({ capacity: { cpus: 2 }, answers: { f: items(4) } })
    driver.start(plan(each('f')))
    driver.cancel()
    expect([2, 3].map((index) => driver.is(`f[${index}]`))).toEqual(['cancelled', 'cancelled'])
    driver.finish('f[0]', { status: 'cancelled' })
    driver.finish('f[1]', { status: 'cancelled' })
    expect(driver.is('f')).toBe('cancelled')
    expect(driver.run().finished).toBe('cancelled')
    expect(driver.state.used.cpus).toBe(0)
  })

  it('that was ordered before a restart goes on after it', () => {
    const driver = new Driver()
    driver.start(plan(step('a')))
    driver.cancel()
    driver.restart()
    driver.finish('a', { status: 'cancelled' })
    expect(driver.run().finished).toBe('cancelled')
  })
})

describe('a child run', () => {
  const child = plan(step('x'))
  const parent = plan(step('call', { kind: 'workflow' }), step('b', { needs: ['call'] }))
  const begin = (): Driver => {
    const driver = new Driver({ answers: { call: { child } } })
    driver.start(parent)
    return driver
  }

  it('is waited for, and gives its outputs', () => {
    const driver = begin()
    expect(driver.unit('call')).toMatchObject({ phase: 'child', child: 'r2' })
    expect(driver.run('r2')).toMatchObject({ trigger: 'parent', parent: { run: 'r1', step: 'call' } })
    driver.finish('x', undefined, 'r2')
    expect(driver.unit('call')).toMatchObject({ outcome: 'succeeded', outputs: { json: {} } })
    expect(driver.is('b')).toBe('dispatched')
  })

  it('fails its step when it fails', () => {
    const driver = begin()
    driver.fail('x', 'r2')
    expect(driver.unit('call')).toMatchObject({
      outcome: 'failed',
      error: { code: 'exit_code', message: 'step x failed: it ended with 1' },
    })
    expect(driver.run().finished).toBe('failed')
  })

  it('fails its step when somebody cancels it', () => {
    const driver = begin()
    driver.cancel('r2')
    driver.finish('x', { status: 'cancelled' }, 'r2')
    expect(driver.unit('call')).toMatchObject({ outcome: 'failed', error: { code: 'cancelled' } })
    expect(driver.run().finished).toBe('failed')
  })

  it('is cancelled with its parent, which ends after it', () => {
    const driver = begin()
    driver.orders()
    driver.cancel()
    expect(driver.orders()).toEqual(['kill r2:x'])
    expect(driver.run('r2').cancelling).toMatchObject({ by: 'ana', reason: 'the run that started it ends' })
    expect(driver.run().finished).toBeNull()
    driver.finish('x', { status: 'cancelled' }, 'r2')
    expect([driver.run('r2').finished, driver.run().finished]).toEqual(['cancelled', 'cancelled'])
    expect(driver.is('call')).toBe('cancelled')
  })

  it('of a child is cancelled too', () => {
    const driver = new Driver({
      answers: { outer: { child: plan(step('inner', { kind: 'workflow' })) }, inner: { child } },
    })
    driver.start(plan(step('outer', { kind: 'workflow' })))
    driver.orders()
    driver.cancel()
    expect(driver.orders()).toEqual(['kill r3:x'])
    driver.finish('x', { status: 'cancelled' }, 'r3')
    expect(['r1', 'r2', 'r3'].map((run) => driver.run(run).finished)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  it('ends when its fan-out has lost another item', () => {
    const driver = new Driver({ answers: { f: items(2), 'f[]': { child } } })
    driver.start(plan(each('f', { kind: 'workflow' })))
    driver.fail('x', 'r2')
    expect(driver.run('r3').cancelling).not.toBeNull()
    driver.finish('x', { status: 'cancelled' }, 'r3')
    expect([driver.is('f[0]'), driver.is('f[1]'), driver.is('f')]).toEqual(['failed', 'cancelled', 'failed'])
  })

  it('is not created when its step was cancelled meanwhile', () => {
    const driver = new Driver({ answers: { call: null } })
    driver.start(parent)
    const { generation } = driver.unit('call')
    driver.cancel()
    driver.start(child, { parent: { run: 'r1', step: 'call' }, generation })
    expect(driver.state.runs.size).toBe(1)
  })

  it('and its parent are found again after a restart', () => {
    const driver = begin()
    driver.restart()
    expect(driver.unit('call').phase).toBe('child')
    driver.finish('x', undefined, 'r2')
    expect(driver.is('b')).toBe('dispatched')
  })
})
