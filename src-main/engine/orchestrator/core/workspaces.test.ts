import { beforeEach, describe, expect, it } from 'vitest'
import { Driver, keyed } from '../testing/driver.ts'
import { each, plan, step } from '../testing/plan.ts'
import { reasonText } from './why.ts'
import type { Workspace } from './workspace.ts'
import { chainOf, lowestOf, outOfReach } from './workspaces.ts'

const cache = { cache: { maxAgeMs: null, version: '', params: null } }
const TREE: readonly Workspace[] = [
  { id: 'main', name: 'main', base: null, paused: false },
  { id: 'dev', name: 'dev', base: 'main', paused: false },
  { id: 'ana', name: 'dev/ana', base: 'dev', paused: false },
  { id: 'bo', name: 'dev/bo', base: 'dev', paused: false },
]

let driver: Driver
beforeEach(() => {
  driver = new Driver({ answers: { a: keyed('k'), b: keyed('l') } })
  know()
})
const know = (...changes: Partial<Workspace>[]): void => {
  const workspaces = TREE.map((one) => ({ ...one, ...changes.find(({ id }) => id === one.id) }))
  driver.send({ type: 'workspaces', workspaces })
}
const start = (workspace: string): string => driver.start(plan(step('a', cache)), { workspace })

describe('the tree', () => {
  it('goes from a workspace to the root', () => {
    expect(chainOf(driver.state, 'ana')).toEqual(['ana', 'dev', 'main'])
    expect(chainOf(driver.state, 'nobody')).toEqual(['nobody'])
  })

  it('comes to an end even when it was told to go round', () => {
    know({ id: 'main', base: 'ana' })
    expect(chainOf(driver.state, 'ana').length).toBeLessThanOrEqual(TREE.length + 1)
  })
})

describe('results', () => {
  it('go from a workspace to those below it, and neither up nor to the side', () => {
    start('dev')
    driver.finish('a')
    for (const [workspace, phase] of [
      ['ana', 'cached'],
      ['bo', 'cached'],
      ['main', 'dispatched'],
    ] as const) {
      expect([workspace, driver.is('a', start(workspace))]).toEqual([workspace, phase])
    }
  })

  it('stay with siblings', () => {
    start('ana')
    driver.finish('a')
    expect(driver.is('a', start('bo'))).toBe('dispatched')
  })

  it('of the nearest workspace win, though a farther one is newer', () => {
    const own = start('ana')
    const above = start('main')
    driver.finish('a', undefined, own)
    driver.finish('a', undefined, above)
    expect(driver.unit('a', start('ana')).executions[0]?.source).toBe(`${own}:a:1`)
    expect(driver.unit('a', start('bo')).executions[0]?.source).toBe(`${above}:a:1`)
  })

  it('that an ancestor makes are waited for, unless a nearer one has or makes them', () => {
    const above = start('main')
    const waits = start('ana')
    expect(driver.unit('a', waits).awaits).toMatchObject({ source: `${above}:a:1`, workspace: 'main' })
    driver.finish('a', undefined, above)
    expect(driver.is('a', waits)).toBe('cached')
  })

  it('that are waited for are not taken when the tree was changed meanwhile', () => {
    start('dev')
    const waits = start('ana')
    know({ id: 'ana', base: 'main' })
    driver.finish('a')
    expect(driver.is('a', waits)).toBe('dispatched')
  })

  it('of a table are taken only where they can be seen', () => {
    const hit = { workspace: 'bo', source: 'old:a:1', outputs: { json: { x: 9 } } }
    driver = new Driver({ answers: { a: { ...keyed('k'), hit } } })
    know()
    expect(driver.is('a', start('ana'))).toBe('dispatched')
    expect(driver.is('a', start('bo'))).toBe('cached')
  })
})

describe('a paused workspace', () => {
  it('finishes what runs and starts nothing, with words; those below it go on', () => {
    driver.start(plan(step('x'), step('y', { needs: ['x'] })), { workspace: 'dev' })
    know({ id: 'dev', paused: true })
    driver.finish('x')
    expect(driver.is('y')).toBe('queued')
    expect(reasonText(driver.state, driver.unit('y'))).toBe('workspace dev is paused')
    const below = driver.start(plan(step('x')), { workspace: 'ana' })
    expect(driver.is('x', below)).toBe('dispatched')
    know()
    expect(driver.is('y')).toBe('dispatched')
  })

  it('keeps no room free for what it holds back', () => {
    driver = new Driver({ capacity: { cpus: 2 } })
    const big = { resources: { cpus: 2, memoryBytes: 0, gpus: 0 } }
    know({ id: 'dev', paused: true })
    driver.start(plan(step('x', big)), { workspace: 'dev' })
    const other = driver.start(plan(step('x')))
    driver.pass(120_000)
    driver.finish('x', undefined, other)
    expect(driver.is('x', driver.start(plan(step('x'))))).toBe('dispatched')
  })

  it('holds back all at once, also a thousand runs', () => {
    know({ id: 'dev', paused: true })
    for (let n = 0; n < 1_000; n++) driver.start(plan(step('x')), { workspace: 'dev' })
    expect(driver.running()).toEqual([])
    expect(driver.is('x', driver.start(plan(step('x'))))).toBe('dispatched')
  })
})

describe('a re-run', () => {
  it('in a workspace below keeps the run, and its attempts say where they ran; so after a restart', () => {
    driver.start(plan(step('x'), step('y', { needs: ['x'] }), step('z')))
    for (const key of ['x', 'y', 'z']) driver.finish(key)
    driver.send({ type: 'run.reopen', run: 'r1', by: 'ana', from: { step: 'y' }, workspace: 'ana' })
    const places = (key: string): string[] => driver.unit(key).executions.map(({ workspace }) => workspace)
    expect([places('x'), places('y'), places('z')]).toEqual([['main'], ['main', 'ana'], ['main']])
    driver.restart()
    know()
    expect([driver.unit('x').workspace, places('y'), driver.run().rerunIn]).toEqual(['main', ['main', 'ana'], ['ana']])
    driver.finish('y')
    expect(driver.run()).toMatchObject({ workspace: 'main', finished: 'succeeded' })
    const units = [...driver.run().steps.values()]
    expect(lowestOf(driver.state, units)).toBe('ana')
    expect(outOfReach(driver.state, units, 'main')?.step.name).toBe('y')
    expect(outOfReach(driver.state, units, 'bo')?.step.name).toBe('y')
    expect(outOfReach(driver.state, units, 'ana')).toBeNull()
  })

  it('in another workspace than a descendant is not begun', () => {
    driver.start(plan(step('x')), { workspace: 'dev' })
    driver.finish('x')
    const again = (workspace: string): number =>
      driver.send({ type: 'run.reopen', run: 'r1', by: 'ana', from: 'start', workspace }).length
    expect([again('main'), again('nobody')]).toEqual([0, 0])
    expect(again('bo')).toBeGreaterThan(0)
  })

  it('of an item takes its fan-out and what follows along', () => {
    driver = new Driver({ answers: { f: { type: 'items', items: { json: [0, 1] }, count: 2 } } })
    know()
    driver.start(plan(each('f', {}), step('y', { needs: ['f'] })))
    for (const key of ['f[0]', 'f[1]', 'y']) driver.finish(key)
    driver.send({ type: 'run.reopen', run: 'r1', by: 'ana', from: { step: 'f', index: 1 }, workspace: 'ana' })
    expect(['f[0]', 'f[1]', 'f', 'y'].map((key) => driver.unit(key).workspace)).toEqual(['main', 'ana', 'ana', 'ana'])
  })

  it('makes results that stay in its workspace', () => {
    start('main')
    driver.finish('a')
    driver.send({ type: 'run.reopen', run: 'r1', by: 'ana', from: 'start', workspace: 'ana' })
    driver.finish('a')
    expect(driver.unit('a', start('main')).executions[0]?.source).toBe('r1:a:1')
    expect(driver.unit('a', start('ana')).executions[0]?.source).toBe('r1:a:2')
  })
})
