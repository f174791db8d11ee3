import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json, RunStep } from '../../../../src-shared/contract/index.ts'
import { viewRun } from '../core/index.ts'
import { type Code, CodeWorker, Suspend, type TestTarget } from '../testing/code-worker.ts'
import { ANA, type Engine, ended, TestProject, until } from '../testing/project.ts'

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

async function connect(targets: Record<string, TestTarget>): Promise<CodeWorker> {
  const worker = await CodeWorker.connect(engine.hub, 'lab', targets)
  workers.push(worker)
  return worker
}

const start = async (workflow: string): Promise<string> =>
  (await engine.calls.start({ workflow, params: {}, workspace: 'main' }, ANA)).run

const flow = (body: (code: Code) => Promise<Json>): TestTarget => ({ kind: 'workflow', body })
const call = (name: string, ...args: Json[]) => ({ target: `lab/${name}`, args })

/** Ends when the test says so. */
function gate() {
  const waiting: ((value: Json) => void)[] = []
  const body = (): Promise<Json> => new Promise((resolve) => waiting.push(resolve))
  return { body, open: (value: Json) => waiting.shift()?.(value), count: () => waiting.length }
}

async function steps(run: string): Promise<Map<string, RunStep>> {
  return engine.orchestrator.withRun(run, (found) => {
    if (found === null) throw new Error(`there is no run ${run}`)
    const view = viewRun(
      found,
      'default',
      (ref) => engine.values.peek(ref)?.value,
      () => null,
    )
    return new Map(view.steps.map((step) => [step.key, step]))
  })
}

describe('single steps of a run of code', () => {
  it('are cancelled while the run goes on', async () => {
    const slow = gate()
    await connect({
      flow: flow(async (code) => {
        const ends = await code.select(await code.submit(call('slow', 1), call('slow', 2), call('slow', 3)))
        return ends.map(({ outcome }) => outcome)
      }),
      slow: { parameters: ['x'], body: slow.body },
    })
    const run = await start('flow')
    await until('all three', () => slow.count() === 3)
    await engine.calls.cancelStep(run, 'slow[1]', ANA)
    await until('the end of one', async () => (await steps(run)).get('slow[1]')?.status === 'cancelled')
    expect((await steps(run)).get('slow[0]')?.status).toBe('running')
    await expect(engine.calls.cancelStep(run, 'slow[1]', ANA)).rejects.toMatchObject({ code: 'step_finished' })
    await expect(engine.calls.cancelStep(run, 'slow[9]', ANA)).rejects.toMatchObject({ code: 'step_not_found' })
    await engine.calls.cancelStep(run, 'slow', ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    expect([...(await steps(run)).values()].map(({ status }) => status)).toEqual([
      'succeeded',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
    ])
    await expect(engine.calls.cancelStep(run, 'slow[0]', ANA)).rejects.toMatchObject({ code: 'run_finished' })
  })

  it('run again while the run goes on', async () => {
    const slow = gate()
    const hold = gate()
    await connect({
      flow: flow(async (code) => {
        const [one = ''] = await code.submit(call('slow', 1), call('hold'))
        return code.select([one]).then(() => null)
      }),
      slow: { parameters: ['x'], body: slow.body },
      hold: { body: hold.body },
    })
    const run = await start('flow')
    await until('both', () => slow.count() === 1 && hold.count() === 1)
    slow.open(1)
    await until('the first result', async () => (await steps(run)).get('slow[0]')?.status === 'succeeded')
    await engine.calls.rerun(run, 'slow[0]', ANA)
    await until('the second attempt', () => slow.count() === 1)
    slow.open(2)
    hold.open(null)
    expect(await ended(engine, run)).toBe('succeeded')
    const again = (await steps(run)).get('slow[0]')
    expect(again?.executions.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'succeeded'],
      [2, 'succeeded'],
    ])
    expect(again?.outputs).toEqual({ result: 2 })
  })

  it('are run again as wholes only when the run has ended', async () => {
    const slow = gate()
    await connect({ flow: flow(async (code) => code.call(call('slow'))), slow: { body: slow.body } })
    const run = await start('flow')
    await until('the call', () => slow.count() === 1)
    await expect(engine.calls.rerun(run, 'flow', ANA)).rejects.toMatchObject({ code: 'run_not_finished' })
    await expect(engine.calls.rerun(run, 'failed', ANA)).rejects.toMatchObject({ code: 'run_not_finished' })
    await expect(engine.calls.rerun(run, 'slow', ANA)).rejects.toMatchObject({
      message: expect.stringMatching(/slow .* cannot run again now: it holds calls/) as unknown,
      context: { fix: expect.stringContaining("--from 'slow[0]'") as unknown },
    })
    slow.open(1)
    await ended(engine, run)
  })

  it('say with what they were called, what they waited for and which files they recorded', async () => {
    const { digest, size } = await engine.blobs.put(new TextEncoder().encode('{}'))
    const model = { kind: 'asset', name: 'model', files: [{ path: 'm.json', digest, size }] }
    const worker: CodeWorker = await connect({
      flow: flow(async (code) => {
        const made = await code.submit(call('fit', 'north', 3))
        const [end] = await code.select(made, { timeoutMs: 0 })
        if (end?.outcome === 'pending') throw new Suspend(made)
        return null
      }),
      fit: {
        parameters: ['region', 'folds'],
        body: (code) => {
          const { token } = code.execution
          worker.worker.say({ type: 'asset', token, assets: [{ name: 'best', value: model }] })
          return new Promise((resolve) => setTimeout(resolve, 20, 1))
        },
      },
    })
    const run = await start('flow')
    expect(await ended(engine, run)).toBe('succeeded')
    const shown = await steps(run)
    expect(shown.get('fit[0]')?.call).toMatchObject({ by: 'flow', attempt: 1, brief: 'region="north", folds=3' })
    expect(shown.get('fit[0]')?.executions[0]?.assets).toEqual({ best: model })
    expect(shown.get('flow')?.executions[0]).toMatchObject({
      status: 'suspended',
      awaits: { steps: ['fit[0]'], mode: 'all', until: null },
    })
  })
})

describe('questions to people', () => {
  it('are listed over all runs, from those that go on', async () => {
    await project.save(engine, 'name: drawn\nsteps:\n  ok: {approval: {message: Ship it?}}')
    await connect({
      flow: flow(async (code) =>
        code.call({ input: 'How many?', schema: { type: 'integer', minimum: 1 }, key: 'how-many' }),
      ),
    })
    const drawn = await start('drawn')
    await until('the approval', () => engine.calls.questions().length === 1)
    const coded = await start('flow')
    await until('the input', () => engine.calls.questions().length === 2)
    expect(engine.calls.questions()).toMatchObject([
      { run: drawn, workflow: 'drawn', step: 'ok', message: 'Ship it?', workspace: 'main' },
      { run: coded, step: 'input[0]', message: 'How many?', by: 'flow', form: { answer: { type: 'json' } } },
    ])
    await engine.calls.approve(coded, 'input[0]', { approved: true, answers: { answer: 3 }, comment: null }, ANA)
    expect(await ended(engine, coded)).toBe('succeeded')
    await engine.calls.cancel(drawn, ANA, null)
    await ended(engine, drawn)
    expect(engine.calls.questions()).toEqual([])
  })
})
