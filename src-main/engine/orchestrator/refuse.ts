import { ProblemError } from '../../../src-shared/contract/index.ts'

/** Throws `params_invalid` for the first of some problems and carries all of them; nothing when there are none. */
export function refuseProblems(
  problems: readonly { field: string; message: string; fix?: string }[],
  field: string,
  text: string,
): void {
  const first = problems[0]
  if (first === undefined) return
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new ProblemError('params_invalid', `${text}: ${first.field}: ${first.message}${more}`, {
    field: `${field}.${first.field}`,
    problems: problems.map((problem) => ({ ...problem })),
    ...(first.fix === undefined ? {} : { fix: first.fix }),
  })
}
