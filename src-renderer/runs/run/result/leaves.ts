import type { RunStep } from '../../../../src-shared/contract/index.ts'
import type { StepBook } from '../data/step-book.ts'

/** The steps at the end of a run: nothing needs them, and they have done something. */
export function leavesOf({ tops, byKey }: StepBook): readonly RunStep[] {
  const steps = tops.map((key) => byKey.get(key)).filter((step) => step !== undefined)
  const needed = new Set(steps.flatMap(({ needs }) => needs))
  return steps.filter(({ name, status }) => !needed.has(name) && (status === 'succeeded' || status === 'cached'))
}
