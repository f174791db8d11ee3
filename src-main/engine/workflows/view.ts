import type { Workflow, WorkflowSummary } from '../../../src-shared/contract/index.ts'
import { Layout } from '../../../src-shared/contract/index.ts'
import type { RunRow, WorkflowRow } from '../storage/storage.ts'
import { parseDefinition } from './definition.ts'
import { filesOf } from './plans.ts'
import { invalidWorkflow } from './refusals.ts'

export const iso = (at: number): string => new Date(at).toISOString()

/** A version as lists show it. `lastRun` is the newest run of any version. */
export const viewSummary = (
  row: WorkflowRow,
  lastRun: RunRow | null,
  code: WorkflowSummary['code'],
): WorkflowSummary => ({
  name: row.name,
  description: row.description,
  version: row.version,
  digest: row.digest,
  steps: row.steps,
  code,
  updatedAt: iso(row.at),
  lastRun:
    lastRun === null
      ? null
      : {
          id: lastRun.id,
          status: lastRun.status,
          createdAt: iso(lastRun.createdAt),
          finishedAt: lastRun.finishedAt === null ? null : iso(lastRun.finishedAt),
        },
})

/**
 * A version with its text.
 * @throws ProblemError workflow_invalid, when an older Weir saved what this one cannot read
 */
export function viewWorkflow(row: WorkflowRow, lastRun: RunRow | null, code: WorkflowSummary['code']): Workflow {
  const files = filesOf(row)
  const { definition, problems } = parseDefinition(row.source, files)
  if (!definition) throw invalidWorkflow(problems)
  return {
    ...viewSummary(row, lastRun, code),
    latest: row.latest,
    createdAt: iso(row.createdAt),
    source: row.source,
    files,
    layout: Layout.parse(JSON.parse(row.layout)),
    definition,
  }
}
