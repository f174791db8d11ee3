import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { ANA, type Engine, ended, events, TestProject } from './testing/project.ts'

let project: TestProject
let engine: Engine
/** Steps that fail */
let broken: Set<string>

beforeEach(async () => {
  project = await TestProject.create()
  broken = new Set()
  project.machine.work = (job) => {
    const key = job.index === null ? job.step : `${job.step}[${job.index}]`
    if (broken.has(key)) return { status: 'failed', error: { code: 'exit_code', message: 'broken' }, exitCode: 1 }
    return { status: 'succeeded', outputs: { out: `${key} of ${job.run}` }, exitCode: 0 }
  }
  engine = await project.boot()
})
afterEach(() => project.dispose())

const OUT = 'outputs: { out: { json: out.json } }'
/** Three steps in a row; `total` and `items` can be written differently. */
const chain = ({ numbers = 'seq', total = 'awk', items = '[1, 2, 3]', extra = '' } = {}): string => `name: chain
params:
  until: { type: integer, default: 5 }
  colour: { type: string, default: red }
  key: { type: secret, required: false }
steps:
  numbers:
    run: ${numbers} \${{ params.until }}
    ${OUT}
    ${extra}
  total:
    run: ${total}
    inputs: { n: '\${{ steps.numbers.outputs.out }}' }
    ${OUT}
  each:
    forEach: ${items}
    run: one \${{ item }}
    inputs: { n: '\${{ steps.total.outputs.out }}' }
    ${OUT}
  paint:
    needs: [numbers]
    run: paint \${{ params["colour"] }}
    ${OUT}
`

async function start(params: Record<string, Json> = {}, keep?: string): Promise<string> {
  const more = keep === undefined ? {} : { keep }
  const { run } = await engine.calls.start({ workflow: 'chain', params, workspace: 'main', ...more }, ANA)
  await ended(engine, run)
  return run
}

type Changed = Parameters<typeof chain>[0] & { params?: Record<string, Json> }

/** What was really started since the last call. */
const started = (): string[] => project.machine.starts.splice(0).sort()

describe('a run that keeps what succeeded in an earlier one', () => {
  it('runs only the step that was mended, and what depends on it', async () => {
    await project.save(engine, chain({ total: 'xawk' }))
    broken.add('total')
    const first = await start()
    expect(await ended(engine, first)).toBe('failed')
    broken.clear()
    await project.save(engine, chain())
    expect(started()).toEqual(['numbers', 'paint', 'total'])
    const second = await start({}, first)
    expect(await ended(engine, second)).toBe('succeeded')
    expect(started()).toEqual(['each[0]', 'each[1]', 'each[2]', 'total'])
    expect((await events(engine, second)).find(({ type }) => type === 'step.cached')).toMatchObject({
      step: 'numbers',
      source: `${first}:numbers:1`,
      outputs: { json: { out: `numbers of ${first}` } },
    })
    expect(project.machine.job('total')?.context.inputs['n']).toBe(`numbers of ${first}`)
  })

  it('keeps the items of a fan-out that succeeded', async () => {
    await project.save(engine, chain())
    broken.add('each[1]')
    const first = await start()
    started()
    broken.clear()
    await start({}, first)
    expect(started()).toEqual(['each[1]'])
  })

  it('runs a fan-out whose list was changed', async () => {
    await project.save(engine, chain())
    const first = await start()
    started()
    await project.save(engine, chain({ items: '[3, 2, 1]' }))
    await start({}, first)
    expect(started()).toEqual(['each[0]', 'each[1]', 'each[2]'])
  })

  it.each([
    ['a changed parameter: who reads it', { params: { colour: 'blue' } }, ['paint']],
    ['a changed secret: nobody who was given none', { params: { key: 'x' } }, []],
    ['another number of retries: nobody', { extra: 'retry: { limit: 3 }' }, []],
    ['another limit of time: nobody', { extra: 'timeout: 5m' }, []],
    [
      'another command: it and all that follows',
      { numbers: 'seq -w' },
      ['each[0]', 'each[1]', 'each[2]', 'numbers', 'paint', 'total'],
    ],
    [
      'another environment: the same',
      { extra: 'env: { A: b }' },
      ['each[0]', 'each[1]', 'each[2]', 'numbers', 'paint', 'total'],
    ],
    ['nothing: nobody', {}, []],
  ] as [string, Changed, string[]][])('after %s runs again', async (_, { params = {}, ...text }, again) => {
    await project.save(engine, chain())
    const first = await start()
    started()
    await project.save(engine, chain(text))
    await start(params, first)
    expect(started()).toEqual(again)
  })

  it('makes what it would have kept when the earlier run was deleted meanwhile', async () => {
    await project.save(engine, chain())
    broken.add('total')
    const first = await start()
    broken.clear()
    // Held in its first step until the other one is gone.
    project.machine.work = () => null
    await project.save(engine, chain({ numbers: 'seq -w' }))
    const { run } = await engine.calls.start({ workflow: 'chain', params: {}, workspace: 'main', keep: first }, ANA)
    await engine.calls.remove(first)
    expect(await engine.storage.run(first)).toBeNull()
    await engine.calls.cancel(run, ANA, null)
    await ended(engine, run)
  })

  it('keeps a run that itself kept, and a restart of the engine changes nothing', async () => {
    await project.save(engine, chain())
    broken.add('each[1]')
    const first = await start()
    const second = await start({}, first)
    broken.clear()
    started()
    project.machine.forsake()
    engine = await project.boot()
    const third = await start({}, second)
    expect(await ended(engine, third)).toBe('succeeded')
    expect(started()).toEqual(['each[1]'])
  })

  it('asks anew for what is run again by hand', async () => {
    await project.save(engine, chain())
    const first = await start()
    const second = await start({}, first)
    started()
    await engine.calls.rerun(second, 'paint', ANA)
    await ended(engine, second)
    expect(started()).toEqual(['paint'])
  })

  it('is refused for a run that is not there, goes on, or is one of another workflow', async () => {
    await project.save(engine, chain())
    const ask = (keep: string) => engine.calls.start({ workflow: 'chain', params: {}, workspace: 'main', keep }, ANA)
    await expect(ask('k3m9abcd')).rejects.toMatchObject({ code: 'run_not_found', context: { field: 'body.keep' } })
    project.machine.work = () => null
    const { run } = await engine.calls.start({ workflow: 'chain', params: {}, workspace: 'main' }, ANA)
    await expect(ask(run)).rejects.toMatchObject({ code: 'run_not_finished' })
    await project.save(engine, 'name: other\nsteps:\n  a: { sleep: 1ms }\n')
    const other = await engine.calls.start({ workflow: 'other', params: {}, workspace: 'main' }, ANA)
    await ended(engine, other.run)
    await expect(ask(other.run)).rejects.toMatchObject({ code: 'bad_request' })
  })
})

describe('children', () => {
  const parent = 'name: chain\nsteps:\n  call:\n    workflow: child\n  last:\n    needs: call\n    run: end\n'
  const child = (command: string): string => `name: child\nsteps:\n  work:\n    run: ${command}\n`

  it('are kept while their workflow is the same, and run again when it was mended', async () => {
    await project.save(engine, child('one'))
    await project.save(engine, parent)
    broken.add('last')
    const first = await start()
    expect(started()).toEqual(['last', 'work'])
    broken.clear()
    const second = await start({}, first)
    expect(started()).toEqual(['last'])
    await project.save(engine, child('two'))
    await start({}, second)
    expect(started()).toEqual(['last', 'work'])
  })
})
