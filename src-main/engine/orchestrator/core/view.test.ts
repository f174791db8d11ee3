import { describe, expect, it } from 'vitest'
import { type Json, Run } from '../../../../src-shared/contract/index.ts'
import { asks } from '../testing/code.ts'
import { Driver, items, keyed } from '../testing/driver.ts'
import { each, plan, retry, step, target } from '../testing/plan.ts'
import type { ValueRef } from './events.ts'
import { runStatus, stepStatus, valuesOf, viewRun, viewSummary } from './view.ts'
import { reasonText } from './why.ts'

const BIG = { blob: 'ab'.repeat(32), size: 4_000 }
const load = (ref: ValueRef): Json => ('json' in ref ? ref.json : { large: true })
const view = (driver: Driver, run = 'r1'): Run => viewRun(driver.run(run), 'default', load, (unit) => unit.phase)
/** The contract's check, with identifiers of the length that it asks for. */
const checked = (driver: Driver, run = 'r1'): Run =>
  Run.parse(JSON.parse(JSON.stringify(view(driver, run)).replace(/\br(\d)\b/g, (_, n) => `aaaaaaa${Number(n) + 1}`)))
const statuses = (driver: Driver): string[] => [...driver.run().steps.values()].map(stepStatus)

describe('the view of a run', () => {
  it('is what the contract promises, at every stage', () => {
    const driver = new Driver({
      answers: {
        f: items(3),
        'f[1]': { type: 'skip', reason: 'not this one' },
        ask: { type: 'approval', message: 'go on?' },
        call: { child: plan(step('x')) },
      },
    })
    const check = (): Run => checked(driver)
    driver.start(
      plan(
        each('f', { onFailure: 'continue' }),
        step('ask', { kind: 'approval', approval: { message: '', form: { note: { type: 'string' } } } }),
        step('call', { kind: 'workflow' }),
        step('z', { needs: ['f', 'ask', 'call'] }),
      ),
    )
    const shown = check()
    expect(shown.steps.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'f running',
      'f[0] running',
      'f[1] skipped',
      'f[2] running',
      'ask waiting',
      'call waiting',
      'z blocked',
    ])
    expect(shown.steps[1]).toMatchObject({
      index: 0,
      item: 0,
      executions: [{ id: 'aaaaaaa2:f[0]:1', status: 'dispatched' }],
    })
    expect(shown.steps[4]).toMatchObject({ approval: { message: 'go on?', form: { note: { type: 'string' } } } })
    expect(shown.steps[5]).toMatchObject({ child: 'aaaaaaa3' })
    driver.finish('f[0]')
    driver.fail('f[2]')
    expect(check().steps[0]?.fanOut).toEqual({ total: 3, done: 3, succeeded: 1, failed: 1, dropped: 1 })
    expect(check().counts).toEqual({
      total: 4,
      done: 1,
      succeeded: 1,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      items: { total: 3, done: 3, failed: 1, dropped: 1, cancelled: 0, calls: 0 },
    })
    driver.answer('ask', true)
    driver.finish('x', undefined, 'r2')
    driver.now += 250
    driver.finish('z')
    expect(check()).toMatchObject({ status: 'succeeded', durationMs: 250, result: { outputs: {}, error: null } })
    expect(checked(driver, 'r2').parent).toEqual({ run: 'aaaaaaa2', step: 'call' })
  })

  it('shows executions with their errors, adoption and cache', () => {
    const driver = new Driver({ answers: { a: keyed('k'), b: keyed('k') } })
    const cache = { cache: { maxAgeMs: null, version: '', params: null } }
    driver.start(plan(step('a', { ...cache, retry: retry(1) }), step('b', { ...cache, needs: ['a'] })))
    driver.fail('a')
    driver.pass(10)
    driver.send({ type: 'execution.started', token: driver.out('a').token, detail: 'pid 7', adopted: true })
    driver.now += 5
    driver.finish('a', { status: 'succeeded', outputs: BIG, usage: { cpuMs: 3, peakMemoryBytes: 4 } })
    const [a, b] = view(driver).steps
    expect(a?.executions).toMatchObject([
      { attempt: 1, status: 'failed', exitCode: 1, error: { code: 'exit_code' } },
      {
        attempt: 2,
        status: 'succeeded',
        durationMs: 5,
        adopted: 1,
        usage: { cpuMs: 3 },
        cache: { hit: false, reason: 'first' },
      },
    ])
    expect(a?.outputs).toEqual({ large: true })
    expect(b?.executions).toMatchObject([{ status: 'cached', cache: { hit: true, key: 'k', source: 'r1:a:2' } }])
    expect([...valuesOf(driver.run())]).toContain(BIG)
  })

  it('tells when something began and ended that is not executed itself', () => {
    const driver = new Driver({ answers: { f: items(1), ask: { type: 'approval', message: 'go on?' } } })
    driver.start(plan(each('f'), step('ask', { kind: 'approval' }), step('a', { needs: ['f', 'ask'] })))
    const began = new Date(driver.now).toISOString()
    driver.now += 40
    const ended = new Date(driver.now).toISOString()
    driver.finish('f[0]')
    driver.answer('ask', true)
    const [f, item, ask, a] = view(driver).steps
    expect([f, ask]).toMatchObject([
      { startedAt: began, finishedAt: ended },
      { startedAt: began, finishedAt: ended },
    ])
    expect([item, a].map((unit) => unit?.startedAt)).toEqual([undefined, undefined])
  })

  it('counts steps by how they ended', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] })))
    driver.finish('a')
    driver.fail('b')
    expect(viewSummary(driver.run(), 'default')).toMatchObject({
      status: 'failed',
      counts: { total: 3, done: 3, succeeded: 1, failed: 1, skipped: 1, cancelled: 0, items: { total: 0 } },
    })
  })

  it('tells rounds apart after a re-run, and counts the pause before it as nobody’s work', () => {
    const driver = new Driver({ answers: { f: items(2) } })
    driver.start(plan(step('a'), each('f', { needs: ['a'] })))
    const began = driver.now
    driver.now += 3_000
    driver.finish('a')
    driver.now += 500
    driver.finish('f[0]')
    driver.finish('f[1]')
    expect(view(driver)).toMatchObject({ durationMs: 3_500, reruns: 0, earlierMs: 0, rounds: [{}] })
    driver.now += 35_000
    driver.reopen({ step: 'f', index: 1 })
    const again = driver.now
    driver.now += 400
    expect(view(driver)).toMatchObject({ durationMs: null, reruns: 1, earlierMs: 3_500 })
    driver.finish('f[1]')
    const shown = checked(driver)
    const time = (at: number): string => new Date(at).toISOString()
    expect(shown).toMatchObject({
      durationMs: 3_900,
      reruns: 1,
      startedAt: time(again),
      rounds: [
        { startedAt: time(began), finishedAt: time(began + 3_500) },
        { startedAt: time(again), finishedAt: time(again + 400) },
      ],
    })
    const [a, f, first, second] = shown.steps
    expect(a).toMatchObject({ round: 1, executions: [{ round: 1 }] })
    expect(f).toMatchObject({
      round: 2,
      startedAt: time(again),
      finishedAt: time(again + 400),
      earlier: [{ round: 1, startedAt: time(began + 3_000), finishedAt: time(began + 3_500), status: 'succeeded' }],
    })
    expect(first).toMatchObject({ round: 1 })
    expect(second?.executions).toMatchObject([
      { attempt: 1, round: 1 },
      { attempt: 2, round: 2 },
    ])
  })

  it('tells when an approval was cancelled', () => {
    const driver = new Driver({ answers: { ask: { type: 'approval', message: 'go on?' } } })
    driver.start(plan(step('ask', { kind: 'approval' })))
    driver.now += 40
    driver.cancel()
    expect(view(driver).steps[0]).toMatchObject({ finishedAt: new Date(driver.now).toISOString() })
  })

  it('hides secrets', () => {
    const driver = new Driver()
    driver.start(plan(step('a')), { params: { json: { token: 'x', n: 1 } }, secrets: ['token'] })
    expect(view(driver).params).toEqual({ token: null, n: 1 })
  })
})

describe('the status of a run', () => {
  it('is queued, running, waiting, cancelling and its end', () => {
    const driver = new Driver({ capacity: { cpus: 1 }, answers: { nap: { type: 'sleep', ms: 10 } } })
    driver.start(plan(step('hold')))
    driver.start(plan(step('a'), step('nap', { kind: 'sleep', needs: ['a'] })))
    const status = (): string => runStatus(driver.run('r2'))
    expect(status()).toBe('queued')
    driver.finish('hold')
    expect(status()).toBe('running')
    driver.finish('a', undefined, 'r2')
    expect(status()).toBe('waiting')
    driver.pass(10)
    expect(status()).toBe('succeeded')
    driver.start(plan(step('a')))
    driver.cancel('r3')
    expect(runStatus(driver.run('r3'))).toBe('cancelling')
  })

  it('is waiting when a person is asked, and all code that runs waits for what it called', () => {
    const driver = new Driver({ answers: { 'approve[]': { type: 'approval', message: 'go on?' } } })
    const approval = { message: 'go on?', form: {} }
    const status = (): string => runStatus(driver.run())
    driver.worker()
    driver.start(plan(target('main')))
    driver.began('main')
    driver.call('main', [asks('train'), asks('score')])
    expect(status()).toBe('running')
    driver.call('train[0]', [asks('approve', [], { step: { kind: 'approval', target: null, approval } })])
    expect(status()).toBe('running')
    driver.finish('score[0]')
    expect(status()).toBe('waiting')
    // Another call of the one that asks goes on by itself.
    driver.call('train[0]', [asks('fold')])
    expect(status()).toBe('running')
    driver.finish('fold[0]')
    expect(status()).toBe('waiting')
    driver.restart()
    expect(status()).toBe('waiting')
    driver.answer('approve[0]', true)
    expect(status()).toBe('running')
  })

  it('counts calls apart, with those that were cancelled and by whom', () => {
    const driver = new Driver()
    driver.worker()
    driver.start(plan(target('main')))
    driver.call('main', [asks('train', [1]), asks('train', [2])])
    driver.finish('train[0]')
    driver.cancelStep('train[1]')
    driver.finish('train[1]', { status: 'cancelled' })
    expect(viewSummary(driver.run(), 'default').counts.items).toMatchObject({
      total: 2,
      done: 2,
      cancelled: 1,
      calls: 2,
    })
    expect(reasonText(driver.state, driver.unit('train[1]'))).toBe('cancelled by ana')
    driver.restart()
    expect(reasonText(driver.state, driver.unit('train[1]'))).toBe('cancelled by ana')
  })

  it('of a fan-out whose items wait is queued or waiting, not running', () => {
    const driver = new Driver({
      capacity: { cpus: 1 },
      answers: { f: items(2), 'f[]': { type: 'sleep', ms: 5 }, g: items(1) },
    })
    driver.start(plan(step('hold'), each('f'), each('g')))
    expect(statuses(driver)).toEqual(['running', 'waiting', 'queued'])
    expect(viewSummary(driver.run(), 'default')).toMatchObject({
      status: 'running',
      counts: { total: 3, done: 0, items: { total: 3 } },
    })
  })
})
