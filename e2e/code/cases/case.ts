import type { Lab } from '../lab.ts'

/** One behaviour, the same in every language. */
export interface Case {
  readonly name: string
  run(lab: Lab): Promise<void>
}

export const behaviour = (name: string, run: (lab: Lab) => Promise<void>): Case => ({ name, run })
