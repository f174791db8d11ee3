import type { DefinitionProblem, Json, Problem } from '../../src-shared/contract/index.ts'
import type { Context } from './context.ts'
import { type ExitName, exitOfProblem } from './exit-codes.ts'
import { CliError, cliProblem, explainSystemError, Interrupted } from './failure.ts'
import type { Colors, Output } from './output.ts'

/**
 * Says on stderr what went wrong and what to do: in words, or as problem details with `-o json`.
 * @returns what the program exits with
 */
export async function reportFailure(thrown: unknown, output: Output, source: Context['source']): Promise<ExitName> {
  if (thrown instanceof Interrupted) return 'interrupted'
  const error = explainSystemError(thrown)
  const { problem, exit } = describeFailure(error)
  if (output.format === 'json') {
    output.error(JSON.stringify(problem, null, 2))
    return exit
  }
  output.error(await problemText(problem, output.errColors, source))
  if (problem.code === 'unexpected' && error instanceof Error && process.env['WEIR_DEBUG'] !== undefined) {
    output.error(String(error.stack))
  }
  return exit
}

function describeFailure(error: unknown): { problem: Problem; exit: ExitName } {
  if (error instanceof CliError) return { problem: cliProblem(error), exit: error.exit }
  if (hasProblem(error)) {
    const problem = error.toProblem()
    return { problem, exit: exitOfProblem(problem.code, problem.field) }
  }
  const outage = describeOutage(error)
  if (outage !== null) return { problem: cliProblem(outage), exit: outage.exit }
  const detail = error instanceof Error ? error.message : String(error)
  const problem: Problem = {
    type: '/docs/errors#unexpected',
    title: 'unexpected',
    status: 0,
    code: 'unexpected',
    detail,
    fix: 'This is a fault of Weir. WEIR_DEBUG=1 shows where; please report it with that text.',
  }
  return { problem, exit: 'failed' }
}

/** An engine that does not answer or cannot be started. Told by names, because those files are loaded when needed. */
function describeOutage(error: unknown): CliError | null {
  if (!(error instanceof Error)) return null
  const text = (name: 'code' | 'fix'): string | undefined => {
    const value: unknown = name in error ? (error as Error & Record<string, unknown>)[name] : undefined
    return typeof value === 'string' ? value : undefined
  }
  switch (error.name) {
    case 'EngineUnreachable':
      return new CliError('unreachable', 'engine_unreachable', error.message, 'See how it is with: weir boot status')
    case 'StartFailure':
      return new CliError('unreachable', text('code') ?? 'start_failed', error.message, text('fix'))
    case 'TimeoutError':
      return new CliError(
        'unreachable',
        'engine_slow',
        'The engine does not answer in time.',
        'See its log in the data folder, or restart it with: weir boot down',
      )
    default:
      return null
  }
}

/** What the engine answered (a ProblemError), told by its shape: this file is loaded before the contract is. */
const hasProblem = (error: unknown): error is { toProblem(): Problem } =>
  error instanceof Error && 'toProblem' in error && typeof error.toProblem === 'function'

async function problemText(problem: Problem, colors: Colors, source: Context['source']): Promise<string> {
  const lines = [`${colors.red(colors.bold('error:'))} ${problem.detail} ${colors.dim(`(${problem.code})`)}`]
  if (problem.fix !== undefined) lines.push(`  ${colors.cyan('fix:')} ${problem.fix}`)
  const several = problem.problems ?? []
  const definition = several.filter(isDefinitionProblem)
  if (definition.length > 0) {
    const { renderProblems } = await import('./carets.ts')
    const { label = problem.field ?? 'definition', text = '' } = source ?? {}
    lines.unshift(renderProblems(definition, label, text, colors), '')
  } else {
    // A single fault is what the detail says already.
    const isTold = several.length === 1 && several.every((each) => problem.detail.includes(messageOf(each) ?? '\0'))
    if (!isTold) lines.push(...several.map((each) => `  - ${faultText(each)}`))
  }
  return lines.join('\n')
}

function isDefinitionProblem(value: Json): value is Json & DefinitionProblem {
  const it = value as Partial<DefinitionProblem> | null
  return (
    typeof it === 'object' &&
    it !== null &&
    typeof it.message === 'string' &&
    (it.severity === 'error' || it.severity === 'warning')
  )
}

/** The sentence of a fault inside a problem; undefined when it has none. */
function messageOf(fault: unknown): string | undefined {
  if (typeof fault !== 'object' || fault === null) return undefined
  const { message } = fault as { readonly message?: unknown }
  return typeof message === 'string' ? message : undefined
}

/** A fault inside a problem: usually a field and a message. */
function faultText(fault: unknown): string {
  if (typeof fault !== 'object' || fault === null) return String(fault)
  const { field, path, message, detail, fix } = fault as Record<string, unknown>
  const text = [field ?? path, message ?? detail].filter((each) => typeof each === 'string').join(': ')
  return (text === '' ? JSON.stringify(fault) : text) + (typeof fix === 'string' ? ` ${fix}` : '')
}
