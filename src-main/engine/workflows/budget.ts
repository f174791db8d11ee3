import { MAX_ITERATIONS } from './limits.ts'

/** Rounds that the evaluation that runs now may still make. One counter is enough: evaluation never waits. */
let left = 0

/** Gives the evaluation that begins its allowance. */
export function resetBudget(): void {
  left = MAX_ITERATIONS
}

/**
 * Takes rounds from the allowance, so that loops inside loops cannot stop the engine.
 * @throws Error when it is used up
 */
export function spend(rounds: number): void {
  left -= rounds
  if (left < 0) throw new Error(`the loops of this expression take more than ${MAX_ITERATIONS} rounds`)
}
