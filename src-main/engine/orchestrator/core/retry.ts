import type { RetryPolicy } from '../../workflows/index.ts'

export type FailureKind = 'error' | 'timeout' | 'abandoned' | 'oom'

/** Whether a failure is one that the policy tries again. */
export function retries(policy: RetryPolicy, kind: FailureKind, exitCode: number | null): boolean {
  if (policy.on === null) return true
  return policy.on.some((on) => on === kind || (typeof on === 'number' && on === exitCode))
}

/**
 * Wait before the next attempt, in ms. It grows evenly from `minDelayMs` before the first retry to `maxDelayMs` before the last.
 * @param failures failed attempts so far, 1 or more
 */
export function retryDelay(policy: RetryPolicy, failures: number): number {
  const steps = policy.limit - 1
  const part = steps <= 0 ? 0 : Math.min(1, (failures - 1) / steps)
  return Math.round(policy.minDelayMs + (policy.maxDelayMs - policy.minDelayMs) * part)
}
