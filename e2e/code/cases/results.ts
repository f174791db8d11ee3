import { expect } from 'vitest'
import { routes } from '../../../src-shared/contract/index.ts'
import { until } from '../../faults/weir.ts'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

/** Results of earlier steps: when the cache and memo answer, and when not. */
export const results = [
  behaviour('the cache answers in another run, as a step of its own', async (lab) => {
    const name = lab.name()
    const first = await lab.start('uses', { name })
    expect(await lab.value(first)).toBe(10)
    const second = await lab.start('uses', { name })
    expect(await lab.value(second)).toBe(10)
    const step = await lab.step(second, 'cached[0]')
    expect(step).toMatchObject({
      status: 'cached',
      executions: [{ status: 'cached', cache: { hit: true, source: `${first}:cached[0]:1` } }],
    })
    expect(await lab.result('uses', { name, n: 2 })).toBe(20)
  }),

  behaviour('an execution that still runs is a hit', async (lab) => {
    const name = lab.name()
    const first = await lab.start('uses_slowly', { name })
    await lab.marked(name, 'x')
    const second = await lab.start('uses_slowly', { name })
    await waitsFor(lab, second, `${first}:cached_slowly[0]:1`)
    await lab.open(name)
    expect([await lab.value(first), await lab.value(second)]).toEqual([1, 1])
    expect((await lab.step(second, 'cached_slowly[0]')).status).toBe('cached')
    expect(await lab.mark(name)).toBe('x')
  }),

  behaviour('a failure is no hit', async (lab) => {
    const name = lab.name()
    for (const n of [1, 2]) {
      const { result } = await lab.ended(await lab.start('uses_failure', { name }))
      expect(result?.error?.message).toBe(`failure ${n}`)
    }
  }),

  behaviour('only the parameters that count are compared', async (lab) => {
    expect(await lab.result('uses_part', { name: lab.name() })).toEqual([1, 1])
  }),

  behaviour('targets of one namespace share results, unless their code counts', async (lab) => {
    expect(await lab.result('uses_space', { name: lab.name() })).toEqual(['right 1', 'right 1', 'left 2'])
  }),

  behaviour('a result that is too old, or of another version, is no hit', async (lab) => {
    expect(await lab.result('uses_options', { name: lab.name() })).toEqual([10, 20, 30, 30])
  }),

  behaviour('references count with their results', async (lab) => {
    const name = lab.name()
    expect(await lab.result('uses_result', { name })).toBe(10)
    const run = await lab.start('uses_result', { name })
    expect(await lab.value(run)).toBe(10)
    expect((await lab.step(run, 'cached[1]')).status).toBe('cached')
    expect(await lab.result('uses', { name, n: 10 })).toBe(10)
  }),

  behaviour('a workspace inherits results of those above it, and siblings see none', async (lab) => {
    const name = lab.name()
    const [one, two] = [await lab.workspace(), await lab.workspace()]
    await lab.worker(MODULES, ['--register', '--workspace', one])
    await lab.worker(MODULES, ['--register', '--workspace', two])
    expect(await lab.result('uses', { name }, one)).toBe(10)
    expect(await lab.result('uses', { name }, two)).toBe(20)
    expect(await lab.result('uses', { name })).toBe(30)
    expect(await lab.result('uses', { name }, one)).toBe(10)
    const other = lab.name()
    expect(await lab.result('uses', { name: other })).toBe(10)
    expect(await lab.result('uses', { name: other }, two)).toBe(10)
  }),

  behaviour('a re-run by hand does not ask the cache, and is its newest hit', async (lab) => {
    const name = lab.name()
    const run = await lab.start('uses', { name })
    expect(await lab.value(run)).toBe(10)
    await rerun(lab, run, 'cached[0]')
    expect(await lab.mark(name)).toBe('xx')
    expect(await lab.result('uses', { name })).toBe(20)
  }),

  behaviour('memo answers with the step that is there: an edge, no step', async (lab) => {
    const run = await lab.start('recalls', { name: lab.name() })
    expect(await lab.value(run)).toEqual([1, 1, 2])
    expect((await lab.keys(run)).filter((key) => key.startsWith('remembered['))).toHaveLength(2)
    expect((await lab.step(run, 'remembered[0]')).call?.links).toEqual([{ by: 'recalls', attempt: 1 }])
  }),

  behaviour('memo answers with a step that still runs', async (lab) => {
    const name = lab.name()
    const run = await lab.start('recalls_pending', { name })
    await lab.marked(name, 'x')
    await lab.open(name)
    expect(await lab.value(run)).toEqual([1, 1])
    expect((await lab.keys(run)).filter((key) => key.startsWith('remembered_slowly['))).toHaveLength(1)
  }),

  behaviour('memo does not answer with a failure', async (lab) => {
    expect(await lab.result('recalls_failure', { name: lab.name() })).toEqual(['the first one', 2])
  }),

  behaviour('memo compares only the parameters that count', async (lab) => {
    expect(await lab.result('recalls_part', { name: lab.name() })).toEqual([1, 1])
  }),

  behaviour('a step that runs again in a workspace below finds what the run remembers above', async (lab) => {
    const name = lab.name()
    const run = await lab.start('recalls_again', { name })
    expect(await lab.value(run)).toEqual([1, [1, 1]])
    const below = await lab.workspace()
    await lab.worker(MODULES, ['--register', '--workspace', below])
    await rerun(lab, run, 'inner[0]', below)
    const step = await lab.step(run, 'inner[0]')
    expect(step).toMatchObject({ workspace: below, outputs: { result: [2, 1] } })
    expect(await lab.mark(name)).toBe('x')
  }),
]

const MODULES = ['results']

/** Waits until a run tells that it waits for an execution of another one. */
async function waitsFor(lab: Lab, run: string, execution: string): Promise<void> {
  const params = { project: lab.project, run }
  await until(`${run} waiting for ${execution}`, async () => {
    const { reasons } = await lab.engine.client.call(routes.runs.why, { params, query: {} })
    return reasons.some(({ text }) => text.includes(`waits for ${execution}`))
  })
}

async function rerun(lab: Lab, run: string, from: string, workspace?: string): Promise<void> {
  const body = { from, ...(workspace === undefined ? {} : { workspace }) }
  await lab.engine.client.call(routes.runs.rerun, { params: { project: lab.project, run }, body })
  await lab.ended(run)
}
