import type { WorkerOffer } from '../executor.ts'
import type { ProcessInSight } from './sight.ts'

/** Who the worker is, from its last hello and declare. */
export type Facts = Omit<WorkerOffer, 'connected' | 'draining'> & {
  /** Null when it did not say */
  readonly process: ProcessInSight | null
  readonly register: 'never' | 'once' | 'always'
  /** Modules that it could not load, with the reason */
  readonly faults: readonly { readonly module: string; readonly message: string }[]
}
