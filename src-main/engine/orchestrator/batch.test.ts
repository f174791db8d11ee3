import { describe, expect, it } from 'vitest'
import { createBatchBuilder } from './batch.ts'
import type { Event } from './core/index.ts'
import { Driver, items, keyed } from './testing/driver.ts'
import { each, plan, step } from './testing/plan.ts'
import type { Values } from './values.ts'

const values: Values = {
  refer: (value) => ({ json: value }),
  peek: (ref) => ('json' in ref ? { value: ref.json } : null),
  load: async (ref) => ('json' in ref ? ref.json : null),
  digests: (ref) => ('blob' in ref ? [ref.blob] : []),
}

const namesOf = (text: string): string[] => (JSON.parse(text) as Event[]).map(({ type }) => type)

describe('a batch', () => {
  it('keeps the order of what parent and child wrote about each other', () => {
    const driver = new Driver({ answers: { call: { child: plan(step('x')) } } })
    const batch = createBatchBuilder(driver.state, values)
    driver.start(plan(step('call', { kind: 'workflow' })))
    batch.add(driver.journal)
    const { entries, runs } = batch.build(driver.now).batch
    expect(entries.map(({ run, events }) => [run, ...namesOf(events)])).toEqual([
      ['r1', 'run.created'],
      ['r2', 'run.created'],
      ['r1', 'step.waiting'],
      ['r2', 'execution.dispatched'],
    ])
    expect(runs.map(({ id, parentRun, parentStep }) => [id, parentRun, parentStep])).toEqual([
      ['r1', null, null],
      ['r2', 'r1', 'call'],
    ])
  })

  it('splits long turns, so that no entry grows without bound', () => {
    const driver = new Driver({ answers: { f: items(1_500) }, capacity: { cpus: 2_000 } })
    const batch = createBatchBuilder(driver.state, values)
    driver.start(plan(each('f')))
    batch.add(driver.journal)
    const { entries } = batch.build(driver.now).batch
    expect(entries.map(({ events }) => namesOf(events).length)).toEqual([1_000, 502])
  })

  it('writes the row of a run when its status changes or some time has passed, and at its end', () => {
    const driver = new Driver()
    const batch = createBatchBuilder(driver.state, values)
    const rows = (events: readonly Event[], ms: number): string[] => {
      batch.add(events)
      driver.now += ms
      return batch.build(driver.now).batch.runs.map(({ status, done, total }) => `${status} ${done}/${total}`)
    }
    driver.start(plan(step('a'), step('b'), step('c')))
    expect(rows(driver.journal, 0)).toEqual(['running 0/3'])
    expect(rows(driver.finish('a'), 10)).toEqual([])
    expect(rows(driver.finish('b'), 600)).toEqual(['running 2/3'])
    batch.add(driver.finish('c'))
    const { batch: last, ended } = batch.build(driver.now)
    expect(last.runs).toMatchObject([{ status: 'succeeded', done: 3 }])
    expect(ended).toEqual(['r1'])
    expect(batch.size).toBe(0)
  })

  it('is due by itself when a run has gone on since its row was written', () => {
    const driver = new Driver()
    const batch = createBatchBuilder(driver.state, values)
    const rows = (): string[] => batch.build(driver.now).batch.runs.map(({ done, total }) => `${done}/${total}`)
    driver.start(plan(step('a'), step('b'), step('c')))
    batch.add(driver.journal)
    expect([rows(), batch.rowsDueAt]).toEqual([['0/3'], null])
    driver.now += 10
    batch.add(driver.finish('a'))
    expect(rows()).toEqual([])
    const due = batch.rowsDueAt ?? 0
    expect(due - driver.now).toBeGreaterThan(0)
    driver.now += 10
    batch.add(driver.finish('b'))
    expect([rows(), batch.rowsDueAt]).toEqual([[], due])
    driver.now = due
    expect([rows(), batch.rowsDueAt]).toEqual([['2/3'], null])
    expect(rows()).toEqual([])
  })

  it('names results under a cache key, and every blob that a run refers to', () => {
    const driver = new Driver({ answers: { a: keyed('k') } })
    const batch = createBatchBuilder(driver.state, values)
    const params = { blob: 'p', size: 300 }
    const outputs = { blob: 'o', size: 300 }
    driver.start(plan(step('a', { cache: { maxAgeMs: null, version: '', params: null } })), { params })
    driver.finish('a', { status: 'succeeded', outputs })
    batch.add(driver.journal)
    const { cache, blobs } = batch.build(driver.now).batch
    expect(cache).toMatchObject([
      {
        key: 'k',
        workflow: 'flow',
        step: 'a',
        execution: 'r1:a:1',
        run: 'r1',
        workspace: 'main',
        parts: '{"code":"k"}',
      },
    ])
    expect(cache.map((row) => JSON.parse(row.outputs) as unknown)).toEqual([outputs])
    expect(blobs).toEqual([
      { run: 'r1', digest: 'p' },
      { run: 'r1', digest: 'o' },
    ])
  })
})
