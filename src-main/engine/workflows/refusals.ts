import { type DefinitionProblem, ProblemError } from '../../../src-shared/contract/index.ts'
import { problemsAsJson } from './faults.ts'

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
