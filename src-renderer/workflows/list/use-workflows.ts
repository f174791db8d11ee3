import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { draftRoutes, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, useAsk, useChosenWorkspace, useLiveRefresh } from '../../api/index.ts'

const PAGE = 100
/** No event tells that another window or the CLI saved a workflow. */
const LOOK_AGAIN_MS = 15_000
const ALL_DRAFTS = 1000

/** Workflows by name, page by page; their newest runs follow the events. */
export function useWorkflows(search: string | undefined) {
  const workspace = useChosenWorkspace()
  const query = useInfiniteQuery({
    queryKey: [...keyOf(workflowRoutes.list), 'pages', search ?? '', workspace],
    queryFn: ({ pageParam }) =>
      call(workflowRoutes.list, {
        params: { project: PROJECT },
        query: {
          limit: PAGE,
          ...(search === undefined ? {} : { search }),
          ...(workspace === null ? {} : { workspace }),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  })
  useLiveRefresh(LIVE)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const workflows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data])
  const more = useMemo(
    () => ({ hasMore: hasNextPage, isLoading: isFetchingNextPage, load: () => void fetchNextPage() }),
    [hasNextPage, isFetchingNextPage, fetchNextPage],
  )
  return { query, workflows, more }
}

const LIVE = [workflowRoutes.list]

/** Everything that is being written, last changed first. */
export const useDrafts = () =>
  useAsk(
    draftRoutes.list,
    { params: { project: PROJECT }, query: { limit: ALL_DRAFTS } },
    { refetchInterval: LOOK_AGAIN_MS },
  )
