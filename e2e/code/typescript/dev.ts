import { task, workflow } from 'weir-sdk'
import { gate, mark } from './marks.ts'

/** Code that a case edits while its worker runs. */
const helper = (): number => 1
const bystander = (): number => 1

export const kept = task({ cache: true }, (name: string) => mark(name) * helper())
export const lasting = task({ cache: { code: false } }, (name: string) => mark(name) * 1)
export const version = task(() => 'first')

export const current = workflow(() => version())
export const held = workflow(async (name: string) => {
  const before = await version()
  mark(name)
  await gate(name)
  return [before, await version()]
})
export const keeps = workflow((name: string) => kept(name))
export const lasts = workflow((name: string) => lasting(name))
export const other = workflow(() => bystander())
