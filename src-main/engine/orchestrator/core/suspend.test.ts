import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asks } from '../testing/code.ts'
import { Driver } from '../testing/driver.ts'
import { plan, retry, target } from '../testing/plan.ts'
import { LOSSES_LIMIT } from './retry.ts'
import { reasonText } from './why.ts'

let driver: Driver

beforeEach(() => {
  driver = new Driver()
  driver.worker()
  driver.start(plan(target('main')))
})

afterEach(() => driver.restart())

const edges = () => driver.journal.filter(({ type }) => type === 'step.linked')

describe('an execution that is suspended', () => {
  it('gives up its place, and goes on as another attempt when all that it waits for has ended', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.suspend('main', ['train[0]', 'train[1]'])
    expect(driver.is('main')).toBe('suspended')
    expect(driver.state.workers.get('w1')?.used).toBe(2)
    expect(reasonText(driver.state, driver.unit('main'))).toBe(
      'it gave up its process and waits for train[0], train[1]',
    )
    driver.finish('train[0]')
    expect(driver.is('main')).toBe('suspended')
    driver.fail('train[1]')
    expect(driver.is('main')).toBe('dispatched')
    expect(driver.out('main')).toMatchObject({ attempt: 2, resumed: 'all' })
    expect(driver.unit('main').failures).toBe(0)
  })

  it('goes on with the first that has ended when any will do', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.suspend('main', ['train[0]', 'train[1]'], { mode: 'any' })
    driver.finish('train[1]')
    expect(driver.is('main')).toBe('dispatched')
  })

  it('goes on at once when what it waits for has ended, or is nothing', () => {
    driver.call('main', [asks('train')])
    driver.finish('train[0]')
    driver.suspend('main', ['train[0]'])
    expect(driver.out('main').attempt).toBe(2)
    driver.suspend('main')
    expect(driver.out('main').attempt).toBe(3)
  })

  it('goes on when its time has come, though others have not ended', () => {
    driver.call('main', [asks('train')])
    driver.suspend('main', ['train[0]'], { delayMs: 500 })
    driver.pass(499)
    expect(driver.is('main')).toBe('suspended')
    driver.restart()
    driver.worker()
    driver.pass(1)
    expect(driver.is('main')).toBe('dispatched')
    expect(driver.call('main', [asks('train')])).toEqual(['train[0]'])
  })

  it('goes on with what it waits for, before its time', () => {
    driver.call('main', [asks('train')])
    driver.suspend('main', ['train[0]'], { delayMs: 500 })
    driver.finish('train[0]')
    expect(driver.out('main').attempt).toBe(2)
    driver.suspend('main', [], { delayMs: 700 })
    driver.pass(500)
    expect(driver.is('main')).toBe('suspended')
  })

  it('is taken up after a restart of the engine in between', () => {
    driver.call('main', [asks('train')])
    driver.suspend('main', ['train[0]'])
    driver.restart()
    driver.worker()
    driver.finish('train[0]')
    expect(driver.out('main').resumed).toBe('all')
  })

  it('ends when its end was ordered meanwhile', () => {
    driver.call('main', [asks('train')])
    driver.cancelStep('main')
    driver.suspend('main', ['train[0]'])
    expect(driver.is('main')).toBe('cancelled')
  })

  it('is tried again by its rule when it ran out of time just then', () => {
    driver.start(plan(target('main', { timeoutMs: 10, retry: retry(1) })))
    driver.began('main', 'r2')
    driver.pass(10)
    driver.suspend('main', [], { run: 'r2' })
    expect(driver.unit('main', 'r2').executions[0]?.status).toBe('timeout')
    driver.pass(0)
    expect(driver.out('main', 'r2').resumed).toBeNull()
  })

  it('is kept on record when it comes too late', () => {
    const { token } = driver.out('main')
    driver.call('main', [asks('train')])
    driver.finish('main')
    const late = { type: 'execution.suspended', token, steps: [], mode: 'all', delayMs: null } as const
    expect(driver.send(late)).toMatchObject([{ type: 'execution.stale', status: 'suspended' }])
  })
})

describe('an attempt after one that was suspended or lost', () => {
  it('finds its calls by target and arguments, in the order in which they were made, each once', () => {
    driver.call('main', [asks('train', [1]), asks('score'), asks('train', [1]), asks('train', [2])])
    driver.suspend('main')
    expect(driver.call('main', [asks('train', [2])])).toEqual(['train[2]'])
    expect(driver.call('main', [asks('train', [1]), asks('train', [1]), asks('train', [1])])).toEqual([
      'train[0]',
      'train[1]',
      'train[3]',
    ])
    expect(edges()).toMatchObject([{ index: 2 }, { index: 0 }, { index: 1 }])
    expect(driver.unit('train[0]').call?.links).toMatchObject([{ attempt: 2 }])
  })

  it('finds them each once also when it is suspended again and again', () => {
    driver.call('main', [asks('train')])
    for (let attempt = 2; attempt < 6; attempt++) {
      driver.suspend('main')
      expect(driver.call('main', [asks('train')])).toEqual(['train[0]'])
    }
    expect(driver.call('main', [asks('train')])).toEqual(['train[1]'])
  })

  it('finds those of two attempts before it that the last one did not ask for', () => {
    driver.call('main', [asks('train'), asks('score')])
    driver.suspend('main')
    driver.call('main', [asks('score'), asks('report')])
    driver.lose('main')
    driver.pass(0)
    expect(driver.call('main', [asks('report'), asks('score'), asks('train')])).toEqual([
      'report[0]',
      'score[0]',
      'train[0]',
    ])
    expect(driver.run().calls).toBe(3)
  })

  it('finds what failed, and not what was cancelled', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2]), asks('train', [3])])
    driver.fail('train[0]')
    driver.cancelStep('train[1]')
    driver.finish('train[1]', { status: 'cancelled' })
    driver.cancelStep('train[2]')
    driver.suspend('main')
    expect(driver.call('main', [asks('train', [1]), asks('train', [2]), asks('train', [3])])).toEqual([
      'train[0]',
      'train[3]',
      'train[4]',
    ])
  })

  it('finds nothing that was cancelled since it began', () => {
    driver.call('main', [asks('train'), asks('train')])
    driver.suspend('main')
    driver.cancelStep('train[0]')
    expect(driver.call('main', [asks('train'), asks('train')])).toEqual(['train[1]', 'train[2]'])
  })

  it('finds another variant of a target by its arguments', () => {
    driver.call('main', [asks('train', [1])])
    driver.suspend('main')
    expect(driver.call('main', [asks('train', [1], { step: { timeoutMs: 9 } })])).toEqual(['train[0]'])
  })

  it('has its requests answered by their numbers, as any', () => {
    driver.call('main', [asks('train')], { request: 1 })
    driver.suspend('main')
    expect(driver.call('main', [asks('train')], { request: 1 })).toEqual(['train[0]'])
    expect(driver.call('main', [asks('train')], { request: 1 })).toEqual(['train[0]'])
    expect(edges()).toHaveLength(1)
  })

  it('finds calls after a loss: the machine or the process was gone', () => {
    driver.start(plan(target('main', { retry: retry(1) })))
    driver.call('main', [asks('train')], { run: 'r2' })
    driver.lose('main', 'r2')
    driver.pass(0)
    expect(driver.call('main', [asks('train')], { run: 'r2' })).toEqual(['train[0]'])
    driver.finish('main', { status: 'failed', kind: 'abandoned' }, 'r2')
    driver.pass(0)
    expect(driver.out('main', 'r2')).toMatchObject({ attempt: 3, resumed: 'all' })
    expect(driver.call('main', [asks('train')], { run: 'r2' })).toEqual(['train[0]'])
  })

  it('finds none after a failure', () => {
    driver.start(plan(target('main', { retry: retry(1) })))
    driver.call('main', [asks('train')], { run: 'r2' })
    driver.finish('train[0]', undefined, 'r2')
    driver.fail('main', 'r2')
    driver.pass(0)
    expect(driver.out('main', 'r2').resumed).toBeNull()
    expect(driver.call('main', [asks('train')], { run: 'r2' })).toEqual(['train[1]'])
  })
})

describe('what was called before', () => {
  it('goes on while its caller is suspended or lost, and ends with the attempt that took over', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.suspend('main')
    driver.call('main', [asks('train', [1])])
    driver.lose('main')
    driver.pass(0)
    expect([driver.is('train[0]'), driver.is('train[1]')]).toEqual(['dispatched', 'dispatched'])
    driver.fail('main')
    expect([driver.is('train[0]'), driver.is('train[1]')]).toEqual(['cancelling', 'cancelling'])
  })

  it('ends when its caller is cancelled while it is suspended', () => {
    driver.call('main', [asks('train')])
    driver.suspend('main', ['train[0]'])
    driver.cancelStep('main')
    expect([driver.is('main'), driver.is('train[0]')]).toEqual(['cancelled', 'cancelling'])
  })

  it('ends when its caller is lost for the last time', () => {
    driver.call('main', [asks('train')])
    for (let loss = 0; loss < LOSSES_LIMIT; loss++) {
      driver.lose('main')
      driver.pass(0)
    }
    expect(driver.is('train[0]')).toBe('dispatched')
    driver.lose('main')
    expect([driver.is('main'), driver.is('train[0]')]).toEqual(['failed', 'cancelling'])
  })

  it('goes on when the attempt that took over succeeds, and the run waits for it', () => {
    driver.call('main', [asks('train')])
    driver.suspend('main')
    driver.finish('main')
    expect([driver.is('train[0]'), driver.run().finished]).toEqual(['dispatched', null])
    driver.finish('train[0]')
    expect(driver.run().finished).toBe('succeeded')
  })
})

describe('a re-run of what failed', () => {
  it('finds the calls that succeeded, of all attempts that led to the failure', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2]), asks('train', [3])])
    driver.finish('train[0]')
    driver.finish('train[1]')
    driver.fail('train[2]')
    driver.suspend('main')
    driver.call('main', [asks('train', [1])])
    driver.fail('main')
    expect(driver.run().finished).toBe('failed')
    driver.reload()
    driver.reopen('failed')
    expect(driver.out('main').resumed).toBe('succeeded')
    expect(driver.call('main', [asks('train', [3]), asks('train', [2]), asks('train', [1])])).toEqual([
      'train[3]',
      'train[1]',
      'train[0]',
    ])
  })

  it('finds them again when the re-run was lost', () => {
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.finish('train[0]')
    driver.finish('train[1]')
    driver.fail('main')
    driver.reopen('failed')
    driver.call('main', [asks('train', [1])])
    driver.lose('main')
    driver.pass(0)
    expect(driver.call('main', [asks('train', [1]), asks('train', [2])])).toEqual(['train[0]', 'train[1]'])
  })

  it('finds nothing when it was asked for from the start', () => {
    driver.call('main', [asks('train')])
    driver.finish('train[0]')
    driver.suspend('main', ['train[0]'], { delayMs: 100 })
    driver.cancel()
    driver.finish('main', { status: 'cancelled' })
    expect(driver.run().finished).toBe('cancelled')
    driver.reload()
    driver.reopen('start')
    expect(driver.out('main').resumed).toBeNull()
    expect(driver.call('main', [asks('train')])).toEqual(['train[1]'])
  })

  it('finds nothing once the step is run again by itself', () => {
    driver.call('main', [asks('train')])
    driver.finish('train[0]')
    driver.fail('main')
    driver.reopen('failed')
    driver.rerun('main')
    driver.finish('main', { status: 'cancelled' })
    expect(driver.out('main')).toMatchObject({ attempt: 3, resumed: null })
  })
})
