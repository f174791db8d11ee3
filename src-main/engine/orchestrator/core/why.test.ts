import { describe, expect, it } from 'vitest'
import { TREE } from '../simulation/tree.ts'
import { asks } from '../testing/code.ts'
import { Driver, items, keyed, locked } from '../testing/driver.ts'
import { each, plan, planWith, retry, step, target } from '../testing/plan.ts'
import { reasonText, why } from './why.ts'

const text = (driver: Driver, key: string, run = 'r1'): string => reasonText(driver.state, driver.unit(key, run))
const summary = (driver: Driver, run = 'r1'): string => why(driver.state, driver.run(run), null).summary
const cpus = (count: number): { cpus: number; memoryBytes: number; gpus: number } => ({
  cpus: count,
  memoryBytes: 0,
  gpus: 0,
})

describe('why a step is not running', () => {
  it('names the steps that it needs', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b'), step('c', { needs: ['a', 'b'] })))
    driver.finish('b')
    expect(text(driver, 'c')).toBe('needs a first')
    expect(text(driver, 'a')).toBe('it was handed to its executor and starts')
    driver.began('a')
    expect(text(driver, 'a')).toBe('it runs (pid 7)')
    driver.cancel()
    expect(text(driver, 'a')).toBe('it is being ended')
  })

  it('names the edge, a time, a person, a child, a retry', () => {
    const driver = new Driver({
      answers: {
        edge: null,
        nap: { type: 'sleep', ms: 1_000 },
        ask: { type: 'approval', message: 'publish?' },
        call: { child: plan(step('x')) },
      },
    })
    driver.start(
      plan(
        step('edge'),
        step('nap', { kind: 'sleep' }),
        step('ask', { kind: 'approval' }),
        step('call', { kind: 'workflow' }),
        step('again', { retry: retry(1, { minDelayMs: 2_000, maxDelayMs: 2_000 }) }),
      ),
    )
    driver.fail('again')
    expect(text(driver, 'edge')).toBe('its inputs are being put together')
    expect(text(driver, 'nap')).toBe('sleeps until 1970-01-01T00:16:41.000Z')
    expect(text(driver, 'ask')).toBe('waits for a person: publish?')
    const { reasons } = why(driver.state, driver.run('r1'), null)
    expect(reasons.flatMap(({ step, question }) => (question === undefined ? [] : [[step, question]]))).toEqual([
      ['ask', 'publish?'],
    ])
    expect(text(driver, 'call')).toBe('waits for its child run r2')
    expect(text(driver, 'again')).toBe('waits until 1970-01-01T00:16:42.000Z for attempt 2: it ended with 1')
  })

  it('names what the machine lacks', () => {
    const driver = new Driver({ capacity: { cpus: 4, memoryBytes: 2 ** 31, gpus: 1 } })
    const everything = { cpus: 3, memoryBytes: 2 ** 30, gpus: 1 }
    driver.start(
      plan(
        step('a', { resources: everything }),
        step('cpus', { resources: cpus(2) }),
        step('memory', { resources: { cpus: 0, memoryBytes: 2 ** 31, gpus: 0 } }),
        step('gpus', { resources: { cpus: 0, memoryBytes: 0, gpus: 1 } }),
      ),
    )
    expect(text(driver, 'cpus')).toBe('waits for 2 CPUs; 1 of 4 are free')
    expect(text(driver, 'memory')).toBe('waits for 2 GiB of memory; 1 GiB of 2 GiB are free')
    expect(text(driver, 'gpus')).toBe('waits for 1 GPUs; 0 of 1 are free')
    driver.state.others = { cpus: 1, memoryBytes: 2 ** 30, gpus: 0 }
    expect(text(driver, 'cpus')).toBe('waits for 2 CPUs; 0 of 4 are free; other projects use 1')
    expect(text(driver, 'memory')).toBe('waits for 2 GiB of memory; 0 GiB of 2 GiB are free; other projects use 1 GiB')
  })

  it('names limits, keys with their holders, pending results and executors', () => {
    const driver = new Driver({
      answers: { f: items(3), k: locked('db'), l: locked('db'), p: keyed('key'), q: keyed('key') },
    })
    const lock = { concurrency: { key: 'db', limit: 1 } }
    const cache = { cache: { maxAgeMs: null, version: '', params: null } }
    driver.send({ type: 'executor.availability', executor: 'container', available: false, reason: 'Docker is down' })
    driver.start(
      plan(
        each('f', { maxParallel: 2 }),
        step('k', lock),
        step('l', lock),
        step('p', cache),
        step('q', cache),
        step('c', { image: 'alpine' }),
      ),
    )
    expect(text(driver, 'f')).toBe('0 of 3 items have ended')
    expect(text(driver, 'f[2]')).toBe('2 items of this step run already, which is its limit (maxParallel)')
    expect(text(driver, 'l')).toBe('holders of the concurrency key "db" run already (limit 1): r1:k:1')
    expect(text(driver, 'q')).toBe('waits for r1:p:1, which computes the same result')
    expect(text(driver, 'c')).toBe('the container executor cannot take it: Docker is down')
  })

  it('says how it ended', () => {
    const driver = new Driver({
      answers: { skip: { type: 'skip', reason: 'its condition is false: x' }, miss: keyed('k'), hit: keyed('k') },
    })
    const cache = { cache: { maxAgeMs: null, version: '', params: null } }
    driver.start(
      plan(step('skip'), step('bad'), step('miss', cache), step('hit', { ...cache, needs: ['miss'] }), step('ok')),
    )
    driver.fail('bad')
    driver.finish('miss')
    driver.finish('ok')
    expect(text(driver, 'skip')).toBe('its condition is false: x')
    expect(text(driver, 'bad')).toBe('it ended with 1')
    expect(text(driver, 'miss')).toBe('succeeded; it ran because of a cache miss: first')
    expect(text(driver, 'hit')).toBe('took the result of r1:miss:1')
    expect(text(driver, 'ok')).toBe('succeeded')
  })
})

describe('why a run is not going on', () => {
  it('is said in one sentence at each stage', () => {
    const driver = new Driver({ answers: { ask: { type: 'approval', message: 'publish?' } }, outcome: null })
    driver.start(planWith({ outputs: { x: 1 } }, step('a'), step('ask', { kind: 'approval', needs: ['a'] })))
    expect(summary(driver)).toBe('the run is going on: 1 step runs')
    driver.finish('a')
    expect(summary(driver)).toBe('ask: waits for a person: publish?')
    driver.answer('ask', true)
    expect(summary(driver)).toBe('the outputs of the run are being put together')
    driver.send({ type: 'run.resolved', run: 'r1', outcome: { outputs: { json: {} } } })
    expect(summary(driver)).toBe('the run has succeeded')
  })

  it('is said while other steps run: whom it asks, else what is queued', () => {
    const asking = new Driver({ answers: { ask: { type: 'approval', message: 'publish?' } } })
    asking.start(plan(step('a'), step('b'), step('ask', { kind: 'approval' })))
    expect(summary(asking)).toBe('the run is going on: 2 steps run; ask: waits for a person: publish?')
    const full = new Driver()
    const large = { resources: { cpus: full.state.capacity.cpus, memoryBytes: 0, gpus: 0 } }
    full.start(plan(step('a', large), step('b', large)))
    expect(summary(full)).toMatch(/^the run is going on: 1 step runs, 1 is queued; b: .*CPU/)
  })

  it('names the call that keeps it from going on, and not the step that holds it', () => {
    const approval = { message: 'go on?', form: {} }
    const driver = new Driver({ answers: { 'approve[]': { type: 'approval', message: 'go on?' } } })
    driver.send({ type: 'workspaces', workspaces: TREE })
    driver.worker()
    driver.start(plan(target('main')))
    driver.call('main', [asks('fit'), asks('approve', [], { step: { kind: 'approval', target: null, approval } })])
    driver.finish('fit[0]')
    expect(summary(driver)).toBe('approve[0]: waits for a person: go on?')
    driver.answer('approve[0]', true)
    driver.finish('main')
    const from = { step: 'fit', index: 0 }
    driver.send({ type: 'run.reopen', run: 'r1', by: 'ana', from, workspace: 'dev' })
    expect(summary(driver)).toBe(`fit[0]: ${text(driver, 'fit[0]')}`)
    expect(summary(driver)).toContain('no worker')
  })

  it('tells of a cancel and of a failure', () => {
    const driver = new Driver()
    driver.start(plan(step('a')))
    driver.start(plan(step('a')))
    driver.cancel()
    expect(summary(driver)).toBe('the run is being cancelled; 1 executions still have to end')
    driver.finish('a', { status: 'cancelled' })
    expect(summary(driver)).toBe('the run was cancelled by ana: a test')
    driver.fail('a', 'r2')
    expect(summary(driver, 'r2')).toBe('step a failed: it ended with 1')
  })

  it('lists no more reasons than anybody reads', () => {
    const driver = new Driver({ capacity: { cpus: 1 }, answers: { f: items(500) } })
    driver.start(plan(each('f')))
    const { reasons } = why(driver.state, driver.run(), null)
    expect(reasons).toHaveLength(200)
    expect(reasons[2]).toEqual({ step: 'f[1]', status: 'queued', text: 'waits for 1 CPUs; 0 of 1 are free' })
  })
})
