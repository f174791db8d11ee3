/** The promises that the simulation watches; a broken one is named, so that a planted fault can be told by its symptom. */
export type Oracle =
  /** `violations` of the core found something */
  | 'invariants'
  /** The journal, applied to nothing, gives another state than the live one */
  | 'replay'
  /** Work was started without a committed order, twice, or beside another attempt at the same unit */
  | 'start'
  /** A result was lost, recorded twice, or differs from what the work really did */
  | 'result'
  /** Attempts, retries and delays differ from the step's rule */
  | 'attempts'
  /** More is out than the machine, `maxParallel` or a concurrency key admits */
  | 'limits'
  /** Something went on that had to wait for a step, or after it was cancelled */
  | 'order'
  /** The end of a step or run does not follow from its parts */
  | 'outcome'
  /** A cached result is another's, too old, or from another workspace */
  | 'cache'
  /** A call was answered with another step than its caller has a right to */
  | 'calls'
  /** What nobody needs goes on, or what somebody needs was ended */
  | 'cancel'
  /** A caller was told of something that is not on disk */
  | 'answer'
  /** Something waits for ever */
  | 'rest'
  /** A unit that could run is left in the queue */
  | 'idle'
  /** The core threw */
  | 'crash'

export class Broken extends Error {
  readonly oracle: Oracle

  constructor(oracle: Oracle, message: string) {
    super(`${oracle}: ${message}`)
    this.name = 'Broken'
    this.oracle = oracle
  }
}

export function must(holds: boolean, oracle: Oracle, message: () => string): asserts holds {
  if (!holds) throw new Broken(oracle, message())
}
