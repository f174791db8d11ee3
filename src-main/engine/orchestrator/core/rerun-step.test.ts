import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TREE } from '../simulation/tree.ts'
import { asks } from '../testing/code.ts'
import { type Answer, Driver, items, RUNS } from '../testing/driver.ts'
import { each, plan, retry, step, target } from '../testing/plan.ts'
import { notAgain } from './calls.ts'
import type { Unit } from './state.ts'

let driver: Driver
const child = plan(step('inner'))

beforeEach(() => {
  driver = new Driver({ answers: { 'flow[]': { child }, f: items(2), runs: { child } } })
  driver.send({ type: 'workspaces', workspaces: TREE })
  driver.worker()
  driver.worker('w2', { workspace: 'dev' })
  driver.start(plan(target('main')))
  driver.call('main', [asks('train'), asks('best', [], { refs: ['train[0]'] })])
})

afterEach(() => driver.restart())

const are = (...keys: string[]) => keys.map((key) => driver.is(key))
const end = (key: string, run?: string) => driver.finish(key, { status: 'cancelled' }, run)

describe('a call that is run again while its run goes on', () => {
  it('and has ended, runs at once; those that are given its result and have not begun wait for it', () => {
    driver.worker('w1', { concurrency: 1 })
    driver.finish('train[0]')
    expect(are('train[0]', 'best[0]')).toEqual(['succeeded', 'queued'])
    driver.rerun('train[0]')
    expect(are('train[0]', 'best[0]', 'train')).toEqual(['queued', 'blocked', 'items'])
    driver.worker()
    expect(driver.out('train[0]')).toMatchObject({ attempt: 2, resumed: null })
    driver.finish('train[0]')
    expect(are('best[0]')).toEqual(['dispatched'])
  })

  it('and has ended, changes nothing for those that have begun, unless they are tried again', () => {
    driver.finish('train[0]')
    driver.rerun('train[0]')
    expect(are('best[0]')).toEqual(['dispatched'])
    driver.lose('best[0]')
    driver.pass(0)
    expect(are('best[0]')).toEqual(['blocked'])
    driver.fail('train[0]')
    expect(are('best[0]')).toEqual(['failed'])
  })

  it('and has failed, counts among the failed no more', () => {
    driver.fail('train[0]')
    expect(are('train', 'best[0]')).toEqual(['failed', 'failed'])
    driver.rerun('train[0]')
    driver.finish('train[0]')
    expect(are('train')).toEqual(['succeeded'])
    driver.rerun('best[0]')
    expect(are('best[0]')).toEqual(['dispatched'])
  })

  it('and runs, is ended before', () => {
    driver.began('train[0]')
    driver.orders()
    driver.rerun('train[0]')
    expect(driver.orders()).toEqual(['kill r1:train[0]'])
    driver.restart()
    driver.worker()
    end('train[0]')
    expect(driver.out('train[0]').attempt).toBe(2)
    expect(are('best[0]')).toEqual(['blocked'])
  })

  it('and runs, runs again even when its success was on its way', () => {
    driver.rerun('train[0]')
    driver.finish('train[0]')
    expect(are('train[0]', 'best[0]')).toEqual(['dispatched', 'blocked'])
    driver.lose('train[0]')
    driver.pass(0)
    expect(driver.out('train[0]').attempt).toBe(3)
  })

  it('and is lost while it is being ended, runs again', () => {
    driver.rerun('train[0]')
    driver.lose('train[0]')
    expect(driver.out('train[0]').attempt).toBe(2)
    expect(driver.unit('train[0]').losses).toBe(0)
  })

  it('and waits for its turn, for its time or for its next attempt, does so anew', () => {
    driver.call('main', [
      asks('slow', [], { step: { rules: { delayMs: 100 } } }),
      asks('odd', [], { step: { retry: retry(1, { minDelayMs: 100 }) } }),
      asks('far', [], { step: { rules: { requires: ['gpu'] } } }),
    ])
    driver.fail('odd[0]')
    driver.pass(60)
    for (const key of ['slow[0]', 'odd[0]', 'far[0]']) driver.rerun(key)
    expect(are('slow[0]', 'odd[0]', 'far[0]')).toEqual(['sleeping', 'dispatched', 'queued'])
    driver.pass(99)
    expect(are('slow[0]')).toEqual(['sleeping'])
    driver.pass(1)
    expect(are('slow[0]')).toEqual(['dispatched'])
  })

  it('and waits for results, waits for all of them still', () => {
    driver.call('main', [asks('train'), asks('all', [], { refs: ['train[0]', 'train[1]'] })])
    driver.rerun('all[0]')
    driver.finish('train[0]')
    expect(are('all[0]')).toEqual(['blocked'])
    driver.finish('train[1]')
    expect(are('all[0]')).toEqual(['dispatched'])
  })

  it('and is suspended, starts from nothing; what it called ends', () => {
    driver.call('train[0]', [asks('fold', [1]), asks('fold', [2])])
    driver.finish('fold[0]')
    driver.suspend('train[0]', ['fold[0]', 'fold[1]'])
    driver.rerun('train[0]')
    expect(are('fold[0]', 'fold[1]')).toEqual(['succeeded', 'cancelling'])
    expect(driver.out('train[0]')).toMatchObject({ attempt: 2, resumed: null })
    expect(driver.call('train[0]', [asks('fold', [1])])).toEqual(['fold[2]'])
  })

  it('and whose caller is suspended on it, is waited for anew', () => {
    driver.finish('train[0]')
    driver.suspend('main', ['train[0]', 'best[0]'])
    driver.rerun('train[0]')
    driver.finish('best[0]')
    expect(are('main')).toEqual(['suspended'])
    driver.finish('train[0]')
    expect(are('main')).toEqual(['dispatched'])
  })

  it('may do so below its workspace, and what it calls with it', () => {
    driver.rerun('train[0]', { workspace: 'dev' })
    end('train[0]')
    expect(driver.out('train[0]')).toMatchObject({ worker: 'w2', workspace: 'dev' })
    driver.call('train[0]', [asks('fold')])
    expect(driver.out('fold[0]').worker).toBe('w2')
    expect(driver.out('main').workspace).toBe('main')
    driver.finish('train[0]')
    expect(driver.rerun('train[0]', { workspace: 'main' })).toEqual([])
    driver.rerun('train[0]')
    expect(driver.out('train[0]').workspace).toBe('dev')
  })

  it('is cancelled when it, or its run, is cancelled before that', () => {
    driver.rerun('train[0]')
    driver.cancelStep('train[0]')
    end('train[0]')
    expect(are('train[0]', 'best[0]')).toEqual(['cancelled', 'failed'])
    driver.rerun('best[0]')
    driver.rerun('train[0]')
    driver.rerun('train[0]')
    driver.cancel()
    end('train[0]')
    end('main')
    expect(driver.run().finished).toBe('cancelled')
  })

  it('runs again though it is being cancelled: the newer wish counts', () => {
    driver.cancelStep('train[0]')
    driver.rerun('train[0]')
    end('train[0]')
    expect(are('train[0]')).toEqual(['dispatched'])
    driver.cancelStep('train[0]')
    driver.rerun('train[0]')
    driver.cancelStep('train[0]')
    end('train[0]')
    expect(are('train[0]')).toEqual(['cancelled'])
  })

  it('and has started a run, starts another when that one has ended', () => {
    driver.call('main', [asks('flow', [], { step: { kind: 'workflow', target: null, workflow: 'flow' } })])
    driver.rerun('flow[0]')
    expect([driver.is('flow[0]'), driver.run('r2').cancelling?.reason]).toEqual([
      'child',
      'the step that started it runs again',
    ])
    driver.restart()
    end('inner', 'r2')
    expect(driver.unit('flow[0]')).toMatchObject({ phase: 'child', child: 'r3' })
    expect(driver.unit('flow[0]').earlier).toHaveLength(1)
    driver.finish('inner', undefined, 'r3')
    expect(are('flow[0]')).toEqual(['succeeded'])
  })

  it('is given a new result by the re-run, and the run ends after it', () => {
    driver.finish('train[0]', { status: 'succeeded', outputs: { json: { result: 1 } } })
    driver.finish('best[0]')
    driver.rerun('train[0]')
    driver.finish('main')
    expect(driver.run().finished).toBeNull()
    driver.finish('train[0]', { status: 'succeeded', outputs: { json: { result: 2 } } })
    expect(driver.unit('train[0]').outputs).toEqual({ json: { result: 2 } })
    expect(driver.run().finished).toBe('succeeded')
  })
})

describe('a step that cannot run again now', () => {
  const says = (key: string, run = 'r1') => notAgain(driver.unit(key, run))

  it('holds calls, or items that go on', () => {
    expect(driver.rerun('train')).toEqual([])
    expect(says('train')).toBe('it holds calls: name one of them')
    driver.start(plan(each('f')))
    expect(driver.rerun('f', { run: 'r2' })).toEqual([])
    expect(says('f', 'r2')).toBe('its items have not all ended')
  })

  it('is of a run that has ended or is being cancelled', () => {
    driver.cancel()
    expect(says('train[0]')).toBe('its run is being cancelled')
    for (const key of ['train[0]', 'main']) end(key)
    expect(says('main')).toBe('its run has ended')
    expect(driver.rerun('main')).toEqual([])
  })

  it('is needed by a drawn one that has begun', () => {
    driver.start(plan(step('a'), step('b', { needs: ['a'] })))
    driver.finish('a', undefined, 'r2')
    expect(driver.rerun('a', { run: 'r2' })).toEqual([])
    expect(says('a', 'r2')).toBe('b, which needs it, has begun or ended')
  })

  it('is an item of a fan-out that gives up', () => {
    driver.start(plan(each('f')))
    driver.fail('f[0]', 'r2')
    expect(says('f[0]', 'r2')).toBe('the step that it is an item of is being ended')
    expect(driver.rerun('f[0]', { run: 'r2' })).toEqual([])
  })
})

describe('a drawn step that runs again while its run goes on', () => {
  it('is waited for by those that have not begun', () => {
    driver.start(plan(step('a'), step('b'), step('c', { needs: ['a', 'b'] })))
    driver.finish('a', undefined, 'r2')
    driver.rerun('a', { run: 'r2' })
    driver.finish('b', undefined, 'r2')
    expect(driver.is('c', 'r2')).toBe('blocked')
    driver.finish('a', undefined, 'r2')
    expect(driver.is('c', 'r2')).toBe('dispatched')
  })

  it('may be one item, with its fan-out done or not', () => {
    driver.start(plan(each('f'), step('b'), step('c', { needs: ['f', 'b'] })))
    driver.finish('f[0]', undefined, 'r2')
    driver.rerun('f[0]', { run: 'r2' })
    driver.finish('f[0]', undefined, 'r2')
    driver.finish('f[1]', undefined, 'r2')
    expect(driver.is('f', 'r2')).toBe('succeeded')
    driver.rerun('f[1]', { run: 'r2' })
    expect(driver.is('f', 'r2')).toBe('items')
    driver.finish('b', undefined, 'r2')
    expect(driver.is('c', 'r2')).toBe('blocked')
    driver.fail('f[1]', 'r2')
    expect([driver.is('f', 'r2'), driver.is('c', 'r2')]).toEqual(['failed', 'skipped'])
  })

  it('leaves nothing behind in the queue when it is to run below, where nothing goes on', () => {
    const other = new Driver({ answers: { f: items(3) }, capacity: { cpus: 1 } })
    other.send({ type: 'workspaces', workspaces: TREE.map((one) => ({ ...one, paused: one.id === 'dev' })) })
    other.start(plan(each('f')))
    other.rerun('f[1]', { workspace: 'dev' })
    other.finish('f[0]')
    expect([1, 2].map((index) => other.is(`f[${index}]`))).toEqual(['queued', 'dispatched'])
  })

  it('may be a whole fan-out that is done', () => {
    driver.start(plan(each('f'), step('b')))
    driver.finish('f[0]', undefined, 'r2')
    driver.finish('f[1]', undefined, 'r2')
    driver.rerun('f', { run: 'r2' })
    expect(driver.out('f[1]', 'r2').attempt).toBe(2)
  })
})

describe('a target that is bound', () => {
  const bound = target('late')
  const { rules, ...rest } = bound
  const unbound = { ...rest, target: { module: 'lab', name: 'late', version: null } }
  const binds = (unit: Unit, version: number): Answer => {
    const { step } = unit
    if (step.rules !== undefined || step.target == null || rules === undefined) return RUNS
    return { type: 'bound', definition: { ...step, rules, target: { ...step.target, version } } }
  }

  it('runs by the definition that it was bound to, and pins its module for the run', () => {
    const other = new Driver({ answers: { late: (unit) => binds(unit, 1) } })
    other.worker()
    other.start(plan(unbound))
    expect(other.out('late').worker).toBe('w1')
    expect(other.run().modules).toEqual(new Map([['lab', 1]]))
    other.restart()
    expect(other.unit('late').step.target?.version).toBe(1)
  })

  it('is bound again when it runs again: a step of the plan pins what its run goes on with, a call does not', () => {
    const other = new Driver({ answers: { late: (unit) => binds(unit, 2), 'train[0]': (unit) => binds(unit, 3) } })
    for (const version of [1, 2, 3]) other.worker(`w${version}`, { hosts: { lab: version } })
    other.start(plan(bound))
    other.call('late', [asks('train', [1]), asks('train', [2])])
    other.rerun('train[0]')
    other.finish('train[0]', { status: 'cancelled' })
    expect([other.out('train[0]').worker, other.out('train[1]').worker]).toEqual(['w3', 'w1'])
    expect(other.run().modules).toEqual(new Map([['lab', 1]]))
    other.rerun('late')
    other.finish('late', { status: 'cancelled' })
    expect(other.out('late').worker).toBe('w2')
    expect(other.run().modules).toEqual(new Map([['lab', 2]]))
    other.restart()
  })
})
