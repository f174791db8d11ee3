import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { type Page, ProblemError, type RunSummary, runRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, useChosenWorkspace, useConnection, useLive } from '../../api/index.ts'
import { queryOf, type RunFilter, stillFits, withoutEmpty } from './filter.ts'
import { merged, runsOf } from './pages.ts'

const PAGE = 100
/** At most this often the list is brought up to date because of events. */
const REFRESH_MS = 400
/** Older runs that are asked for one by one; when more change at once, their rows follow with the next events. */
const MAX_SINGLE = 24

const askPage = (filter: RunFilter, workspace: string | null, cursor?: string): Promise<Page<RunSummary>> =>
  call(runRoutes.list, {
    params: { project: PROJECT },
    query: {
      ...queryOf(filter, Date.now()),
      ...(workspace === null ? {} : { workspace }),
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    },
  })

/** Runs of a filter in the chosen workspace, newest first, page by page, kept up to date by events without asking for all of them again. */
export function useRuns(filter: RunFilter) {
  const workspace = useChosenWorkspace()
  const key = useMemo(() => [...keyOf(runRoutes.list), 'pages', workspace, withoutEmpty(filter)], [workspace, filter])
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => askPage(filter, workspace, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  useUpdates(key, filter, workspace)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const runs = useMemo(() => runsOf(data?.pages ?? []), [data])
  const more = useMemo(
    () => ({ hasMore: hasNextPage, isLoading: isFetchingNextPage, load: () => void fetchNextPage() }),
    [hasNextPage, isFetchingNextPage, fetchNextPage],
  )
  return { query, runs, more }
}

type Data = InfiniteData<Page<RunSummary>, string | undefined>

function useUpdates(key: readonly unknown[], filter: RunFilter, workspace: string | null): void {
  const queries = useQueryClient()
  const isConnected = useConnection((store) => store.generation > 0)
  const touched = useRef(new Set<string>())
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const latest = useRef({ key, filter, workspace })
  latest.current = { key, filter, workspace }

  const update = useCallback(async (): Promise<void> => {
    const { key: asked, filter: by, workspace: within } = latest.current
    const ids = touched.current
    touched.current = new Set()
    const known = queries.getQueryData<Data>(asked)
    if (known === undefined) return
    const newest = await askPage(by, within)
    const onFirst = new Set(newest.items.map(({ id }) => id))
    const loaded = new Set(runsOf(known.pages).map(({ id }) => id))
    const single = [...ids].filter((id) => loaded.has(id) && !onFirst.has(id))
    const changed = await askEach(single.slice(0, MAX_SINGLE), by)
    queries.setQueryData<Data>(asked, (now) => (now === undefined ? now : (merged(now, newest, changed) as Data)))
  }, [queries])

  useLive({ enabled: isConnected }, (events) => {
    for (const { run } of events) touched.current.add(run)
    timer.current ??= setTimeout(() => {
      // An engine that is away is told above the list; the list is asked for anew when it is back.
      void update()
        .catch(() => undefined)
        .finally(() => {
          timer.current = null
        })
    }, REFRESH_MS)
  })
  useEffect(() => () => clearTimeout(timer.current ?? undefined), [])
}

async function askEach(ids: readonly string[], filter: RunFilter): Promise<ReadonlyMap<string, RunSummary | null>> {
  const answers = await Promise.all(
    ids.map(async (run): Promise<readonly [string, RunSummary | null]> => {
      try {
        const now = await call(runRoutes.get, { params: { project: PROJECT, run }, query: { steps: 'none' } })
        const { params: _params, result: _result, steps: _steps, ...summary } = now
        return [run, stillFits(summary, filter) ? summary : null]
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'run_not_found') return [run, null]
        throw error
      }
    }),
  )
  return new Map(answers)
}
