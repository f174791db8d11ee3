import { suspense, task, workflow } from 'weir-sdk'
import { gate, mark } from './marks.ts'

/** What happens when processes, connections and engines are lost. */
export const dies = task({ retries: { limit: 1, minDelay: 10 } }, (name: string) => {
  const count = mark(name)
  if (count === 1) process.kill(process.pid, 'SIGKILL')
  return count
})
export const survives = workflow((name: string) => dies(name))

export const exits = task(() => process.exit(3))
export const leaves_early = workflow(() => exits())

export const step = task(async (name: string) => {
  mark(name, 'b')
  await gate(name)
  mark(name, 'e')
  return name
})
export const work = workflow(async (name: string) => {
  mark(`${name}-flow`)
  return [await step(`${name}-1`), await step(`${name}-2`)]
})
export const sleeps = workflow((name: string) => {
  mark(`${name}-flow`)
  return suspense(() => step(`${name}-1`))
})
