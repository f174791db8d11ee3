import { context, suspend, suspense, task, workflow } from 'weir-sdk'
import { gate, mark } from './marks.ts'

/** Waits in every way while the engine's clock jumps. */
export const held = task({ timeout: '30m' }, async (name: string) => {
  mark(name, 'b')
  await gate(name)
  mark(name, 'e')
  return name
})

export const late = task({ delay: 500, retries: { limit: 1, minDelay: 500 } }, (name: string) => {
  const count = mark(name)
  if (count === 1) throw new Error('the first one')
  return count
})

export const through = workflow((name: string) => {
  const handle = held.submit(name)
  return suspense(() => handle.result())
})

/** Suspended for a while, a delay, a retry. */
export const passing = workflow(async (name: string) => {
  if (!context().resumed) await suspend(500)
  return late(name)
})
