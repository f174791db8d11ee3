import type { DefinitionProblem } from '../../src-shared/contract/index.ts'
import type { Colors } from './output.ts'

/** Longer source lines are shown around the place only. */
const MAX_SHOWN_COLUMNS = 120
/** What is shown before the place in a long line. */
const LEAD_COLUMNS = 60

/**
 * Problems of a definition as compilers print them: place, severity, message; the line with a caret; what to do.
 * @param label name of the file as typed
 */
export function renderProblems(
  problems: readonly DefinitionProblem[],
  label: string,
  text: string,
  colors: Colors,
): string {
  const lines = text.split(/\r\n|\n|\r/)
  return problems.map((problem) => renderProblem(problem, label, lines, colors)).join('\n\n')
}

function renderProblem(problem: DefinitionProblem, label: string, lines: readonly string[], colors: Colors): string {
  const { line, column, severity, code, message, fix, path } = problem
  const paint = severity === 'error' ? colors.red : colors.yellow
  const place = [
    label,
    ...(line === undefined ? [] : [line]),
    ...(line === undefined || column === undefined ? [] : [column]),
  ].join(':')
  const source = line === undefined ? undefined : lines[line - 1]
  const where = line === undefined && path !== '' ? ` (${path})` : ''
  const parts = [`${colors.bold(place)}  ${paint(severity)}  ${message}${where}  ${colors.dim(code)}`]
  if (line !== undefined && source !== undefined) parts.push(...excerpt(line, column ?? 1, source, colors, paint))
  if (fix !== undefined) parts.push(`  ${colors.cyan('fix:')} ${fix}`)
  return parts.join('\n')
}

function excerpt(
  line: number,
  column: number,
  source: string,
  colors: Colors,
  paint: (text: string) => string,
): string[] {
  const start = source.length > MAX_SHOWN_COLUMNS ? Math.max(0, column - 1 - LEAD_COLUMNS) : 0
  const shown = source.slice(start, start + MAX_SHOWN_COLUMNS)
  const gutter = String(line)
  // Tabs stay tabs before the caret, so that it stands under its character whatever a tab is wide.
  const lead = shown.slice(0, Math.max(0, column - 1 - start)).replace(/[^\t]/g, ' ')
  return [
    `  ${colors.dim(`${gutter} |`)} ${shown}`,
    `  ${' '.repeat(gutter.length)} ${colors.dim('|')} ${lead}${paint('^')}`,
  ]
}

/** `2 errors, 1 warning` */
export function problemCount(problems: readonly DefinitionProblem[]): string {
  const count = (severity: DefinitionProblem['severity']): string[] => {
    const found = problems.filter((problem) => problem.severity === severity).length
    return found === 0 ? [] : [`${found} ${severity}${found === 1 ? '' : 's'}`]
  }
  return [...count('error'), ...count('warning')].join(', ') || 'no problems'
}
