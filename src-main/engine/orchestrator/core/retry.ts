import type { RetryPolicy } from '../../workflows/index.ts'

export type FailureKind = 'error' | 'timeout' | 'abandoned' | 'oom'

/** How often an execution may be lost (power cut, killed launcher) before its step fails. */
export const LOSSES_LIMIT = 10

/** Whether a failure is one that the policy tries again. */
export function retries(policy: RetryPolicy, kind: FailureKind, exitCode: number | null): boolean {
  if (policy.on === null) return true
  return policy.on.some((on) => on === kind || (typeof on === 'number' && on === exitCode))
}

/** Whether another attempt may follow after so many failures. */
export const hasAttemptLeft = (policy: RetryPolicy, failures: number): boolean =>
  policy.limit === null || failures < policy.limit

/**
 * Wait before the next attempt, in ms. `linear`: it grows evenly from `minDelayMs` before the first retry to `maxDelayMs` before
 * the last; without a limit it stays at `minDelayMs`. `random`: anything between them.
 * @param failures failed attempts so far, 1 or more
 * @param token of the attempt that failed: the same one always draws the same wait
 */
export function retryDelay(policy: RetryPolicy, failures: number, token = ''): number {
  const { limit, minDelayMs, maxDelayMs } = policy
  return Math.round(minDelayMs + (maxDelayMs - minDelayMs) * part(policy.backoff ?? 'linear', limit, failures, token))
}

function part(backoff: 'linear' | 'random', limit: number | null, failures: number, token: string): number {
  if (backoff === 'random') return draw(token)
  const steps = (limit ?? 1) - 1
  return steps <= 0 ? 0 : Math.min(1, (failures - 1) / steps)
}

/** A number from 0 to 1 that looks random and follows from the text alone: FNV-1a, its high bits mixed into the low ones. */
function draw(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 12)) >>> 0) / 2 ** 32
}
