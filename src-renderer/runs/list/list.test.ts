import { describe, expect, it } from 'vitest'
import type { Page, RunSummary } from '../../../src-shared/contract/index.ts'
import { testCounts } from '../run/data/test-steps.ts'
import { ACTIVE, filterOf, isFiltered, queryOf, sentenceOf, stillFits, withoutEmpty } from './filter.ts'
import { merged, type RunPages, runsOf } from './pages.ts'

describe('a filter', () => {
  it.each([
    [{}, 'All runs'],
    [
      { status: 'failed', workflow: 'seattle-weather', since: '7d' },
      'Failed runs of seattle-weather, in the last 7 days',
    ],
    [{ status: 'failed,cancelled' }, 'Failed or cancelled runs'],
    [{ status: ACTIVE }, 'Active runs'],
    [{ trigger: 'manual', search: 'abc' }, 'All runs, started by hand, that match “abc”'],
    [{ status: 'failed', since: 'nonsense' }, 'Failed runs'],
  ])('%j reads as a sentence', (filter, sentence) => {
    expect(sentenceOf(filter)).toBe(sentence)
  })

  it('becomes a query, with relative times counted from now', () => {
    const now = Date.parse('2026-11-21T10:00:00.000Z')
    expect(queryOf({ status: 'failed', since: '24h', search: '' }, now)).toEqual({
      status: 'failed',
      since: '2026-11-20T10:00:00.000Z',
    })
    expect(queryOf({ since: '2026-11-01T00:00:00Z' }, now)).toEqual({ since: '2026-11-01T00:00:00.000Z' })
    expect(queryOf({ since: 'nonsense' }, now)).toEqual({})
  })

  it('takes from an address what it knows, and leaves out the rest', () => {
    const address = { status: 'failed,nonsense', trigger: 'x', since: 'abc', search: 'y'.repeat(5000), tab: 'compare' }
    expect(filterOf(address)).toEqual({ status: 'failed', search: 'y'.repeat(200) })
    expect(filterOf({ status: 'nonsense', workflow: 'a', since: '7d', trigger: 'rerun,manual' })).toEqual({
      workflow: 'a',
      since: '7d',
      trigger: 'rerun,manual',
    })
  })

  it('is empty when nothing is chosen', () => {
    expect(isFiltered(withoutEmpty({ search: '', status: undefined }))).toBe(false)
    expect(isFiltered({ status: 'failed' })).toBe(true)
  })
})

const run = (id: string, minute: number, more: Partial<RunSummary> = {}): RunSummary => ({
  id,
  project: 'default',
  workspace: 'main',
  workflow: 'w',
  version: 1,
  status: 'succeeded',
  trigger: 'manual',
  parent: null,
  priority: 0,
  createdAt: `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  reruns: 0,
  earlierMs: 0,
  counts: testCounts({ total: 1, done: 1, succeeded: 1 }),
  ...more,
})
const page = (next: string | null, ...items: RunSummary[]): Page<RunSummary> => ({ items, next })
const pagesOf = (...pages: Page<RunSummary>[]): RunPages => ({ pages, pageParams: pages.map(() => undefined) })
const ids = (pages: RunPages): string[] => runsOf(pages.pages).map(({ id }) => id)

describe('merged', () => {
  const [a, b, c, d] = [run('a', 9), run('b', 8), run('c', 7), run('d', 6)] as const

  it('puts new runs on top and keeps what moved down', () => {
    const before = pagesOf(page('x', a, b), page(null, c, d))
    const after = merged(before, page('y', run('n', 10), run('a', 9)), new Map())
    expect(ids(after)).toEqual(['n', 'a', 'b', 'c', 'd'])
    expect(after.pages[0]?.next).toBe('x')
  })

  it('keeps the objects of runs that did not change', () => {
    const after = merged(pagesOf(page(null, a, b)), page(null, { ...a }, { ...b, status: 'failed' }), new Map())
    const runs = runsOf(after.pages)
    expect(runs[0]).toBe(a)
    expect(runs[1]?.status).toBe('failed')
  })

  it('drops what has gone from the newest page, and what changed away', () => {
    const before = pagesOf(page('x', a, b), page(null, c, d))
    expect(ids(merged(before, page('y', b, c), new Map([['d', null]])))).toEqual(['b', 'c'])
  })

  it('brings older runs up to date', () => {
    const before = pagesOf(page('x', a, b), page(null, c, d))
    const after = merged(before, page('x', a, b), new Map([['d', run('d', 6, { status: 'failed' })]]))
    expect(runsOf(after.pages).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'failed'])
  })

  it('shows nothing but the newest page when that is all', () => {
    expect(ids(merged(pagesOf(page('x', a, b), page(null, c, d)), page(null, a), new Map()))).toEqual(['a'])
  })
})

it('knows when a changed run leaves the list', () => {
  expect(stillFits(run('a', 1, { status: 'running' }), { status: 'failed' })).toBe(false)
  expect(stillFits(run('a', 1), {})).toBe(true)
})
