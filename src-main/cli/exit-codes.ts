import { type ProblemCode, problemCodes } from '../../src-shared/contract/problems.ts'

/** Every exit code of `weir`, in one table: the program ends with these, `weir --help` and docs/cli.md print them. */
export const exitCodes = {
  ok: [0, 'done; with --wait: the run succeeded'],
  failed: [1, 'the run failed, the doctor found an error, or something unexpected happened'],
  usage: [2, 'the command line is wrong'],
  notFound: [3, 'there is no such run, workflow, step, asset or file'],
  unreachable: [4, 'no engine answers, or it cannot be started'],
  refused: [5, 'signing in failed, or a permission is missing'],
  invalid: [6, 'the definition or the parameters have errors'],
  cancelled: [7, 'the run was cancelled'],
  unfinished: [8, 'the run has not ended yet: its result was asked for, or --timeout passed'],
  interrupted: [130, 'interrupted by Ctrl-C; a run that was waited for goes on'],
} as const satisfies Record<string, readonly [number, string]>

export type ExitName = keyof typeof exitCodes

export const exitNumber = (name: ExitName): number => exitCodes[name][0]

const HTTP_NOT_FOUND = 404

/** Codes whose meaning for a script is another than their HTTP status suggests. */
const special: Partial<Record<ProblemCode, ExitName>> = {
  params_invalid: 'invalid',
  workflow_invalid: 'invalid',
  bad_request: 'invalid',
  unauthorized: 'refused',
  ticket_refused: 'refused',
  forbidden: 'refused',
  host_refused: 'refused',
  run_not_finished: 'unfinished',
}

/**
 * The exit code of a problem that the engine answered. Codes of a newer engine count as `failed`. A name in the address
 * that nothing can have is not there; a word of the query that is refused was an option.
 */
export function exitOfProblem(code: string, field = ''): ExitName {
  if (!(code in problemCodes)) return 'failed'
  if (code === 'bad_request' && field.startsWith('params.')) return 'notFound'
  if (code === 'bad_request' && field.startsWith('query.')) return 'usage'
  const known = code as ProblemCode
  return special[known] ?? (problemCodes[known][0] === HTTP_NOT_FOUND ? 'notFound' : 'failed')
}

/** The exit code of a run that has ended. */
export function exitOfRun(status: string): ExitName {
  if (status === 'succeeded') return 'ok'
  return status === 'cancelled' ? 'cancelled' : 'failed'
}

/** The table as text, for help. */
export const exitCodesHelp = (): string =>
  ['Exit codes:', ...Object.values(exitCodes).map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`)].join(
    '\n',
  )
