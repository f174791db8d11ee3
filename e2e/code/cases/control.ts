import { expect } from 'vitest'
import type { RunStep } from '../../../src-shared/contract/index.ts'
import { routes } from '../../../src-shared/contract/index.ts'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

/** Retries, time limits, and how the end of one reaches others. */
export const control = [
  behaviour('an error is final, when nothing else is said', async (lab) => {
    const run = await lab.start('single', { name: lab.name() })
    expect((await lab.ended(run)).status).toBe('failed')
    expect(statuses(await lab.step(run, 'once[0]'))).toEqual(['failed'])
  }),

  behaviour('retries stop at their limit', async (lab) => {
    const run = await lab.start('retry', { how: 'limited', name: lab.name(), fails: 9 })
    const { status, result } = await lab.ended(run)
    expect([status, result?.error?.message]).toEqual(['failed', 'try 3'])
    expect(statuses(await lab.step(run, 'limited[0]'))).toEqual(['failed', 'failed', 'failed'])
  }),

  behaviour('unlimited retries go on until it succeeds', async (lab) => {
    expect(await lab.result('retry', { how: 'stubborn', name: lab.name(), fails: 6 })).toBe(7)
  }),

  behaviour('the wait grows from the shortest to the longest', async (lab) => {
    const run = await lab.start('retry', { how: 'patient', name: lab.name(), fails: 2 })
    expect(await lab.value(run)).toBe(3)
    const waits = pauses(await lab.step(run, 'patient[0]'))
    expect(waits[0]).toBeGreaterThanOrEqual(99)
    expect(waits[1]).toBeGreaterThanOrEqual(399)
  }),

  behaviour('a random wait is not shorter than the shortest', async (lab) => {
    const run = await lab.start('retry', { how: 'moody', name: lab.name(), fails: 2 })
    expect(await lab.value(run)).toBe(3)
    for (const wait of pauses(await lab.step(run, 'moody[0]'))) expect(wait).toBeGreaterThanOrEqual(99)
  }),

  behaviour('an error that the rule finds hopeless is not retried', async (lab) => {
    const run = await lab.start('choosy', { name: lab.name() })
    expect((await lab.ended(run)).result?.error?.type).toBe('control.Hopeless')
    expect(statuses(await lab.step(run, 'picky[0]'))).toEqual(['failed'])
  }),

  behaviour('a call can have options of its own', async (lab) => {
    expect(await lab.result('more', { name: lab.name() })).toBe(2)
  }),

  behaviour('an attempt that takes too long is ended, and retried by its rule', async (lab) => {
    const run = await lab.start('timely', { name: lab.name() })
    expect(await lab.value(run)).toBe(2)
    expect(statuses(await lab.step(run, 'slow[0]'))).toEqual(['timeout', 'succeeded'])
  }),

  behaviour('cancelling a run ends all that it has called', async (lab) => {
    const name = lab.name()
    const run = await lab.start('tree', { name })
    await lab.marked(name, 'b')
    await lab.marked(`${name}-inner`, 'b')
    await cancel(lab, run)
    expect((await lab.ended(run)).status).toBe('cancelled')
    for (const key of ['waits[0]', 'waits[1]', 'calls_waits[0]']) {
      expect((await lab.step(run, key)).status).toBe('cancelled')
    }
    await lab.open(name)
    await lab.open(`${name}-inner`)
    expect([await lab.mark(name), await lab.mark(`${name}-inner`)]).toEqual(['b', 'b'])
  }),

  behaviour('cancelling a run cancels runs that it started', async (lab) => {
    const name = lab.name()
    const run = await lab.start('above', { name })
    await lab.marked(name, 'b')
    const { child = '' } = await lab.step(run, 'own_run[0]')
    await cancel(lab, run)
    expect((await lab.ended(run)).status).toBe('cancelled')
    expect((await lab.ended(child)).status).toBe('cancelled')
  }),

  behaviour('a handle cancels its step, and the rest goes on', async (lab) => {
    const name = lab.name()
    const run = await lab.start('drops', { name })
    await lab.marked(name, 'b')
    await lab.open(`${name}-go`)
    expect(await lab.value(run)).toBe('cancelled')
    expect((await lab.step(run, 'waits[0]')).status).toBe('cancelled')
  }),

  behaviour('what a failed step has called is cancelled', async (lab) => {
    const name = lab.name()
    const run = await lab.start('orphans', { name })
    await lab.marked(name, 'b')
    await lab.open(`${name}-go`)
    expect(await lab.value(run)).toBe('with children')
    expect((await lab.step(run, 'waits[0]')).status).toBe('cancelled')
  }),

  behaviour('what a succeeded step has called goes on, and the run ends with it', async (lab) => {
    const name = lab.name()
    const run = await lab.start('leaves', { name })
    await lab.reaches(run, 'leaves', 'succeeded')
    await lab.marked(name, 'b')
    expect((await lab.run(run)).status).toBe('running')
    await lab.open(name)
    expect(await lab.value(run)).toBe('early')
    expect(await lab.mark(name)).toBe('be')
  }),
]

const statuses = (step: RunStep): string[] => step.executions.map(({ status }) => status)

/** Time between attempts, in ms. */
const pauses = ({ executions }: RunStep): number[] =>
  executions.slice(1).map(({ startedAt }, i) => Date.parse(startedAt) - Date.parse(executions[i]?.finishedAt ?? ''))

const cancel = (lab: Lab, run: string): Promise<unknown> =>
  lab.engine.client.call(routes.runs.cancel, { params: { project: lab.project, run }, body: {} })
