import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import type { Text } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { DefinitionProblem } from '../../../src-shared/contract/index.ts'
import { sentence } from '../../api/problem.ts'

/** Marks problems at their places. Those of an older text are put where that place is now, at most at the end. */
export function showProblems(view: EditorView, problems: readonly DefinitionProblem[]): void {
  view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state.doc, problems)))
}

export function diagnosticsOf(doc: Text, problems: readonly DefinitionProblem[]): Diagnostic[] {
  return problems.map((problem) => {
    const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines))
    const from = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to)
    const word = /^("[^"]*"|'[^']*'|[^\s,\]}:]+)/.exec(line.text.slice(from - line.from))?.[0].length ?? 0
    const fix = problem.fix === undefined || problem.fix === '' ? '' : `\n${problem.fix}`
    return {
      from,
      to: Math.min(from + Math.max(word, 1), line.to),
      severity: problem.severity,
      message: `${sentence(problem.message)}${fix}`,
    }
  })
}
