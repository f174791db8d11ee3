import { gather, group, type Handle, runWorkflow, select, task, workflow } from 'weir-sdk'
import { gate, mark, openGate } from './marks.ts'

/** Calls, references, groups, runs of their own, and the errors of steps. */
export class BadFold extends Error {}

export const add = task((a: number, b = 10) => a + b)

export const held = task(async (name: string) => {
  mark(name, 'b')
  await gate(name)
  mark(name, 'e')
  return name
})

/** Sum of all numbers inside of a value. */
export const deep = task((value: unknown): number => sum(value))

function sum(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number(value)
  return Object.values(value).reduce((all: number, inner: unknown) => all + sum(inner), 0)
}

export const breaks = task((how: string): number => {
  if (how === 'custom') throw new BadFold('fold 3 is empty')
  return 'x'.repeat(-how.length).length
})

export const plain = workflow((n: number) => add(n, 1))

export const defaults = workflow(async (n: number) => [await add(n), await add(n, 1)])

export const fans = workflow((n: number) => gather(Array.from({ length: n }, (_, i) => add.submit(i, 0))))

export const first = workflow(async (name: string) => {
  const slow = held.submit(name)
  const { done } = await select([slow, add.submit(1, 2)])
  openGate(name)
  return [await done[0]?.result(), await slow.result()]
})

export const everyone = workflow(async (name: string) => {
  const slow = held.submit(name)
  const quick = add.submit(1, 2)
  await quick.result()
  openGate(name)
  return gather([slow, quick])
})

export const impatient = workflow(async (name: string) => {
  const slow = held.submit(name)
  const { timedOut } = await select([slow], { timeout: 50 })
  if (!timedOut) return ['it had ended', null]
  openGate(name)
  return ['timed out', await slow.result()]
})

export const race = workflow(async (name: string) => {
  const { done } = await select([held.submit(name), add.submit(1, 2)], { cancelRemaining: true })
  return done[0]?.result()
})

export const polls = workflow(async (name: string) => {
  const handle = held.submit(name)
  const before = await handle.poll()
  openGate(name)
  await handle.result()
  const after = await handle.poll()
  return [before.state !== 'pending', after.state !== 'pending', after.state === 'succeeded' ? after.value : null]
})

export const chain = workflow((n: number) => add(add.submit(add.submit(n, 1), 1), 1))

export const nested = workflow(() => {
  const [one, two] = [add.submit(1, 0), add.submit(2, 0)]
  return deep({ list: [one, { deep: two }], plain: 4 })
})

export const hands = workflow((): { later: Handle<number>; now: number } => ({ later: add.submit(1, 2), now: 1 }))

export const grouped = workflow(async () => {
  const [one, two] = group('folds', () => [add.submit(1, 1), group('inner', () => add.submit(2, 2))] as const)
  const all = await gather([one, two, add.submit(3, 3)])
  return all.reduce((a, b) => a + b, 0)
})

export const parent = workflow(async (n: number) => {
  return (await plain(n)) + Number(await runWorkflow<number>('plain', { n: n + 1 }).result())
})

export const broken = workflow((how: string) => breaks(how))

export const stepmother = workflow((how: string) => broken(how))

export const catches = workflow(async () => {
  try {
    await breaks('custom')
  } catch (error) {
    if (error instanceof BadFold && error.cause instanceof Error) {
      return [error.constructor.name, error.message, String(error.cause.stack)]
    }
  }
  return []
})

export const refails = workflow(async () => {
  try {
    await add(breaks.submit('custom'), 1)
  } catch (error) {
    if (error instanceof BadFold) return error.message
  }
  return 'it did not fail'
})

export const greets = workflow(async (name: string) => {
  await group('größe 📏', () => add(1, 2))
  return { straße: name, 日本: '🐍' }
})
