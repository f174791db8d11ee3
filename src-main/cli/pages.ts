import type { Page } from '../../src-shared/contract/index.ts'

/** The API's limit for one page. */
const MAX_PAGE = 1000

/** Fetches pages until there are `limit` items or no more; `next` then says where to go on. */
export async function allPages<T>(
  limit: number,
  fetchPage: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: Math.min(MAX_PAGE, limit - items.length) }
    if (cursor !== null) query.cursor = cursor
    const page: Page<T> = await fetchPage(query)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null && items.length < limit)
  return { items, next: cursor }
}
