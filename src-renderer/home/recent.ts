import type { WorkflowSummary } from '../../src-shared/contract/index.ts'

const SHOWN = 5

/** The workflows that were run or changed last, newest first: those are what a person comes back for. */
export function recentOf(workflows: readonly WorkflowSummary[]): readonly WorkflowSummary[] {
  const touched = ({ lastRun, updatedAt }: WorkflowSummary): string =>
    lastRun !== null && lastRun.createdAt > updatedAt ? lastRun.createdAt : updatedAt
  return workflows.toSorted((a, b) => (touched(a) < touched(b) ? 1 : -1)).slice(0, SHOWN)
}
