import type { Plan } from '../../workflows/index.ts'

/** What a step does when it runs; the expressions and commands of a real one. */
export interface Behaviour {
  /** Of the fan-out's list */
  readonly items: number
  /** How probable it is that the condition is false, that the expressions fail, and that an attempt fails */
  readonly skips: number
  readonly misresolves: number
  readonly fails: number
  /** How probable it is that an attempt never ends by itself; only where something ends it */
  readonly hangs: number
  /** Pool of cache keys; null without a cache */
  readonly cacheKeys: readonly string[] | null
  readonly sleepMs: number
  readonly child: Plan | null
  /** Of a recurrent function: how probable it is that it runs again */
  readonly returnsNothing?: number
}
