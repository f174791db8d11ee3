import fc from 'fast-check'

/**
 * What a schedule may contain. Each schedule enables a random subset (swarm testing): faults that hide while everything
 * happens at once show up when only a few things do.
 */
export const FEATURES = [
  'needs',
  'fanOut',
  'children',
  'approvals',
  'sleeps',
  'conditions',
  'retries',
  'timeouts',
  'caches',
  'concurrency',
  'resources',
  'priorities',
  'failures',
  'cancels',
  'reopens',
  'workspaces',
  'code',
  'suspends',
  'memos',
  'deferrals',
  'recurrence',
  'singles',
  'workers',
  'flapping',
  'clockJumps',
  'losses',
  'strayReports',
  'slowEdge',
  'crashes',
] as const
export type Feature = (typeof FEATURES)[number]

export interface Scenario {
  /** Decides everything that the other fields leave open */
  readonly seed: number
  readonly features: readonly Feature[]
  /** How many things happen before the world is left to come to rest */
  readonly moves: number
}

const MOST_MOVES = 40

/** Shrinks towards fewer features and moves. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.noShrink(fc.nat(0x7fffffff)),
  features: fc.subarray([...FEATURES], { minLength: 0 }),
  moves: fc.integer({ min: 1, max: MOST_MOVES }),
})
