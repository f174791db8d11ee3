import type { StepStatus } from '../../../../src-shared/contract/index.ts'
import type { StepBook } from '../data/step-book.ts'
import { treeRows } from '../steps/rows.ts'

/** A row of the timeline. */
export interface TimeRow {
  /** Of the step; of a bundle a name of its own */
  readonly key: string
  readonly depth: number
  /** Null where nothing can be unfolded */
  readonly isOpen: boolean | null
  /** Many calls in one row: a group, or those of a function by one caller */
  readonly bundle?: { readonly title: string; readonly keys: readonly string[]; readonly status: StepStatus }
}

/** Steps in the order of the definition; items and calls of a function stand under it. */
export function functionRows(
  tops: StepBook['tops'],
  items: StepBook['items'],
  expanded: ReadonlySet<string>,
): readonly TimeRow[] {
  return treeRows(tops, items, expanded).map(({ key, depth }) => {
    const canUnfold = depth === 0 && (items.get(key)?.length ?? 0) > 0
    return { key, depth, isOpen: canUnfold ? expanded.has(key) : null }
  })
}
