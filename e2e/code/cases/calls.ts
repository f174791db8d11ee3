import { expect } from 'vitest'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

/** Calls, references, groups, runs of their own, and the errors of steps. */
export const calls = [
  behaviour('a call is a step, and its result the value', async (lab) => {
    const run = await lab.start('plain', { n: 4 })
    expect(await lab.value(run)).toBe(5)
    const step = await lab.step(run, 'add[0]')
    expect(step).toMatchObject({ status: 'succeeded', call: { by: 'plain', attempt: 1 }, outputs: { result: 5 } })
    expect(step.call?.brief).toContain('a=4')
    expect(step.executions).toHaveLength(1)
  }),

  behaviour('an argument that is left out has its default, also by name', async (lab) => {
    expect(await lab.result('defaults', { n: 1 })).toEqual([11, 2])
  }),

  behaviour('calls are made together, and their results come in order', async (lab) => {
    const run = await lab.start('fans', { n: 12 })
    expect(await lab.value(run)).toEqual(Array.from({ length: 12 }, (_, i) => i))
    expect((await lab.keys(run)).filter((key) => key.startsWith('add['))).toHaveLength(12)
  }),

  behaviour('select answers with the first that has ended', async (lab) => {
    const name = lab.name()
    expect(await lab.result('first', { name })).toEqual([3, name])
  }),

  behaviour('waiting for all waits for the last', async (lab) => {
    const name = lab.name()
    expect(await lab.result('everyone', { name })).toEqual([name, 3])
  }),

  behaviour('select gives up after its time, and the steps go on', async (lab) => {
    const name = lab.name()
    expect(await lab.result('impatient', { name })).toEqual(['timed out', name])
  }),

  behaviour('select cancels what remains, when it is told to', async (lab) => {
    const name = lab.name()
    const run = await lab.start('race', { name })
    expect(await lab.value(run)).toBe(3)
    expect((await lab.step(run, 'held[0]')).status).toBe('cancelled')
  }),

  behaviour('poll tells how a step stands, without waiting', async (lab) => {
    const name = lab.name()
    expect(await lab.result('polls', { name })).toEqual([false, true, name])
  }),

  behaviour('a handle as an argument is a reference to the result', async (lab) => {
    const run = await lab.start('chain', { n: 1 })
    expect(await lab.value(run)).toBe(4)
    expect((await lab.step(run, 'add[2]')).call?.refs).toEqual(['add[1]'])
    expect((await lab.step(run, 'add[1]')).call?.refs).toEqual(['add[0]'])
  }),

  behaviour('references inside of lists and records count, too', async (lab) => {
    const run = await lab.start('nested')
    expect(await lab.value(run)).toBe(7)
    expect((await lab.step(run, 'deep[0]')).call?.refs.toSorted()).toEqual(['add[0]', 'add[1]'])
  }),

  behaviour('a handle in a result is a reference', async (lab) => {
    const run = await lab.start('hands')
    expect(await lab.value(run)).toEqual({ later: { $weir: 'step', run, step: 'add[0]' }, now: 1 })
    expect((await lab.step(run, 'add[0]')).outputs).toEqual({ result: 3 })
  }),

  behaviour('groups give calls a name, also inside of each other', async (lab) => {
    const run = await lab.start('grouped')
    expect(await lab.value(run)).toBe(12)
    const { steps } = await lab.run(run)
    const groups = steps.filter(({ key }) => key.startsWith('add[')).map(({ call }) => call?.group)
    expect(groups).toEqual(['folds', 'folds / inner', undefined])
  }),

  behaviour('a workflow that is called is a run of its own', async (lab) => {
    const run = await lab.start('parent', { n: 1 })
    expect(await lab.value(run)).toBe(5)
    for (const [key, n] of [
      ['plain[0]', 1],
      ['plain[1]', 2],
    ] as const) {
      const { child = '' } = await lab.step(run, key)
      expect(await lab.run(child)).toMatchObject({ parent: { run, step: key }, params: { n }, trigger: 'parent' })
    }
  }),

  behaviour('an error fails the run with class, message and stack', async (lab) => {
    const run = await lab.start('broken', { how: 'range' })
    const { status, result } = await lab.ended(run)
    expect(status).toBe('failed')
    expect(result?.error).toMatchObject({ type: lab.type('builtins.IndexError', 'RangeError') })
    expect(result?.error?.details).toMatch(new RegExp(`${lab.file('calls')}.*\\d`))
    expect((await lab.step(run, 'breaks[0]')).executions).toHaveLength(1)
  }),

  behaviour('the error of a child run comes through, class and all', async (lab) => {
    const { status, result } = await lab.ended(await lab.start('stepmother', { how: 'custom' }))
    expect(status).toBe('failed')
    expect(result?.error).toMatchObject({ type: 'calls.BadFold', message: 'fold 3 is empty' })
  }),

  behaviour('an error is caught as its own class, with the stack of the other process', async (lab) => {
    const caught = await list(lab, 'catches')
    expect(caught.slice(0, 2)).toEqual(['BadFold', 'fold 3 is empty'])
    expect(caught[2]).toContain(lab.file('calls'))
  }),

  behaviour('a step whose argument failed fails with the same error, and does not run', async (lab) => {
    const run = await lab.start('refails')
    expect(await lab.value(run)).toBe('fold 3 is empty')
    expect((await lab.step(run, 'add[0]')).executions).toEqual([])
  }),

  behaviour('names and texts may be of any script', async (lab) => {
    const run = await lab.start('greets', { name: 'Bäckerstraße 𝒳' })
    expect(await lab.value(run)).toEqual({ straße: 'Bäckerstraße 𝒳', 日本: '🐍' })
    expect((await lab.step(run, 'add[0]')).call?.group).toBe('größe 📏')
  }),
]

async function list(lab: Lab, workflow: string): Promise<string[]> {
  const value = await lab.result(workflow)
  return Array.isArray(value) ? value.map(String) : []
}
