import { expect } from 'vitest'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'
import { vectors } from './things.ts'

/** Each language calls the other: workflows end with the language that they are written in. */
export const mixed = [
  behaviour('values of every kind come back from the other language as they were', async (lab) => {
    expect(await lab.result(`passes_${end(lab)}`, { value: vectors() })).toEqual(vectors())
  }),

  behaviour('an error of the other language keeps class, message and stack', async (lab) => {
    const [type, message, stack] = strings(await lab.result(`catches_${end(lab)}`))
    expect([type, message]).toEqual([`${lab.type('theirs', 'ours')}.TooCold`, 'below zero'])
    expect(stack).toContain(lab.type('theirs.ts', 'ours.py'))
  }),

  behaviour('steps of the other language are references, and its workflows runs of their own', async (lab) => {
    const run = await lab.start(`chain_${end(lab)}`)
    expect(await lab.value(run)).toEqual([{ n: 1 }, 4])
    const { child = '' } = await lab.step(run, `size_${lab.type('ts', 'py')}[0]`)
    expect((await lab.run(child)).parent).toEqual({ run, step: `size_${lab.type('ts', 'py')}[0]` })
  }),
]

const end = (lab: Lab): string => lab.type('py', 'ts')
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
