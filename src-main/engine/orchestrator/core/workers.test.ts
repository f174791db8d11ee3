import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetRules } from '../../workflows/index.ts'
import { TREE } from '../simulation/tree.ts'
import { asks } from '../testing/code.ts'
import { Driver } from '../testing/driver.ts'
import { plan, step, target } from '../testing/plan.ts'
import { reasonText } from './why.ts'
import { isVersionNeeded } from './workers.ts'

let driver: Driver

beforeEach(() => {
  driver = new Driver()
  driver.send({ type: 'workspaces', workspaces: TREE })
})

afterEach(() => driver.restart())

const start = (rules: Partial<TargetRules> = {}, workspace = 'main'): string =>
  driver.start(plan(target('main', { rules })), { workspace })
const why = (key = 'main', run = 'r1') => reasonText(driver.state, driver.unit(key, run))
const places = (name = 'w1') => driver.state.workers.get(name)

describe('a target', () => {
  it('is handed to a worker of its workspace that hosts its version', () => {
    driver.worker('w1', { workspace: 'dev' })
    driver.worker('w2', { hosts: { lab: 2 } })
    driver.worker('w3', { hosts: { other: 1 } })
    start()
    expect(driver.is('main')).toBe('queued')
    driver.worker('w4')
    expect(driver.out('main')).toMatchObject({ worker: 'w4', executor: 'worker' })
  })

  it('goes to a worker that hosts its version besides a newer one', () => {
    driver.worker('w1', { hosts: { lab: 3 }, earlier: { lab: [2] } })
    start()
    expect(driver.is('main')).toBe('queued')
    driver.worker('w1', { hosts: { lab: 3 }, earlier: { lab: [2, 1] } })
    expect(driver.out('main').worker).toBe('w1')
  })

  it('that was called and waits for a version that is gone says what to do', () => {
    driver.worker()
    start()
    driver.call('main', [asks('train', [1], { step: { target: { module: 'lab', name: 'train', version: 2 } } })])
    expect(why('train[0]')).toMatch(
      /^version 2 of lab is hosted by no worker .* run train\[0\] again to take the newest/,
    )
  })

  it('that waits for a version that is gone can be cancelled', () => {
    driver.worker('w1', { hosts: { lab: 2 } })
    start()
    expect(why()).toContain('version 1 of lab is hosted by no worker any more')
    driver.cancel('r1')
    expect(driver.run().finished).toBe('cancelled')
  })

  it('goes to the worker with the most room', () => {
    driver.worker('w1', { concurrency: 2 })
    driver.worker('w2', { concurrency: 3 })
    for (let run = 0; run < 5; run++) start()
    const taken = [...driver.state.executions.values()].map(({ execution }) => execution.worker)
    expect(taken.sort()).toEqual(['w1', 'w1', 'w2', 'w2', 'w2'])
  })

  it('waits for a place', () => {
    driver.worker('w1', { concurrency: 1 })
    start()
    start()
    expect(why('main', 'r2')).toBe('its worker is busy')
    driver.finish('main')
    expect(driver.is('main', 'r2')).toBe('dispatched')
  })

  it('needs a worker with all its tags', () => {
    driver.worker('w1', { tags: ['gpu'] })
    driver.worker('w2', { tags: ['big'] })
    start({ requires: ['gpu', 'big'] })
    expect(why()).toBe('no worker of lab/main@1 offers gpu and big together')
    driver.worker('w2', { tags: ['big', 'gpu'] })
    expect(driver.out('main').worker).toBe('w2')
  })

  it('shares a process on request, which has places of its own', () => {
    driver.worker('w1', { concurrency: 1, shared: 2 })
    for (let run = 0; run < 3; run++) start({ isolation: 'shared' })
    start()
    expect(driver.running()).toEqual(['r1:main', 'r2:main', 'r4:main'])
    expect(places()).toMatchObject({ used: 1, shared: 2 })
    driver.finish('main', undefined, 'r2')
    expect(driver.is('main', 'r3')).toBe('dispatched')
  })

  it('says in words why none takes it', () => {
    start()
    expect(why()).toBe('no worker of workspace main hosts lab; start one with "weir worker start lab"')
    driver.worker('w1', { workspace: 'ana' })
    expect(why()).toContain('(one of dev/ana does)')
    driver.worker('w2', { hosts: { lab: 4 } })
    expect(why()).toBe(
      'version 1 of lab is hosted by no worker any more; those that are there have version 4: cancel the run, and start the workflow anew to take the newest',
    )
    driver.worker('w3', { connected: false })
    expect(why()).toBe('the workers of lab/main@1 have lost their connection or take no more work')
    start({ requires: ['gpu'] })
    expect(why('main', 'r2')).toBe('no worker of lab/main@1 offers gpu')
    driver.worker('w3', { shared: 0, draining: true })
    start({ isolation: 'shared' })
    expect(why('main', 'r3')).toContain('take no more work')
    driver.worker('w3', { shared: 0, concurrency: 0 })
    expect(why('main', 'r3')).toBe('no worker of lab/main@1 runs functions with isolation "shared"')
    driver.worker('w4', { concurrency: 0 })
    expect(why()).toBe('all 2 workers of it are busy')
  })

  it('says the command that starts a worker where it runs', () => {
    start({}, 'ana')
    expect(why()).toContain('start one with "weir worker start lab --workspace dev/ana"')
  })

  it('holds up nobody who asks for something else', () => {
    driver.worker('w1', { concurrency: 9, tags: ['gpu'] })
    driver.start(plan(target('main')))
    driver.call('main', [
      asks('train', [1], { step: { rules: { requires: ['tpu'] } } }),
      asks('train', [2]),
      asks('train', [3], { step: { rules: { requires: ['gpu'] } } }),
    ])
    expect([0, 1, 2].map((index) => driver.is(`train[${index}]`))).toEqual(['queued', 'dispatched', 'dispatched'])
  })

  it('waits together with all that no worker takes: a thousand runs cost little', () => {
    driver.worker('w1', { hosts: { lab: 2 } })
    for (let run = 0; run < 300; run++) start()
    driver.start(plan(step('a')))
    expect(driver.running()).toEqual(['r301:a'])
  })

  it('is held back by a pause of its workspace alone', () => {
    driver.worker()
    driver.worker('w2', { workspace: 'dev' })
    driver.send({ type: 'workspaces', workspaces: TREE.map((one) => ({ ...one, paused: one.id === 'dev' })) })
    start({}, 'dev')
    start()
    expect([driver.is('main'), driver.is('main', 'r2')]).toEqual(['queued', 'dispatched'])
    expect(why()).toBe('workspace dev is paused')
  })

  it('holds up no other item of its step when it was run again in a workspace that is paused', () => {
    driver.worker('w1', { concurrency: 2 })
    driver.worker('w2', { workspace: 'dev' })
    start()
    driver.send({ type: 'workspaces', workspaces: TREE.map((one) => ({ ...one, paused: one.id === 'dev' })) })
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.rerun('train[0]', { workspace: 'dev' })
    driver.finish('train[0]', { status: 'cancelled' })
    expect([driver.is('train[0]'), driver.is('train[1]')]).toEqual(['queued', 'dispatched'])
  })
})

describe('a worker', () => {
  it('that is drained, or has lost its connection, keeps what it runs and gets nothing new', () => {
    driver.worker()
    start()
    for (const state of [{ draining: true }, { connected: false }]) {
      driver.worker('w1', state)
      const run = start()
      expect(driver.is('main', run)).toBe('queued')
      expect(driver.is('main')).toBe('dispatched')
      driver.cancel(run)
    }
    driver.worker()
    expect(driver.is('main', start())).toBe('dispatched')
  })

  it('that is gone for good leaves its executions to be given up by its hub', () => {
    driver.worker()
    start()
    driver.worker('w1', null)
    expect(driver.is('main')).toBe('dispatched')
    driver.lose('main')
    driver.pass(0)
    expect(driver.is('main')).toBe('queued')
    driver.worker('w2')
    expect(driver.out('main')).toMatchObject({ worker: 'w2', attempt: 2 })
  })

  it('that comes back after a restart of the engine holds what it held', () => {
    driver.worker('w1', { concurrency: 1, shared: 1 })
    start()
    start({ isolation: 'shared' })
    driver.restart()
    expect(places()).toBeUndefined()
    driver.worker('w1', { concurrency: 1, shared: 1 })
    expect(places()).toMatchObject({ used: 1, shared: 1 })
    start()
    expect(driver.is('main', 'r3')).toBe('queued')
    driver.finish('main')
    expect(driver.is('main', 'r3')).toBe('dispatched')
  })

  it('may offer less than it holds: nothing is taken back', () => {
    driver.worker('w1', { concurrency: 2 })
    start()
    start()
    driver.worker('w1', { concurrency: 1 })
    start()
    driver.finish('main')
    expect(driver.is('main', 'r3')).toBe('queued')
    driver.finish('main', undefined, 'r2')
    expect(driver.is('main', 'r3')).toBe('dispatched')
  })
})

describe('a version of a module', () => {
  const needed = (version: number): boolean => isVersionNeeded(driver.state, 'lab', version)

  it('is needed while a run that is pinned to it has not ended', () => {
    start()
    expect([needed(1), needed(2)]).toEqual([true, false])
    driver.worker()
    driver.call('main', [asks('train')])
    driver.finish('train[0]')
    expect(needed(1)).toBe(true)
    driver.finish('main')
    expect(needed(1)).toBe(false)
  })

  it('is needed where a step runs again with another one than its run', () => {
    driver.worker('w1', { hosts: { lab: 2 }, earlier: { lab: [1] } })
    start()
    driver.call('main', [
      asks('train'),
      asks('train', [2], { step: { target: { module: 'lab', name: 'train', version: 2 } } }),
    ])
    driver.finish('train[0]')
    expect([needed(1), needed(2), needed(3)]).toEqual([true, true, false])
    driver.cancel('r1')
    for (const key of ['train[1]', 'main']) driver.finish(key, { status: 'cancelled' })
    expect([needed(1), needed(2)]).toEqual([false, false])
  })
})

describe('an execution that waits for others', () => {
  beforeEach(() => {
    driver.worker('w1', { concurrency: 1 })
    start()
    driver.call('main', [asks('train')])
  })

  it('gives its place to them', () => {
    expect(driver.is('train[0]')).toBe('queued')
    driver.waits('main')
    expect([driver.is('train[0]'), driver.is('main')]).toEqual(['dispatched', 'dispatched'])
    expect(places()?.used).toBe(1)
  })

  it('goes on when they have ended, though its place was taken', () => {
    driver.waits('main')
    driver.call('main', [asks('train')])
    driver.waits('main', false)
    expect(places()?.used).toBe(2)
    driver.finish('train[0]')
    expect(driver.is('train[1]')).toBe('queued')
    driver.finish('main')
    expect(driver.is('train[1]')).toBe('dispatched')
  })

  it('gives back nothing twice', () => {
    driver.waits('main')
    driver.waits('main')
    driver.finish('main')
    expect(places()?.used).toBe(1)
    driver.finish('train[0]')
    expect(places()?.used).toBe(0)
  })

  it('holds its place again after a restart, until it says that it waits', () => {
    driver.waits('main')
    driver.restart()
    driver.worker('w1', { concurrency: 1 })
    expect(places()?.used).toBe(2)
    driver.waits('main')
    expect(places()?.used).toBe(1)
    driver.worker('w1', null)
    driver.waits('main', false)
    driver.worker('w1', { concurrency: 1 })
    expect(places()?.used).toBe(2)
  })
})
