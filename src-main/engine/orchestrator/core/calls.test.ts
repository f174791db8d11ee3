import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asks } from '../testing/code.ts'
import { Driver, FAILURE } from '../testing/driver.ts'
import { eachTarget, plan, retry, step, target } from '../testing/plan.ts'

let driver: Driver

beforeEach(() => {
  driver = new Driver({ answers: { 'approve[]': { type: 'approval', message: 'go on?' } } })
  driver.worker()
  driver.start(plan(target('main')))
  driver.began('main')
})

// Whatever a test did: the journal alone gives the same state, and the engine goes on from it.
afterEach(() => driver.restart())

const reason = (key: string) => driver.unit(key).error?.message

describe('calls of an execution', () => {
  it('of one target are the items of one step, in the order in which they were made', () => {
    expect(driver.call('main', [asks('train', [1]), asks('score', [1]), asks('train', [2])])).toEqual([
      'train[0]',
      'score[0]',
      'train[1]',
    ])
    expect(driver.call('main', [asks('train', [3])])).toEqual(['train[2]'])
    expect(driver.running()).toEqual(['r1:main', 'r1:train[0]', 'r1:score[0]', 'r1:train[1]', 'r1:train[2]'])
    expect(driver.unit('train').fanOut?.units).toHaveLength(3)
    expect(driver.unit('train[2]').call).toMatchObject({ attempt: 1, depth: 1, args: { json: [3] } })
  })

  it('are answered as the first time when the request is repeated', () => {
    expect(driver.call('main', [asks('train'), asks('train')], { request: 4 })).toEqual(['train[0]', 'train[1]'])
    expect(driver.call('main', [asks('train'), asks('train')], { request: 4 })).toEqual(['train[0]', 'train[1]'])
    expect(driver.run().calls).toBe(2)
    driver.restart()
    expect(driver.call('main', [asks('train'), asks('train')], { request: 4 })).toEqual(['train[0]', 'train[1]'])
    expect(driver.run().calls).toBe(2)
  })

  it('keep the same target together whatever its options, and remember each set of options once', () => {
    const quick = { step: { timeoutMs: 5 } }
    driver.call('main', [asks('train'), asks('train', [], quick), asks('train'), asks('train', [], quick)])
    expect(driver.run().variants.map(({ timeoutMs }) => timeoutMs)).toEqual([null, 5])
    expect(driver.unit('train').fanOut?.units.map(({ step: { timeoutMs } }) => timeoutMs)).toEqual([null, 5, null, 5])
  })

  it('get another name when a target of another module, or a step of the plan, has theirs', () => {
    const other = { step: { target: { module: 'other', name: 'train', version: 1 } } }
    const keys = driver.call('main', [asks('train'), asks('train', [], other), asks('train'), asks('main')])
    expect(keys).toEqual(['train[0]', 'train_2[0]', 'train[1]', 'main_2[0]'])
    expect(driver.call('main', [asks('train', [7], other), asks('train_2')])).toEqual(['train_2[1]', 'train_2_2[0]'])
  })

  it('call on, as deep as they like', () => {
    driver.call('main', [asks('train')])
    driver.call('train[0]', [asks('fold')])
    expect(driver.unit('fold[0]').call).toMatchObject({ depth: 2, attempt: 1 })
    expect(driver.unit('fold[0]').call?.by).toBe(driver.unit('train[0]'))
  })

  it('of nothing are answered with nothing', () => {
    expect(driver.call('main', [])).toEqual([])
    expect(driver.run().calls).toBe(0)
  })

  it('come to nothing once the caller is being ended, or has ended', () => {
    const { token } = driver.out('main')
    driver.cancelStep('main')
    expect(driver.call('main', [asks('train')])).toEqual([])
    driver.finish('main', { status: 'cancelled' })
    expect(driver.send({ type: 'step.call', token, request: 9, calls: [asks('train')] })).toEqual([])
    expect(driver.run()).toMatchObject({ calls: 0, finished: 'failed' })
  })

  it('come to nothing while the run is being cancelled, which ends', () => {
    driver.cancel()
    expect(driver.call('main', [asks('train')])).toEqual([])
    driver.finish('main', { status: 'cancelled' })
    expect(driver.run().finished).toBe('cancelled')
  })

  it('may ask a person', () => {
    const approval = { message: 'go on?', form: {} }
    driver.call('main', [asks('approve', [], { step: { kind: 'approval', target: null, approval } })])
    expect(driver.is('approve[0]')).toBe('approval')
    driver.answer('approve[0]', true)
    expect(driver.is('approve[0]')).toBe('succeeded')
    expect(driver.is('approve')).toBe('succeeded')
  })

  it('are made by the items of a drawn step as well', () => {
    const other = new Driver({ answers: { f: { type: 'items', items: { json: [0, 1] }, count: 2 } } })
    other.worker()
    other.start(plan(eachTarget('f')))
    expect(other.call('f[1]', [asks('train')])).toEqual(['train[0]'])
    expect(other.call('f[0]', [asks('train')])).toEqual(['train[1]'])
    for (const key of ['train[0]', 'train[1]', 'f[0]', 'f[1]']) other.finish(key)
    expect(other.run().finished).toBe('succeeded')
    other.restart()
  })
})

describe('a run that grew', () => {
  it('ends with the last of its calls, as its plan ended', () => {
    driver.call('main', [asks('train'), asks('train')])
    driver.finish('main')
    driver.fail('train[1]')
    expect(driver.run().finished).toBeNull()
    driver.finish('train[0]')
    expect(driver.run().finished).toBe('succeeded')
    expect(driver.is('train')).toBe('failed')
  })

  it('opens the step of a target again with the next call', () => {
    driver.call('main', [asks('train')])
    driver.finish('train[0]')
    expect(driver.is('train')).toBe('succeeded')
    driver.call('main', [asks('train')])
    expect(driver.is('train')).toBe('items')
  })

  it('is looked at again from its journal', () => {
    driver.call('main', [asks('train', [1]), asks('train', [1], { memo: 'k' }), asks('train', [1], { memo: 'k' })])
    for (const key of ['train[0]', 'train[1]', 'main']) driver.finish(key)
    driver.start(plan(step('other')))
    driver.reopen('failed')
    driver.reload()
    expect(driver.is('train[1]')).toBe('succeeded')
    expect(driver.unit('train[1]').call?.links).toMatchObject([{ attempt: 1 }])
    expect(driver.state.executions.size).toBe(1)
    driver.reopen({ step: 'train', index: 0 })
    expect(driver.running()).toEqual(['r2:other', 'r1:train[0]'])
    expect(driver.is('main')).toBe('succeeded')
    driver.finish('train[0]')
    expect(driver.run().finished).toBe('succeeded')
    expect(driver.run().rounds).toHaveLength(1)
  })

  it('runs a call again whose caller has failed', () => {
    driver.call('main', [asks('train')])
    driver.fail('train[0]')
    driver.fail('main')
    expect(driver.run().finished).toBe('failed')
    driver.reopen({ step: 'train', index: 0 })
    expect(driver.running()).toEqual(['r1:train[0]'])
    driver.finish('train[0]')
    expect(driver.is('train[0]')).toBe('succeeded')
    expect(driver.run().finished).toBe('failed')
  })

  it('runs all calls of a target again when their step is named', () => {
    driver.call('main', [asks('train'), asks('train'), asks('score')])
    for (const key of ['train[0]', 'train[1]', 'score[0]', 'main']) driver.finish(key)
    driver.reopen({ step: 'train' })
    expect(driver.running()).toEqual(['r1:train[0]', 'r1:train[1]'])
    driver.finish('train[0]')
    driver.finish('train[1]')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('waits in a re-run for calls whose results others are given, in any order', () => {
    driver.call('main', [asks('train'), asks('score', [1], { refs: ['train[0]'] })])
    for (const key of ['train[0]', 'score[0]', 'main']) driver.finish(key)
    driver.reopen({ step: 'score' })
    expect(driver.is('score[0]')).toBe('dispatched')
    driver.rerun('train[0]')
    driver.lose('score[0]')
    driver.pass(0)
    expect(driver.is('score[0]')).toBe('blocked')
    driver.finish('train[0]')
    expect(driver.is('score[0]')).toBe('dispatched')
  })
})

describe('a call that is given results', () => {
  beforeEach(() => void driver.call('main', [asks('train'), asks('train')]))

  it('waits for all of them, also when one is given twice', () => {
    driver.call('main', [asks('best', [], { refs: ['train[0]', 'train[1]', 'train[0]'] })])
    expect(driver.is('best[0]')).toBe('blocked')
    driver.finish('train[0]')
    expect(driver.is('best[0]')).toBe('blocked')
    driver.finish('train[1]')
    expect(driver.is('best[0]')).toBe('dispatched')
  })

  it('goes at once when they are there', () => {
    driver.finish('train[0]')
    driver.call('main', [asks('best', [], { refs: ['train[0]'] })])
    expect(driver.is('best[0]')).toBe('dispatched')
  })

  it('fails with the error of the one that failed, and hands it on', () => {
    driver.call('main', [
      asks('best', [], { refs: ['train[0]', 'train[1]'] }),
      asks('report', [], { refs: ['best[0]'] }),
    ])
    driver.fail('train[1]')
    expect(driver.is('best[0]')).toBe('blocked')
    driver.finish('train[0]')
    expect([driver.is('best[0]'), driver.is('report[0]')]).toEqual(['failed', 'failed'])
    expect(driver.unit('report[0]').error).toEqual(FAILURE.error)
    expect(driver.unit('report[0]').executions).toEqual([])
  })

  it('fails when the one that it is given was cancelled', () => {
    driver.call('main', [asks('best', [], { refs: ['train[0]'] })])
    driver.cancelStep('train[0]')
    driver.finish('train[0]', { status: 'cancelled' })
    expect(driver.is('best[0]')).toBe('failed')
    expect(reason('best[0]')).toBe('train[0], whose result it is given, was cancelled')
  })

  it('waits on while what it is given is tried again', () => {
    driver.call('main', [asks('slow', [], { step: { retry: retry(1) } }), asks('best', [], { refs: ['slow[0]'] })])
    driver.fail('slow[0]')
    driver.pass(0)
    expect([driver.is('slow[0]'), driver.is('best[0]')]).toEqual(['dispatched', 'blocked'])
    driver.finish('slow[0]')
    expect(driver.is('best[0]')).toBe('dispatched')
  })
})
