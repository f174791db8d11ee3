/** What is known of how far a new person has come. */
export interface Known {
  readonly hasSucceeded: boolean
  /** Workflows that are no examples, or drafts of new ones */
  readonly hasOwn: boolean
  readonly hasRunOwn: boolean
}

export type StepId = 'sample' | 'draw' | 'runOwn'

export interface FirstStep {
  readonly id: StepId
  readonly isDone: boolean
}

/** The steps of the first minutes; none when all are done. */
export function firstSteps({ hasSucceeded, hasOwn, hasRunOwn }: Known): readonly FirstStep[] {
  if (hasOwn && hasRunOwn) return []
  return [
    { id: 'sample', isDone: hasSucceeded },
    { id: 'draw', isDone: hasOwn },
    { id: 'runOwn', isDone: hasRunOwn },
  ]
}
