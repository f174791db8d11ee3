import { expect } from 'vitest'
import { routes } from '../../../src-shared/contract/index.ts'
import { until } from '../../faults/weir.ts'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

const MODULES = ['faults']

/** Lost processes, workers and engines. Each case has the engine for itself, and leaves it running. */
export const faults = [
  behaviour('an executor that is killed is abandoned, and its step goes again', async (lab) => {
    const worker = await lab.worker(MODULES)
    const run = await lab.start('survives', { name: lab.name() })
    expect(await lab.value(run)).toBe(2)
    const { executions } = await lab.step(run, 'dies[0]')
    expect(executions.map(({ status }) => status)).toEqual(['abandoned', 'succeeded'])
    await worker.kill()
  }),

  behaviour('a process that ends without an answer is told in words', async (lab) => {
    const worker = await lab.worker(MODULES)
    const run = await lab.start('leaves_early')
    const { status, result } = await lab.ended(run)
    expect(status).toBe('failed')
    expect(result?.error?.message).toMatch(/3/)
    await worker.kill()
  }),

  behaviour('an engine that is killed in mid-run: nothing runs twice', async (lab) => {
    const worker = await lab.worker(MODULES)
    const { name, run } = await underWay(lab)
    await lab.engine.kill()
    await lab.open(`${name}-1`)
    await lab.marked(`${name}-1`, 'be')
    await lab.engine.start()
    await lab.open(`${name}-2`)
    expect(await lab.value(run)).toEqual([`${name}-1`, `${name}-2`])
    expect([await lab.mark(`${name}-flow`), await lab.mark(`${name}-2`)]).toEqual(['x', 'be'])
    await worker.kill()
  }),

  behaviour('an engine that is stopped and started: a suspended run goes on', async (lab) => {
    const worker = await lab.worker(MODULES)
    const name = lab.name()
    const run = await lab.start('sleeps', { name })
    await lab.reaches(run, 'sleeps', 'waiting')
    await lab.marked(`${name}-1`, 'b')
    await lab.engine.stop()
    await lab.engine.start()
    await lab.open(`${name}-1`)
    expect(await lab.value(run)).toBe(`${name}-1`)
    expect([await lab.mark(`${name}-flow`), await lab.mark(`${name}-1`)]).toEqual(['xx', 'be'])
    await worker.kill()
  }),

  behaviour('a connection that is cut is taken up again', async (lab) => {
    const worker = await lab.worker(MODULES)
    const { name, run } = await underWay(lab)
    await lab.engine.kill()
    await lab.engine.start()
    await until('the worker to be back', async () => (await lab.connected()).length === 1)
    await lab.open(`${name}-1`)
    await lab.open(`${name}-2`)
    expect(await lab.value(run)).toEqual([`${name}-1`, `${name}-2`])
    expect(await lab.mark(`${name}-1`)).toBe('be')
    await worker.kill()
  }),

  behaviour('SIGTERM drains: what runs comes to its end, and nothing new is taken', async (lab) => {
    const worker = await lab.worker(MODULES)
    const { name, run } = await underWay(lab)
    worker.signal('SIGTERM')
    await until('the worker to drain', async () => (await lab.connected())[0]?.draining)
    const later = await lab.start('survives', { name: `${name}-later` })
    await lab.open(`${name}-1`)
    await lab.open(`${name}-2`)
    await lab.marked(`${name}-1`, 'be')
    const next = await lab.worker(MODULES, [])
    expect(await lab.value(run)).toEqual([`${name}-1`, `${name}-2`])
    expect(await lab.value(later)).toBe(2)
    expect(await worker.exit()).toBe(0)
    expect(await lab.mark(`${name}-flow`)).toBe('x')
    await next.kill()
  }),

  behaviour('a paused workspace begins nothing, and goes on afterwards', async (lab) => {
    const worker = await lab.worker(MODULES)
    const { name, run } = await underWay(lab)
    const params = { project: lab.project, workspace: 'main' }
    await lab.engine.client.call(routes.workspaces.pause, { params })
    await lab.open(`${name}-1`)
    await lab.reaches(run, 'step[0]', 'succeeded')
    await lab.reaches(run, 'step[1]', 'queued')
    expect(await lab.mark(`${name}-2`)).toBe('')
    await lab.engine.client.call(routes.workspaces.unpause, { params })
    await lab.open(`${name}-2`)
    expect(await lab.value(run)).toEqual([`${name}-1`, `${name}-2`])
    await worker.kill()
  }),
]

/** Where the engine does not see the worker's processes it waits 30 s for it: this goes on beside others. */
export const lost = [
  behaviour('a worker that is killed in mid-run: another one goes on with its runs', async (lab) => {
    const worker = await lab.worker(MODULES)
    const { name, run } = await underWay(lab)
    await worker.kill()
    const next = await lab.worker(MODULES, [])
    await lab.open(`${name}-1`)
    await lab.open(`${name}-2`)
    expect(await lab.value(run)).toEqual([`${name}-1`, `${name}-2`])
    const { executions } = await lab.step(run, 'step[0]')
    expect(executions.map(({ status }) => status)).toEqual(['abandoned', 'succeeded'])
    expect((await lab.keys(run)).filter((key) => key.startsWith('step['))).toHaveLength(2)
    await next.kill()
  }),
]

/** A run whose first step waits at its gate. */
async function underWay(lab: Lab): Promise<{ name: string; run: string }> {
  const name = lab.name()
  const run = await lab.start('work', { name })
  await lab.marked(`${name}-1`, 'b')
  return { name, run }
}
