/** First and longest wait before the engine is started again. */
export const FIRST_WAIT_MS = 500
export const LONGEST_WAIT_MS = 30_000
/** An engine that was well for this long has recovered: the next failure counts as the first. */
export const RECOVERED_AFTER_MS = 60_000

/** Wait before the next start, after `failures` in a row (from 1): 0.5 s, 1 s, 2 s … 30 s. */
export function backoff(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1))
}
