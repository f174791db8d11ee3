import { expect } from 'vitest'
import { routes } from '../../../src-shared/contract/index.ts'
import { until } from '../../faults/weir.ts'
import { behaviour } from './case.ts'

/** Waiting without a process, and when and where what is called may begin. */
export const order = [
  behaviour('suspense gives up the process, and goes on when the result is there', async (lab) => {
    const name = lab.name()
    const run = await lab.start('naps', { name })
    const { executions } = await lab.reaches(run, 'naps', 'waiting')
    expect(executions[0]).toMatchObject({ status: 'suspended', awaits: { steps: ['waits[0]'], mode: 'all' } })
    await lab.open(`${name}-step`)
    expect(await lab.value(run)).toEqual([2, `${name}-step`])
    expect([await lab.mark(name), await lab.mark(`${name}-step`)]).toEqual(['ss', 'be'])
  }),

  behaviour('suspense keeps the process when the result is there already', async (lab) => {
    const name = lab.name()
    expect(await lab.result('ready', { name })).toEqual([1, 1])
    expect(await lab.mark(name)).toBe('s')
  }),

  behaviour('suspend begins again after its time', async (lab) => {
    const run = await lab.start('pauses', { name: lab.name() })
    expect(await lab.value(run)).toBe(3)
    const { executions } = await lab.step(run, 'pauses')
    expect(executions.map(({ status }) => status)).toEqual(['suspended', 'suspended', 'succeeded'])
  }),

  behaviour('delay lets a step wait before it begins', async (lab) => {
    const run = await lab.start('delayed', { name: 'x' })
    expect(await lab.value(run)).toBe('x')
    const { call, executions } = await lab.step(run, 'late[0]')
    expect(Date.parse(executions[0]?.startedAt ?? '') - Date.parse(call?.at ?? '')).toBeGreaterThanOrEqual(199)
  }),

  behaviour('defer runs the newest call, and the others follow it', async (lab) => {
    const name = lab.name()
    const run = await lab.start('defers', { name })
    expect(await lab.value(run)).toEqual([3, 3, 3])
    expect(await lab.mark(name)).toBe('x')
    expect((await lab.step(run, 'newest[1]')).follows).toBe(`${run}:newest[2]`)
  }),

  behaviour('a recurrent task runs again until it returns something', async (lab) => {
    const run = await lab.start('recurs', { name: lab.name() })
    expect(await lab.value(run)).toBe(3)
    expect((await lab.step(run, 'looks[0]')).executions).toHaveLength(3)
  }),

  behaviour('a task that asks for a tag waits for a worker that offers it', async (lab) => {
    const run = await lab.start('needs_gpu')
    const step = await lab.reaches(run, 'trains[0]', 'queued')
    await until('the reason', async () => {
      const { reasons } = await lab.engine.client.call(routes.runs.why, {
        params: { project: lab.project, run },
        query: { step: step.key },
      })
      return reasons.some(({ text }) => text.includes('gpu'))
    })
    const worker = await lab.worker(['calls', 'control'], ['--tag', 'gpu'])
    expect(await lab.value(run)).toBe('trained')
    worker.signal('SIGTERM') // what else it was given comes to its end
  }),

  behaviour('a limit by key lets one of each key run', async (lab) => {
    const name = lab.name()
    const run = await lab.start('locks', { name })
    await lab.marked(`${name}-0`, 'b')
    await lab.marked(`${name}-2`, 'b')
    expect((await lab.step(run, 'exclusive[1]')).status).toBe('queued')
    expect(await lab.mark(`${name}-1`)).toBe('')
    for (const i of [0, 1, 2]) await lab.open(`${name}-${i}`)
    expect(await lab.value(run)).toEqual([0, 1, 2].map((i) => `${name}-${i}`))
  }),

  behaviour('a higher priority goes first', async (lab) => {
    const name = lab.name()
    await lab.result('priorities', { name })
    expect(await lab.mark(name)).toBe('-abc')
  }),

  behaviour('pure functions share a process', async (lab) => {
    expect(await lab.result('shares', { n: 200 })).toBe(39_800)
  }),

  behaviour('a pure function that calls another one is refused with words', async (lab) => {
    expect(await lab.result('shares_badly')).toMatch(/isolation=?[ "]*shared.* call/)
  }),

  behaviour('endless recursion is refused with words', async (lab) => {
    const run = await lab.start('sinks')
    await lab.ended(run)
    const last = (await lab.run(run)).steps.filter(({ key }) => key.startsWith('dives[')).at(-1)
    expect(last?.status).toBe('failed')
    const { error } = last?.executions[0] ?? {}
    expect(error?.message).toMatch(/calls are nested 100 deep, which is the limit.*end the recursion/i)
  }),
]
