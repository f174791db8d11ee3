import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { DraftSummaryRow, NewDraft, WorkflowOriginRow, WorkflowRow } from './storage.ts'

const time = (at: number): string => new Date(at).toISOString()

/** Somebody saved another version since; `problems` holds the newest one's number, 0 when there is none. */
export function workflowConflict(name: string, base: number | undefined, newest: WorkflowRow | null): ProblemError {
  const problems = [{ version: newest?.version ?? 0 }]
  if (newest === null) {
    return new ProblemError(
      'workflow_conflict',
      `The workflow "${name}" was to be saved on top of version ${base}, and is not there any more.`,
      { field: 'body.base', problems, fix: 'It was deleted meanwhile. Save it with base 0 to bring it back.' },
    )
  }
  const saved = `version ${newest.version} was saved at ${time(newest.at)}`
  return base === 0
    ? new ProblemError('workflow_conflict', `There is a workflow "${name}" already: ${saved}.`, {
        field: 'body.base',
        problems,
        fix: `Choose another name, or look at that version and save on top of it with base ${newest.version}.`,
      })
    : new ProblemError('workflow_conflict', `"${name}" was changed from version ${base}, but ${saved}.`, {
        field: 'body.base',
        problems,
        fix: `Compare the two, take over what you want to keep, and save with base ${newest.version}.`,
      })
}

/** A drawn definition was to be published where a workflow of code is. */
export const workflowOfCode = (name: string, { module, target, language }: WorkflowOriginRow): ProblemError =>
  new ProblemError('workflow_of_code', `The workflow "${name}" is made from code: ${module}/${target} (${language}).`, {
    field: 'body.source',
    fix: `Choose another name for the drawn one, or change the code. To give up the one of code: weir workflow delete ${name}`,
  })

/** A target was to become a workflow where there is another one. */
export function nameTaken(fresh: WorkflowOriginRow, newest: Pick<WorkflowRow, 'name' | 'origin'>): ProblemError {
  const { name, origin } = newest
  const what = origin === null ? 'is a drawn one' : `is made from ${origin.module}/${origin.target}`
  return new ProblemError(
    'module_conflict',
    `${fresh.module}/${fresh.target} cannot become the workflow "${name}": the workflow of that name ${what}.`,
    { fix: `Rename the function, or give up the other one first: weir workflow delete ${name}` },
  )
}

/** Somebody saved or deleted the draft since; `problems` holds the newest revision, 0 when there is none. */
export function draftConflict(given: NewDraft, current: DraftSummaryRow | null): ProblemError {
  const problems = [{ revision: current?.revision ?? 0 }]
  if (current === null) {
    return new ProblemError(
      'draft_conflict',
      `The draft ${given.id} was changed from revision ${given.revision}, and is not there any more.`,
      { field: 'body.revision', problems, fix: 'It was thrown away elsewhere. Save it with revision 0 to keep it.' },
    )
  }
  const saved = `revision ${current.revision} was saved at ${time(current.updatedAt)}`
  return new ProblemError(
    'draft_conflict',
    given.revision === 0
      ? `There is a draft ${given.id} already: ${saved}.`
      : `The draft ${given.id} was changed from revision ${given.revision}, but ${saved}.`,
    {
      field: 'body.revision',
      problems,
      fix: `Read it again and compare; what you want to keep is saved with revision ${current.revision}.`,
    },
  )
}
