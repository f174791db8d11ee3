/** An environment of the project, as far as decisions depend on it. Where it stands in the tree is not journalled. */
export interface Workspace {
  /** What runs, executions and results hold; never changes */
  readonly id: string
  readonly name: string
  /** Identifier of the one that it inherits from; null for the root */
  readonly base: string | null
  /** Nothing of it is dispatched */
  readonly paused: boolean
  /** Nothing new is begun in it */
  readonly archived?: boolean
}
