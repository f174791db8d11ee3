import fc from 'fast-check'
import { scenarios } from './scenario.ts'
import { simulate } from './world.ts'

/** The seed of CI. Another one plays other schedules; a failure names the one that it came from. */
const DEFAULT_SEED = 20_260_101

/**
 * Plays random schedules; throws with a small one that breaks a promise, and how to play it again.
 * `WEIR_SEED` chooses other schedules, `WEIR_SCHEDULES` how many in all.
 * @param count how many when the environment does not say
 * @param part which of `parts` test files this is: each plays its share with a seed of its own
 */
export function playSchedules(count: number, part: number, parts: number, file: string): void {
  const seed = Number(process.env['WEIR_SEED'] ?? DEFAULT_SEED)
  const wanted = process.env['WEIR_SCHEDULES']
  const numRuns = wanted === undefined ? count : Math.ceil(Number(wanted) / parts)
  const result = fc.check(
    fc.property(scenarios, (scenario) => {
      simulate(scenario)
    }),
    { seed: seed + part, numRuns },
  )
  if (!result.failed) return
  const error = result.errorInstance
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  throw new Error(
    [
      `a schedule broke a promise after ${result.numRuns} of ${numRuns}: ${reason}`,
      `the smallest one found: ${JSON.stringify(result.counterexample?.[0])}`,
      `play it again: WEIR_SEED=${seed} npx vitest run ${file}`,
    ].join('\n'),
  )
}
