import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { callTreeOf, type TreeRow, treeRowsOf } from '../calls/call-tree.ts'
import type { StepBook } from '../data/step-book.ts'
import { hasEnded } from '../data/step-times.ts'
import type { TimeRow } from './time-rows.ts'

/** Steps under their callers; many calls of a function, and groups, are one row until they are unfolded. */
export function callerRows(book: StepBook, toggled: ReadonlySet<string>): readonly TimeRow[] {
  const rows = treeRowsOf(callTreeOf(book), book, toggled)
  return rows.map((row) => ({
    key: row.key,
    depth: row.depth,
    isOpen: row.isExpandable ? toggled.has(row.key) === (row.type === 'bundle') : null,
    ...(row.type === 'bundle' ? { bundle: bundleOf(row, book) } : {}),
  }))
}

function bundleOf(
  { title, keys }: Extract<TreeRow, { type: 'bundle' }>,
  book: StepBook,
): NonNullable<TimeRow['bundle']> {
  const steps = keys.flatMap((key) => book.byKey.get(key) ?? [])
  return { title, keys, status: statusOf(steps) }
}

/** Of many at once: what is going on, else what went wrong. */
function statusOf(steps: readonly RunStep[]): RunStep['status'] {
  if (steps.some(({ status }) => status === 'running')) return 'running'
  if (steps.some((step) => !hasEnded(step))) return 'queued'
  return steps.some(({ status }) => status === 'failed') ? 'failed' : 'succeeded'
}
