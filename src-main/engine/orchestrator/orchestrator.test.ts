import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANA, type Engine, ended, events, TestProject, until } from './testing/project.ts'

let project: TestProject

beforeEach(async () => {
  project = await TestProject.create()
})
afterEach(() => project.dispose())

const CHAIN = `name: chain
steps:
  a:
    run: make
    outputs: { n: { json: n.json } }
  b:
    needs: [a]
    run: double
    inputs: { n: '\${{ steps.a.outputs.n }}' }
    outputs: { n: { json: n.json } }
outputs:
  n: '\${{ steps.b.outputs.n }}'
`

const FAN_OUT = `name: fan
params:
  items: { type: array, items: { type: integer } }
steps:
  f:
    forEach: '\${{ params.items }}'
    run: one
    inputs: { n: '\${{ item }}' }
    outputs: { text: { json: text.json } }
  all:
    needs: [f]
    run: join
    inputs: { texts: '\${{ steps.f.outputs.text }}' }
`

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const start = async (engine: Engine, workflow: string, params = {}): Promise<string> =>
  (await engine.calls.start({ workflow, params, workspace: 'main' }, ANA)).run

describe('a run on the real storage', () => {
  it('hands values from step to step and ends with the outputs', async () => {
    project.machine.work = (job) => {
      const n = job.step === 'a' ? 21 : Number(job.context.inputs['n']) * 2
      return { status: 'succeeded', outputs: { n }, exitCode: 0 }
    }
    const engine = await project.boot()
    await project.save(engine, CHAIN)
    const run = await start(engine, 'chain')
    expect(await ended(engine, run)).toBe('succeeded')
    expect((await events(engine, run)).at(-1)).toMatchObject({ type: 'run.finished', outputs: { json: { n: 42 } } })
    expect(engine.orchestrator.check()).toEqual([])
    await until('the run to leave memory', () => engine.orchestrator.state.runs.size === 0)
  })

  it('fans out, with values that are too large for the journal', async () => {
    project.machine.work = (job) => ({ status: 'succeeded', outputs: { text: `${job.index}`.repeat(300) } })
    const engine = await project.boot()
    await project.save(engine, FAN_OUT)
    const run = await start(engine, 'fan', { items: numbers(40) })
    expect(await ended(engine, run)).toBe('succeeded')
    expect(project.machine.job('all')?.context.inputs['texts']).toEqual(numbers(40).map((n) => `${n}`.repeat(300)))
    for (const entry of await engine.storage.journal(run, 0)) expect(entry.events).not.toContain('7'.repeat(250))
  })

  it('tells how far it is when nothing more happens', async () => {
    project.machine.work = (job) => (job.index === 3 ? null : { status: 'succeeded', outputs: { text: '' } })
    const engine = await project.boot()
    await project.save(engine, FAN_OUT)
    const run = await start(engine, 'fan', { items: numbers(4) })
    await until('the fourth to be all that runs', () => project.machine.held().length === 1)
    const row = async () => (await engine.storage.run(run))?.itemsDone
    await until('the row to say so', async () => (await row()) === 3)
  })

  it('keeps secrets out of the journal and gives them to the job', async () => {
    const engine = await project.boot()
    await project.save(engine, 'name: hush\nparams:\n  key: { type: secret }\nsteps:\n  a: { run: use }\n')
    const run = await start(engine, 'hush', { key: 'swordfish' })
    await ended(engine, run)
    expect(project.machine.job('a')).toMatchObject({
      context: { params: { key: 'swordfish' } },
      secrets: ['swordfish'],
    })
    expect(JSON.stringify(await events(engine, run))).not.toContain('swordfish')
  })

  it('takes cached results of earlier runs and says why one was missed', async () => {
    const engine = await project.boot()
    const flow = (version: number): string =>
      `name: cached\nsteps:\n  a:\n    run: slow\n    cache: { version: '${version}' }\n    outputs: { n: { json: n.json } }\n`
    project.machine.work = () => ({ status: 'succeeded', outputs: { n: 1 } })
    await project.save(engine, flow(1))
    await ended(engine, await start(engine, 'cached'))
    const second = await start(engine, 'cached')
    await ended(engine, second)
    expect(project.machine.starts).toEqual(['a'])
    expect(await events(engine, second)).toContainEqual(
      expect.objectContaining({ type: 'step.cached', outputs: { json: { n: 1 } } }),
    )
    await project.save(engine, flow(2))
    const third = await start(engine, 'cached')
    await ended(engine, third)
    const dispatched = (await events(engine, third)).find(({ type }) => type === 'execution.dispatched')
    expect(dispatched).toMatchObject({ cache: { reason: expect.stringContaining('version') as string } })
  })

  it('starts child workflows, and ends them with their parent', async () => {
    project.machine.work = () => null
    const engine = await project.boot()
    await project.save(engine, 'name: child\nsteps:\n  x: { run: hold }\n')
    await project.save(engine, 'name: parent\nsteps:\n  call: { workflow: child }\n')
    const run = await start(engine, 'parent')
    await until('the child to run', () => project.machine.held().includes('x'))
    const child = (await engine.storage.runs({ workflow: 'child', limit: 1 }))[0]
    expect(child).toMatchObject({ parentRun: run, parentStep: 'call', status: 'running' })
    await engine.calls.cancel(run, ANA, null)
    expect(await ended(engine, run)).toBe('cancelled')
    expect(await ended(engine, child?.id ?? '')).toBe('cancelled')
  })

  it('asks a person and checks the answers', async () => {
    const engine = await project.boot()
    await project.save(
      engine,
      'name: ask\nsteps:\n  ok:\n    approval:\n      message: go on?\n      form: { n: { type: integer } }\n',
    )
    const run = await start(engine, 'ask')
    await until('the question', () => engine.orchestrator.state.runs.get(run)?.steps.get('ok')?.phase === 'approval')
    const answer = (n: unknown) => ({ approved: true, answers: { n: n as number }, comment: null })
    await expect(engine.calls.approve(run, 'ok', answer('many'), ANA)).rejects.toMatchObject({ code: 'params_invalid' })
    await engine.calls.approve(run, 'ok', answer(3), ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    await expect(engine.calls.approve(run, 'ok', answer(3), ANA)).rejects.toMatchObject({
      code: 'approval_not_waiting',
    })
  })
})

describe('an engine that dies', () => {
  it('leaves work that its successor takes back: nothing runs twice, nothing is lost', async () => {
    project.machine.work = (job) => (job.step === 'f' ? null : { status: 'succeeded', outputs: {} })
    const first = await project.boot()
    await project.save(first, FAN_OUT)
    const run = await start(first, 'fan', { items: numbers(6) })
    await until('all items to run', () => project.machine.held().length === 6)
    project.machine.finish('f[0]', { status: 'succeeded', outputs: { text: 'zero' } })
    await until('the first result', async () =>
      (await events(first, run)).some(({ type }) => type === 'execution.finished'),
    )
    project.abandon(first)
    // It ends while no engine is there.
    project.machine.finish('f[1]', { status: 'succeeded', outputs: { text: 'one' } })

    const second = await project.boot()
    await until('adoption', () => project.machine.adoptions.length === 5)
    for (const index of [2, 3, 4, 5])
      project.machine.finish(`f[${index}]`, { status: 'succeeded', outputs: { text: 'more' } })
    expect(await ended(second, run)).toBe('succeeded')
    expect(project.machine.starts).toEqual([...numbers(6).map((index) => `f[${index}]`), 'all'])
    expect(project.machine.job('all')?.context.inputs['texts']).toEqual(['zero', 'one', 'more', 'more', 'more', 'more'])
    const finished = (await events(second, run)).filter(({ type }) => type === 'execution.finished')
    expect(finished).toHaveLength(7)
  })

  it('between the commit and the start leaves an order that is carried out anew', async () => {
    let dies = true
    const first: Engine = await project.boot(async (batch, commit) => {
      const cursors = await commit()
      if (dies && batch.entries.some(({ events: text }) => text.includes('execution.dispatched'))) {
        dies = false
        project.abandon(first)
        // The turn never goes on.
        return new Promise(() => undefined)
      }
      return cursors
    })
    await project.save(first, CHAIN)
    void start(first, 'chain')
    await until('the crash', () => !dies)
    expect(project.machine.starts).toEqual([])

    project.machine.work = () => ({ status: 'succeeded', outputs: { n: 1 } })
    const second = await project.boot()
    const run = (await second.storage.runs({ limit: 1 }))[0]?.id ?? ''
    expect(await ended(second, run)).toBe('succeeded')
    expect(project.machine.starts).toEqual(['a', 'b'])
    const dispatched = (await events(second, run)).filter(({ type }) => type === 'execution.dispatched')
    expect(dispatched).toMatchObject([{ attempt: 1 }, { attempt: 2, step: 'a' }, { step: 'b' }])
  })

  it('keeps pauses, retries and questions for its successor', async () => {
    let attempts = 0
    project.machine.work = () => {
      attempts += 1
      return attempts === 1 ? { status: 'failed', kind: 'error', exitCode: 1 } : { status: 'succeeded', outputs: {} }
    }
    const flow = `name: wait
steps:
  nap: { sleep: 300ms }
  again: { run: flaky, retry: { limit: 1, delay: 300ms } }
  ask: { approval: { message: go on? } }
`
    const first = await project.boot()
    await project.save(first, flow)
    const run = await start(first, 'wait')
    await until(
      'the first failure',
      () => first.orchestrator.state.runs.get(run)?.steps.get('again')?.phase === 'retry',
    )
    project.machine.forsake()
    await first.orchestrator.close()

    const second = await project.boot()
    await until('the retry', () => second.orchestrator.state.runs.get(run)?.steps.get('again')?.outcome === 'succeeded')
    await second.calls.approve(run, 'ask', { approved: true, answers: {}, comment: null }, ANA)
    expect(await ended(second, run)).toBe('succeeded')
    expect(project.machine.starts).toEqual(['again', 'again'])
  })
})

describe('an acknowledgement', () => {
  it('comes after the commit, and so does the first start', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let commits = 0
    const engine = await project.boot(async (_batch, commit) => {
      commits += 1
      await gate
      return commit()
    })
    await project.save(engine, CHAIN)
    project.machine.work = () => ({ status: 'succeeded', outputs: { n: 1 } })
    let answered = false
    const answer = start(engine, 'chain').then((run) => {
      answered = true
      return run
    })
    await until('the commit to begin', () => commits === 1)
    // Enough turns of the event loop for anything that does not wait for the disk.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    expect(project.machine.starts).toEqual([])
    expect(engine.published).toEqual([])
    open()
    expect(await ended(engine, await answer)).toBe('succeeded')
  })

  it('is refused when the disk refuses; nothing was started, and the orchestrator stops', async () => {
    let commits = 0
    let fail = (_error: Error): void => undefined
    const engine = await project.boot(() => {
      commits += 1
      return new Promise((_resolve, reject) => {
        fail = reject
      })
    })
    await project.save(engine, CHAIN)
    const first = start(engine, 'chain')
    const refused = [expect(first).rejects.toThrow('the disk is full')]
    await until('the commit to begin', () => commits === 1)
    // Posted while the commit is under way.
    const second = engine.orchestrator.post({ type: 'tick' })
    refused.push(expect(second).rejects.toThrow('the disk is full'))
    fail(new Error('the disk is full'))
    await Promise.all(refused)
    expect(engine.failures).toHaveLength(1)
    await expect(engine.orchestrator.post({ type: 'tick' })).rejects.toThrow('has stopped')
    expect(project.machine.starts).toEqual([])
    const next = await project.boot()
    expect(await next.storage.runs({ limit: 10 })).toEqual([])
  })

  it('joins commands that come while a commit runs into the next one', async () => {
    let commits = 0
    const engine = await project.boot(async (_batch, commit) => {
      commits += 1
      await new Promise((resolve) => setImmediate(resolve))
      return commit()
    })
    project.machine.work = () => null
    await project.save(engine, CHAIN)
    await Promise.all(numbers(50).map(() => start(engine, 'chain')))
    await until('all to run', () => project.machine.held().length === 50)
    expect(commits).toBeLessThan(50)
  })
})

describe('an Idempotency-Key', () => {
  const request = { workflow: 'chain', params: {}, workspace: 'main' }
  const caller = { actor: 'ana', idempotencyKey: 'once' }

  it('starts one run, however often and on whatever engine it is used', async () => {
    const first = await project.boot()
    await project.save(first, CHAIN)
    const answers = await Promise.all(numbers(5).map(() => first.calls.start(request, caller)))
    answers.push(await first.calls.start(request, caller))
    await first.orchestrator.close()
    const second = await project.boot()
    answers.push(await second.calls.start(request, caller))
    expect(new Set(answers.map(({ run }) => run)).size).toBe(1)
    expect(await second.storage.runs({ limit: 10 })).toHaveLength(1)
  })

  it('is refused for another request', async () => {
    const engine = await project.boot()
    await project.save(engine, CHAIN)
    await engine.calls.start(request, caller)
    await expect(engine.calls.start({ ...request, workspace: 'dev' }, caller)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
  })
})

describe('a run that has ended', () => {
  const failing = async (): Promise<{ engine: Engine; run: string }> => {
    project.machine.work = () => ({ status: 'failed', kind: 'error', exitCode: 1 })
    const engine = await project.boot()
    await project.save(engine, CHAIN)
    const run = await start(engine, 'chain')
    await ended(engine, run)
    await until('the run to leave memory', () => engine.orchestrator.state.runs.size === 0)
    return { engine, run }
  }

  it('can be run again from where it failed', async () => {
    const { engine, run } = await failing()
    project.machine.work = () => ({ status: 'succeeded', outputs: { n: 1 } })
    await engine.calls.rerun(run, 'failed', ANA)
    expect(await ended(engine, run)).toBe('succeeded')
    await expect(engine.calls.rerun(run, 'failed', ANA)).rejects.toMatchObject({ code: 'rerun_nothing' })
    await expect(engine.calls.rerun(run, 'nothing', ANA)).rejects.toMatchObject({ code: 'step_not_found' })
    await until('the run to leave memory', () => engine.orchestrator.state.runs.size === 0)
  })

  it('is opened again though somebody looks at it at the same moment', async () => {
    const { engine, run } = await failing()
    for (let round = 0; round < 20; round++) {
      const before = project.machine.starts.length
      const look = (): Promise<unknown> => engine.calls.why(run, null)
      await Promise.all([look(), engine.calls.rerun(run, 'failed', ANA), look(), look()])
      await until('the attempt', () => project.machine.starts.length === before + 1)
      await ended(engine, run)
    }
    await until('the run to leave memory', () => engine.orchestrator.state.runs.size === 0)
    expect(engine.failures).toEqual([])
  })

  it('takes its plan with it only when nobody starts another', async () => {
    const engine = await project.boot()
    await project.save(engine, CHAIN)
    project.machine.work = () => ({ status: 'succeeded', outputs: { n: 1 } })
    const chain = async (): Promise<void> => {
      for (let round = 0; round < 15; round++) await start(engine, 'chain')
    }
    await Promise.all([chain(), chain(), chain()])
    await until('all to end', async () => (await engine.storage.activeRuns()).length === 0)
    expect(engine.failures).toEqual([])
    expect(engine.orchestrator.state.plans.size).toBe(0)
  })
})

describe('a stop', () => {
  it('ends the turn, refuses what waits, and only then closes the executors', async () => {
    project.machine.work = () => null
    const engine = await project.boot()
    await project.save(engine, CHAIN)
    await start(engine, 'chain')
    await until('work', () => project.machine.held().length === 1)
    const waiting = engine.orchestrator.post({ type: 'tick' })
    const refused = expect(waiting).rejects.toThrow('the orchestrator has stopped')
    await engine.orchestrator.close()
    await refused
    expect(project.machine.closed).toBe(1)
  })
})
