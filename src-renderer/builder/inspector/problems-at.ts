import type { DefinitionProblem } from '../../../src-shared/contract/index.ts'
import type { Path } from '../../../src-shared/definition/index.ts'

/** A place as problems name it: `steps.fit.run[2]`. */
export const pathText = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('')

/** Whether a place is another one, or inside it. */
export function isInside(place: string, outer: string): boolean {
  if (!place.startsWith(outer)) return false
  const next = place[outer.length]
  return next === undefined || next === '.' || next === '['
}

/** The problems of a field: of its value, and of everything inside it. Errors come first. */
export function problemsIn(problems: readonly DefinitionProblem[], path: Path): readonly DefinitionProblem[] {
  const place = pathText(path)
  return problems.filter((one) => isInside(one.path, place)).toSorted(bySeverity)
}

/** The problems of exactly this place. */
export function problemsAt(problems: readonly DefinitionProblem[], path: Path): readonly DefinitionProblem[] {
  const place = pathText(path)
  return problems.filter((one) => one.path === place).toSorted(bySeverity)
}

const bySeverity = (a: DefinitionProblem, b: DefinitionProblem): number =>
  Number(a.severity === 'warning') - Number(b.severity === 'warning')

/**
 * The problems of a map that none of its known fields shows: of the map itself, and of fields that nothing is known of.
 */
export function problemsBeside(
  problems: readonly DefinitionProblem[],
  path: Path,
  known: readonly string[],
): readonly DefinitionProblem[] {
  const shown = known.map((name) => pathText([...path, name]))
  return problemsIn(problems, path).filter((one) => !shown.some((place) => isInside(one.path, place)))
}
