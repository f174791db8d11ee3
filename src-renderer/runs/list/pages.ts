import type { Page, RunSummary } from '../../../src-shared/contract/index.ts'

export interface RunPages {
  readonly pages: readonly Page<RunSummary>[]
  readonly pageParams: readonly (string | undefined)[]
}

/**
 * What is loaded, after the newest page was asked for again and some older runs one by one. Runs that did not change
 * stay the same objects, so that only what changed is drawn anew.
 * @param newest the first page as it is now
 * @param changed by identifier: a run as it is now, or null when it has gone or does not fit the filter any more
 */
export function merged(
  before: RunPages,
  newest: Page<RunSummary>,
  changed: ReadonlyMap<string, RunSummary | null>,
): RunPages {
  const [first, ...older] = before.pages
  if (first === undefined) return before
  const known = new Map(before.pages.flatMap(({ items }) => items.map((run) => [run.id, run] as const)))
  const same = (run: RunSummary): RunSummary => {
    const old = known.get(run.id)
    return old !== undefined && isSame(old, run) ? old : run
  }
  const fresh = newest.items.map(same)
  const freshIds = new Set(fresh.map(({ id }) => id))
  // What is not on the newest page and older than all of it has only moved down; else it has gone.
  const oldest = fresh.at(-1)
  const isBelow = (run: RunSummary): boolean =>
    newest.next !== null && oldest !== undefined && run.createdAt <= oldest.createdAt && !freshIds.has(run.id)
  const kept = (items: readonly RunSummary[]): RunSummary[] =>
    items.filter(isBelow).flatMap((run) => {
      const now = changed.get(run.id)
      if (now === null) return []
      return [now === undefined ? run : same(now)]
    })
  return {
    pageParams: before.pageParams,
    pages: [
      // Its cursor still leads to what lies behind the runs that have moved down.
      { items: [...fresh, ...kept(first.items)], next: first.next },
      ...older.map((page) => ({ items: kept(page.items), next: page.next })),
    ],
  }
}

const isSame = (a: RunSummary, b: RunSummary): boolean => JSON.stringify(a) === JSON.stringify(b)

/** All runs of the pages in order, each once: one that came between two pages may be on both. */
export function runsOf(pages: readonly Page<RunSummary>[]): RunSummary[] {
  const seen = new Set<string>()
  return pages.flatMap(({ items }) => items.filter(({ id }) => !seen.has(id) && seen.add(id)))
}
