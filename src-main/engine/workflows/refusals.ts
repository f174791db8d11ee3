import { type DefinitionProblem, ProblemError } from '../../../src-shared/contract/index.ts'
import { problemsAsJson } from './faults.ts'

/**
 * The refusal of a version that is made from code which the workspace does not see.
 * @param which the workflow in words, e.g. `compare in version 2`
 * @param here name of the workspace that was asked for; `there` is where the module was registered
 */
export function unseenWorkflow(
  which: string,
  { module, here, there, field }: { readonly module: string; here: string; there: string; field: string },
): ProblemError {
  return new ProblemError(
    'workflow_not_found',
    `The workflow ${which} is made from code that was registered in the workspace ${there}, which ${here} does not see.`,
    { field, fix: `Start it in ${there} or a workspace below it, or register ${module} in ${here}.` },
  )
}

/** The refusal of a definition with errors: says the first, carries all. */
export function invalidWorkflow(problems: readonly DefinitionProblem[]): ProblemError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const [first] = errors
  const rest = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  const where = first?.path ? `${first.path}: ` : ''
  return new ProblemError('workflow_invalid', `${where}${first?.message ?? 'the definition has errors'}${rest}.`, {
    field: 'body.source',
    problems: problemsAsJson(problems),
    ...(first?.fix === undefined ? {} : { fix: first.fix }),
    ...(first?.line === undefined ? {} : { line: first.line }),
    ...(first?.column === undefined ? {} : { column: first.column }),
  })
}
