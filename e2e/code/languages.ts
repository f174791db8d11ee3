import { test } from 'vitest'
import { ensurePython, NO_PYTHON } from '../../scripts/python.mjs'
import type { Case } from './cases/case.ts'
import type { Lab } from './lab.ts'
import type { Language } from './worker-process.ts'

/** Whether workers of a language can be started on this machine. */
export const isThere = (language: Language): boolean => language !== 'python' || ensurePython() !== null

/** A test of each case; it says that it is skipped where its language is not installed. */
export function testAll(cases: readonly Case[], isSkipped: boolean, lab: (at: number) => Lab | Promise<Lab>): void {
  for (const [at, one] of cases.entries()) {
    test(one.name, async (context) => {
      if (isSkipped) context.skip(NO_PYTHON)
      await one.run(await lab(at))
    })
  }
}
