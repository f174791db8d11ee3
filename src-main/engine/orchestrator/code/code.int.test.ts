import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { unitKey } from '../core/index.ts'
import { type Code, CodeWorker, Suspend, type TestTarget } from '../testing/code-worker.ts'
import { ANA, type Engine, ended, events, TestProject, until } from '../testing/project.ts'

let project: TestProject
let engine: Engine
const workers: CodeWorker[] = []

beforeEach(async () => {
  project = await TestProject.create()
  engine = await project.boot()
})
afterEach(async () => {
  for (const worker of workers.splice(0)) worker.close()
  await project.dispose()
})

async function connect(targets: Record<string, TestTarget>, hello: object = {}): Promise<CodeWorker> {
  const worker = await CodeWorker.connect(engine.hub, 'lab', targets, hello)
  workers.push(worker)
  return worker
}

const start = async (workflow: string, params: Record<string, Json> = {}): Promise<string> =>
  (await engine.calls.start({ workflow, params, workspace: 'main' }, ANA)).run

async function result(run: string): Promise<Json> {
  return engine.orchestrator.withRun(run, async (found) => {
    if (found?.outputs == null) throw new Error(`run ${run} has no outputs: ${JSON.stringify(found?.error)}`)
    return ((await engine.values.load(found.outputs)) as Record<string, Json>)['result'] ?? null
  })
}

const flow = (body: (code: Code, ...args: Json[]) => Promise<Json> | Json, parameters: string[] = []): TestTarget => ({
  kind: 'workflow',
  parameters,
  body,
})
const call = (name: string, ...args: Json[]) => ({ target: `lab/${name}`, args })
const ref = (code: Code, step: string): Json => ({ $weir: 'step', run: code.execution.run, step })

describe('a workflow of code', () => {
  it('is a run whose calls are steps', async () => {
    await connect({
      flow: flow(
        async (code, n) => {
          const steps = await code.submit(call('double', n ?? 0), call('double', 5))
          const ends = await code.select(steps)
          return ends.map((end) => end.value ?? null)
        },
        ['n'],
      ),
      double: { parameters: ['x'], body: (_code, x) => Number(x) * 2 },
    })
    const run = await start('flow', { n: 4 })
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual([8, 10])
    await engine.orchestrator.withRun(run, (found) => {
      expect([...(found?.steps.keys() ?? [])]).toEqual(['flow', 'double'])
      expect(found?.steps.get('double')?.fanOut?.units.map(unitKey)).toEqual(['double[0]', 'double[1]'])
    })
  })

  it('hands the results of steps to those that refer to them', async () => {
    await connect({
      flow: flow(async (code) => {
        const [first = ''] = await code.submit(call('one'))
        return code.call(call('add', ref(code, first), 10))
      }),
      one: { body: () => 1 },
      add: { parameters: ['a', 'b'], body: (code, a, b) => Number(code.resolve(a ?? 0)) + Number(b) },
    })
    const run = await start('flow')
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toBe(11)
  })

  it('fails with the error of a step, as it was', async () => {
    await connect({
      flow: flow(async (code) => {
        const [bad = ''] = await code.submit(call('bad'))
        return code.call(call('after', ref(code, bad)))
      }),
      bad: {
        body: () => {
          throw new RangeError('too far')
        },
      },
      after: { parameters: ['x'], body: () => 1 },
    })
    const run = await start('flow')
    expect(await ended(engine, run)).toBe('failed')
    const journal = await events(engine, run)
    const last = journal.filter((event) => event.type === 'execution.finished').at(-1)
    expect(last?.error).toMatchObject({ type: 'RangeError', message: 'too far' })
    expect(journal.filter((event) => event.type === 'execution.dispatched').map((event) => event.step)).toEqual([
      'flow',
      'bad',
    ])
  })

  it('finds the calls of the attempt that was suspended', async () => {
    const worker = await connect({
      flow: flow(async (code) => {
        const steps = await code.submit(call('slow', 1), call('slow', 2))
        const ends = await code.select(steps, { timeoutMs: 0 })
        if (ends.some((end) => end.outcome === 'pending')) throw new Suspend(steps)
        return ends.map((end) => end.value ?? null)
      }),
      slow: { parameters: ['x'], body: (_code, x) => new Promise((resolve) => setTimeout(resolve, 20, x)) },
    })
    const run = await start('flow')
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual([1, 2])
    expect(worker.began).toEqual(['flow:1', 'slow:1', 'slow:1', 'flow:2'])
    expect((await events(engine, run)).filter((event) => event.type === 'step.linked')).toHaveLength(2)
  })

  it('answers a memoised call with the step that is there', async () => {
    const worker = await connect({
      flow: flow(async (code) => {
        const first = await code.submit(call('once', 1), call('once', 1), call('once', 2))
        return first
      }),
      once: { parameters: ['x'], options: { memo: {} }, body: (_code, x) => x ?? null },
    })
    const run = await start('flow')
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual(['once[0]', 'once[0]', 'once[1]'])
    expect(worker.began).toEqual(['flow:1', 'once:1', 'once:1'])
  })

  it('takes results of other runs from the cache, until the code is another', async () => {
    const targets = (code: string): Record<string, TestTarget> => ({
      flow: flow((inner) => inner.call(call('fit', 3))),
      fit: { parameters: ['x'], code, options: { cache: { code: true } }, body: (_code, x) => Number(x) * 10 },
    })
    const one = await connect(targets('a'.repeat(64)))
    await ended(engine, await start('flow'))
    const second = await start('flow')
    expect(await ended(engine, second)).toBe('succeeded')
    expect(await result(second)).toBe(30)
    expect(one.began).toEqual(['flow:1', 'fit:1', 'flow:1'])
    one.close()
    const two = await connect(targets('b'.repeat(64)))
    await ended(engine, await start('flow'))
    expect(two.began).toEqual(['flow:1', 'fit:1'])
    const run = (await engine.storage.runs({ limit: 1 }))[0]?.id ?? ''
    const dispatched = (await events(engine, run)).find(
      (event) => event.type === 'execution.dispatched' && event.step === 'fit',
    )
    expect(dispatched).toMatchObject({ cache: { reason: expect.stringContaining('code') } })
  })

  it('starts other workflows as runs of their own, drawn ones and those of code', async () => {
    await project.save(
      engine,
      'name: drawn\nparams:\n  x: {type: integer}\nsteps:\n  a: {approval: {message: ok}}\noutputs: {y: "${{ params.x }}"}',
    )
    await connect({
      flow: flow(async (code) => {
        const steps = await code.submit({ workflow: 'drawn', params: { x: 7 } }, call('inner', 1))
        const ends = await code.select(steps)
        return ends.map((end) => end.value ?? null)
      }),
      inner: flow((_code, x) => Number(x) + 1, ['x']),
    })
    const run = await start('flow')
    await until('the approval', () =>
      [...engine.orchestrator.state.runs.values()].some((one) => one.steps.get('a')?.phase === 'approval'),
    )
    const child = [...engine.orchestrator.state.runs.values()].find((one) => one.workflow === 'drawn')?.id ?? ''
    await engine.calls.approve(child, 'a', { approved: true, answers: {}, comment: null }, ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual([{ y: 7 }, 2])
  })

  it('is called by drawn ones, with inputs by name', async () => {
    await connect({
      area: { parameters: ['width', 'height'], required: 1, body: (_code, w, h) => Number(w) * Number(h ?? 2) },
    })
    await project.save(
      engine,
      'name: drawn\nsteps:\n  a: {target: lab/area, inputs: {height: 3, width: 4}}\n  b: {target: lab/area, inputs: {width: "${{ steps.a.outputs.result }}", height: 1}}\noutputs: {result: "${{ steps.b.outputs.result }}"}',
    )
    const run = await start('drawn')
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toBe(12)
  })

  it('is a run of its own when a step of a drawn one names it, as what a step calls by `workflow`', async () => {
    await connect({
      flow: flow(async (code, x) => code.call(call('double', x ?? 0)), ['x']),
      double: { parameters: ['x'], body: (_code, x) => Number(x) * 2 },
    })
    await project.save(
      engine,
      'name: drawn\nsteps:\n  all: {target: lab/flow, forEach: "${{ [1, 2] }}", inputs: {x: "${{ item }}"}}\noutputs: {result: "${{ steps.all.outputs.result }}"}',
    )
    const run = await start('drawn')
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual([2, 4])
    const children = await engine.storage.runs({ triggers: ['parent'], limit: 9 })
    expect(children.map(({ workflow, parentRun }) => [workflow, parentRun])).toEqual([
      ['flow', run],
      ['flow', run],
    ])
    // Run again, it is bound anew.
    await engine.calls.rerun(run, 'all', ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await engine.storage.runs({ triggers: ['parent'], limit: 9 })).toHaveLength(4)
  })

  it('is refused as the target of a drawn step when that asks for what a run of its own has not', async () => {
    await connect({ flow: flow(() => 1) })
    const refused = async (name: string, more: string): Promise<string> => {
      await project.save(engine, `name: ${name}\nsteps:\n  a: {target: ${more}}`)
      const run = await start(name)
      expect(await ended(engine, run)).toBe('failed')
      const steps = await engine.orchestrator.withRun(run, (found) => found?.steps.get('a')?.error)
      return `${steps?.message} / ${steps?.fix}`
    }
    expect(await refused('pinned', 'lab/flow@1')).toMatch(
      /lab\/flow is a workflow.*asks for 1 \/ write `workflow: flow`/,
    )
    expect(await refused('cached', 'lab/flow, cache: true')).toMatch(
      /`cache` has no effect on it \/ remove it from the step a/,
    )
  })

  it('asks people, each question once', async () => {
    await connect({
      flow: flow(async (code) => {
        const ask = { input: 'Which fold?', schema: { type: 'integer', minimum: 1 } }
        const [one = '', two = ''] = await code.submit(ask, ask)
        const ends = await code.select([one])
        return [one === two, ends[0]?.value ?? null]
      }),
    })
    const run = await start('flow')
    await until(
      'the question',
      () => engine.orchestrator.state.runs.get(run)?.steps.get('input')?.fanOut?.units[0]?.phase === 'approval',
    )
    await engine.calls.approve(run, 'input[0]', { approved: true, answers: { answer: 3 }, comment: null }, ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    expect(await result(run)).toEqual([true, 3])
  })

  it('refuses calls that do not fit, in words', async () => {
    await connect({
      flow: flow(
        async (code, which) => {
          const bad = [
            call('none'),
            call('one', 1, 2),
            call('one'),
            { target: 'lab/one', args: [], named: { y: 1 } },
            { target: 'nowhere/one', args: [] },
            call('one', ref(code, 'one[99]')),
          ][Number(which)]
          return bad === undefined ? null : code.call(bad)
        },
        ['which'],
      ),
      one: { parameters: ['x'], body: () => 1 },
    })
    const messages: string[] = []
    for (let which = 0; which < 6; which++) {
      const run = await start('flow', { which })
      expect(await ended(engine, run)).toBe('failed')
      await engine.orchestrator.withRun(run, (found) => void messages.push(found?.error?.message ?? ''))
    }
    expect(messages.map((message) => message.replace(/^step flow failed: /, ''))).toEqual([
      'lab has no target none in version 1',
      'lab/one cannot be called so: it takes 1 arguments and was given 2',
      'lab/one cannot be called so: the argument x is missing',
      'lab/one cannot be called so: it has no parameter y; it has x',
      'no worker has registered a module nowhere here',
      expect.stringContaining('has no call one[99]'),
    ])
  })

  it('goes on after the engine was killed, and what its worker lost with it goes again', async () => {
    let open: (() => void) | undefined
    const targets: Record<string, TestTarget> = {
      flow: flow((code) => code.call(call('slow', 1))),
      slow: {
        parameters: ['x'],
        body: (_code, x) =>
          new Promise((resolve) => {
            open = () => resolve(x ?? null)
          }),
      },
    }
    const worker = await connect(targets)
    const run = await start('flow')
    await until('the step', () => open !== undefined)
    project.abandon(engine)
    worker.close()
    engine = await project.boot()
    const again = await connect(targets, { session: worker.worker.session })
    await until('the second attempt', () => again.began.includes('slow:2'))
    open?.()
    expect(await ended(engine, run)).toBe('succeeded')
    expect(again.began).toEqual(expect.arrayContaining(['flow:2', 'slow:2']))
  }, 60_000)
})
