import { describe, expect, it } from 'vitest'
import { Driver, items, keyed } from '../testing/driver.ts'
import { each, plan, retry, step } from '../testing/plan.ts'

const cache = { cache: { maxAgeMs: null, version: '', params: null } }
const HIT = { workspace: 'main', source: 'old:a:1', outputs: { json: { x: 9 } } }

describe('a cached step', () => {
  it('takes what the edge found in the table', () => {
    const driver = new Driver({ answers: { a: { ...keyed('k'), hit: HIT } } })
    driver.start(plan(step('a', cache)))
    expect(driver.unit('a')).toMatchObject({ outcome: 'cached', outputs: HIT.outputs })
    expect(driver.unit('a').executions[0]).toMatchObject({ attempt: 1, status: 'cached', source: HIT.source })
    expect(driver.run().finished).toBe('succeeded')
  })

  it('keeps key and reason of a miss with its execution', () => {
    const driver = new Driver({ answers: { a: keyed('k') } })
    driver.start(plan(step('a', cache)))
    expect(driver.out('a').cache).toEqual({ key: 'k', parts: { code: 'k' }, reason: 'first' })
    driver.restart()
    expect(driver.out('a').cache).toEqual({ key: 'k', parts: { code: 'k' }, reason: 'first' })
  })

  it('takes a result that was recorded after the table was read', () => {
    const driver = new Driver({ answers: { a: keyed('k'), b: keyed('k') } })
    driver.start(plan(step('a', cache), step('b', { ...cache, needs: ['a'] })))
    driver.finish('a')
    expect(driver.unit('b')).toMatchObject({ outcome: 'cached', outputs: { json: { x: 1 } } })
    expect(driver.unit('b').executions[0]?.source).toBe('r1:a:1')
  })

  it('does not take one that is older than its maxAge', () => {
    const driver = new Driver({ answers: { a: keyed('k'), s: { type: 'sleep', ms: 1_000 }, b: keyed('k') } })
    const fresh = { cache: { maxAgeMs: 999, version: '', params: null } }
    driver.start(plan(step('a', cache), step('s', { kind: 'sleep' }), step('b', { ...fresh, needs: ['a', 's'] })))
    driver.finish('a')
    driver.pass(1_000)
    expect(driver.is('b')).toBe('dispatched')
  })

  it('does not take one of another workspace', () => {
    const driver = new Driver({ answers: { a: keyed('k') } })
    driver.start(plan(step('a', cache)), { workspace: 'dev' })
    driver.start(plan(step('a', cache)))
    expect(driver.running()).toEqual(['r1:a', 'r2:a'])
    driver.finish('a')
    driver.start(plan(step('a', cache)))
    expect(driver.unit('a', 'r3').phase).toBe('cachePending')
    expect(driver.unit('a', 'r3').awaits?.source).toBe('r2:a:1')
  })

  it('does not take one when it was run again by hand', () => {
    const driver = new Driver({ answers: { a: { ...keyed('k'), hit: HIT } } })
    driver.start(plan(step('a', cache)))
    driver.reopen('start')
    expect(driver.out('a').attempt).toBe(2)
  })
})

describe('a hit that is pending', () => {
  it('is waited for, and taken when it comes', () => {
    const driver = new Driver({ answers: { f: items(3), 'f[]': keyed('k') } })
    driver.start(plan(each('f', cache)))
    expect(driver.running()).toEqual(['r1:f[0]'])
    expect([1, 2].map((index) => driver.is(`f[${index}]`))).toEqual(['cachePending', 'cachePending'])
    driver.finish('f[0]')
    expect([1, 2].map((index) => driver.is(`f[${index}]`))).toEqual(['cached', 'cached'])
    expect(driver.is('f')).toBe('succeeded')
  })

  it('that fails lets the next run', () => {
    const driver = new Driver({ answers: { f: items(3), 'f[]': keyed('k') } })
    driver.start(plan(each('f', { ...cache, onFailure: 'continue' })))
    driver.fail('f[0]')
    expect(driver.is('f[1]')).toBe('dispatched')
    expect(driver.is('f[2]')).toBe('cachePending')
  })

  it('that is to be retried lets another run meanwhile', () => {
    const driver = new Driver({ answers: { a: keyed('k'), b: keyed('k') } })
    driver.start(plan(step('a', { ...cache, retry: retry(1, { minDelayMs: 100 }) }), step('b', cache)))
    driver.fail('a')
    expect(driver.is('a')).toBe('retry')
    expect(driver.is('b')).toBe('dispatched')
  })

  it('counts also when both had waited for room', () => {
    const driver = new Driver({ capacity: { cpus: 2 }, answers: { a: keyed('k'), b: keyed('k') } })
    const all = { cpus: 2, memoryBytes: 0, gpus: 0 }
    driver.start(plan(step('big', { resources: all })))
    driver.start(plan(step('a', cache), step('b', cache)))
    expect(driver.is('b', 'r2')).toBe('queued')
    driver.finish('big')
    expect(driver.running()).toEqual(['r2:a'])
    expect(driver.is('b', 'r2')).toBe('cachePending')
    driver.finish('a', undefined, 'r2')
    expect(driver.is('b', 'r2')).toBe('cached')
  })

  it('is not waited for any more when the waiting run is cancelled', () => {
    const driver = new Driver({ answers: { a: keyed('k') } })
    driver.start(plan(step('a', cache)))
    driver.start(plan(step('a', cache)))
    driver.cancel('r2')
    expect(driver.run('r2').finished).toBe('cancelled')
    driver.finish('a')
    expect(driver.is('a', 'r2')).toBe('cancelled')
  })

  it('is found again after a restart', () => {
    const driver = new Driver({ answers: { f: items(2), 'f[]': keyed('k') } })
    driver.start(plan(each('f', cache)))
    driver.restart()
    expect(driver.is('f[1]')).toBe('cachePending')
    driver.finish('f[0]')
    expect(driver.is('f[1]')).toBe('cached')
  })

  it('is not disturbed by an ended run that is put back into memory', () => {
    const driver = new Driver({ answers: { a: keyed('k') } })
    driver.start(plan(step('a', cache)))
    driver.finish('a')
    driver.state.fresh.clear()
    driver.start(plan(step('a', cache)))
    driver.start(plan(step('a', cache)))
    expect(driver.is('a', 'r3')).toBe('cachePending')
    driver.reload('r1')
    expect(driver.state.used.cpus).toBe(1)
    driver.finish('a', undefined, 'r2')
    expect(driver.is('a', 'r3')).toBe('cached')
  })
})
