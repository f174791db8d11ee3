import type { DefinitionProblem, Json } from '../../../src-shared/contract/index.ts'
import type { Path, YamlSource } from '../../../src-shared/definition/index.ts'
import { type Inside, locate, placeOf } from '../../../src-shared/definition/index.ts'
import { MAX_PROBLEMS } from './limits.ts'

export type Words = string | (() => string)

export interface Fault {
  /** Stable name, e.g. `unknown_step` */
  readonly code: string
  readonly path: Path
  readonly message: string
  /** What to do; a function when finding the words takes time (comparing names), called only for what is listed */
  readonly fix: Words
  readonly severity?: 'error' | 'warning'
  /** Point at the key rather than at its value */
  readonly on?: 'key' | 'value'
  /** Point at a place inside the text of the value */
  readonly inside?: Inside
}

/** `steps.fit.run[2]`, as a person writes it. */
export const pathText = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('')

/**
 * Codes of rules that came after versions were saved without them. Such a version stays what it is: its runs are looked at,
 * run again and taken back after a restart, so that these are warnings there.
 */
const LATER_RULES: ReadonlySet<string> = new Set(['asset_as_text'])

/** Collects faults of one definition, each with its place in the text. */
export class Faults {
  readonly problems: DefinitionProblem[] = []
  readonly source: YamlSource
  #unlisted = 0
  #failed = false
  readonly #isSaved: boolean

  /** @param isSaved whether the definition was saved before: see LATER_RULES */
  constructor(source: YamlSource, isSaved = false) {
    this.source = source
    this.#isSaved = isSaved
    for (const { offset, ...fault } of source.faults) this.#push({ ...fault, path: '', ...placeOf(source, offset) })
  }

  /** Whether an error (not only warnings) was found. */
  get failed(): boolean {
    return this.#failed
  }

  add(given: Fault): void {
    const fault: Fault = this.#isSaved && LATER_RULES.has(given.code) ? { ...given, severity: 'warning' } : given
    if (this.problems.length >= MAX_PROBLEMS) {
      // Finding the place takes time; what is not listed needs none.
      this.#unlisted++
      this.#failed ||= fault.severity !== 'warning'
      return
    }
    const place = locate(this.source, fault.path, fault.on, fault.inside)
    const { code, message, fix, severity = 'error' } = fault
    const words = typeof fix === 'string' ? fix : fix()
    this.#push({ severity, code, message, fix: words, path: pathText(fault.path), ...place })
  }

  /** All problems in the order of the text, the last one saying how many are not listed. */
  listed(): DefinitionProblem[] {
    const sorted = this.problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    if (this.#unlisted === 0) return sorted
    const message = `${this.#unlisted} more problems are not listed`
    return [
      ...sorted,
      { severity: 'error', code: 'more_problems', message, fix: 'Mend these first.', path: '', line: 1, column: 1 },
    ]
  }

  #push(problem: DefinitionProblem): void {
    this.problems.push(problem)
    this.#failed ||= problem.severity === 'error'
  }
}

/** Problems as they travel inside a problem+json answer. */
export const problemsAsJson = (problems: readonly DefinitionProblem[]): Json[] =>
  JSON.parse(JSON.stringify(problems)) as Json[]
