import type { RunStep, StepStatus } from '../../../../src-shared/contract/index.ts'
import { inOrder, type StepBook } from '../data/step-book.ts'
import { type RoundStarts, timesOf } from '../data/step-times.ts'
import { type ColumnId, columns, type Facts } from './columns.ts'

export interface Row {
  readonly key: string
  /** 1 for an item that is shown under its fan-out */
  readonly depth: 0 | 1
}

export interface RowWishes {
  /** Part of the key, the item, or of why it waits or failed */
  readonly text: string
  /** Empty: all */
  readonly statuses: readonly StepStatus[]
  /** Null: the order of the definition */
  readonly sort: { readonly by: ColumnId; readonly descending: boolean } | null
}

/** Rows in the order of the definition, with the items of fan-outs that are unfolded. */
export function treeRows(
  tops: StepBook['tops'],
  items: StepBook['items'],
  expanded: ReadonlySet<string>,
): readonly Row[] {
  const rows: Row[] = []
  for (const key of tops) {
    rows.push({ key, depth: 0 })
    if (expanded.has(key)) for (const item of items.get(key) ?? []) rows.push({ key: item, depth: 1 })
  }
  return rows
}

/** Steps and items that are searched for, in one list. */
export function flatRows(book: StepBook, { text, statuses, sort }: RowWishes, starts: RoundStarts): readonly Row[] {
  const wanted = text.trim().toLowerCase()
  const found: RunStep[] = []
  for (const step of inOrder(book)) {
    if (statuses.length > 0 && !statuses.includes(step.status)) continue
    if (wanted !== '' && !isAbout(step, wanted)) continue
    found.push(step)
  }
  return (sort === null ? found : sorted(found, sort, book, starts)).map(({ key }) => ({ key, depth: 0 }))
}

function isAbout(step: RunStep, text: string): boolean {
  if (step.key.toLowerCase().includes(text)) return true
  if (step.call?.brief.toLowerCase().includes(text) === true) return true
  if (step.item !== undefined && JSON.stringify(step.item).toLowerCase().includes(text)) return true
  return [step.why, step.executions.at(-1)?.error?.message].some((one) => one?.toLowerCase().includes(text) === true)
}

const natural = new Intl.Collator(undefined, { numeric: true })

function sorted(
  steps: readonly RunStep[],
  { by, descending }: NonNullable<RowWishes['sort']>,
  book: StepBook,
  starts: RoundStarts,
): readonly RunStep[] {
  const column = columns.find(({ id }) => id === by)
  if (column === undefined) return steps
  const keyed = steps.map((step) => ({ step, value: column.value(factsOf(step, book, starts)) }))
  const direction = descending ? -1 : 1
  return keyed
    .sort(({ value: a }, { value: b }) => {
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
      if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction
      return natural.compare(String(a), String(b)) * direction
    })
    .map(({ step }) => step)
}

export const factsOf = (step: RunStep, book: StepBook, starts: RoundStarts): Facts => ({
  step,
  times: timesOf(step, (key) => book.byKey.get(key), starts),
})
