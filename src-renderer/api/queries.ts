import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { CallOptions, JsonRoute } from '../../src-shared/client/index.ts'
import { EngineUnreachable } from '../../src-shared/client/index.ts'
import { type Answer, type Call, ProblemError } from '../../src-shared/contract/index.ts'
import { client } from './client.ts'
import { checkSoon } from './connection.ts'

/** Few calls of a local engine take so long; after it the engine is asked whether it answers at all. */
const SLOW_MS = 2_000

/** Calls the engine; an engine that does not answer is looked for at once. Everything on screens goes through here. */
export async function call<R extends JsonRoute>(route: R, input: Call<R>, options?: CallOptions): Promise<Answer<R>> {
  const slow = setTimeout(checkSoon, SLOW_MS)
  try {
    return await client().call(route, input, options)
  } catch (error) {
    const isGone = error instanceof EngineUnreachable
    if (isGone || (error instanceof ProblemError && error.code === 'unauthorized')) checkSoon()
    throw error
  } finally {
    clearTimeout(slow)
  }
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What changes is told by events; asking again on every focus would only make the screens flicker.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      staleTime: 2_000,
      // A refusal stays one; a lost engine makes everything be asked again when it is back (see useGeneration).
      retry: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** Key of what a route answered: by route, then by what it was asked with. */
export const keyOf = (route: { readonly id: string }, input?: unknown): readonly unknown[] =>
  input === undefined ? [route.id] : [route.id, input]

interface AskOptions {
  readonly enabled?: boolean
  /** ms; for what no event tells, e.g. gauges */
  readonly refetchInterval?: number | false
  readonly staleTime?: number
}

/** How often it is looked whether a project that failed is back: it is started again by itself. */
const FAILED_PROJECT_MS = 2_000

/** When a question is asked again: as the screen wishes, or soon when what failed mends itself. */
export function nextLook(error: Error | null, wished: number | false | undefined): number | false {
  const isPassing = error instanceof ProblemError && error.code === 'project_failed'
  return isPassing ? FAILED_PROJECT_MS : (wished ?? false)
}

/** The answer of a route that changes nothing, kept while the next one (another filter) is on its way. */
export function useAsk<R extends JsonRoute>(
  route: R,
  input: Call<R>,
  options: AskOptions = {},
): UseQueryResult<Answer<R>, Error> {
  return useQuery<Answer<R>, Error, Answer<R>, readonly unknown[]>({
    queryKey: keyOf(route, input),
    queryFn: ({ signal }) => call(route, input, { signal }),
    placeholderData: keepPreviousData,
    ...options,
    refetchInterval: ({ state }) => nextLook(state.error, options.refetchInterval),
  })
}

/** A call that changes something. `affects`: routes whose answers are asked for again afterwards. */
export function useChange<R extends JsonRoute>(route: R, affects: readonly { readonly id: string }[] = []) {
  const queries = useQueryClient()
  return useMutation<Answer<R>, Error, Call<R>>({
    mutationFn: (input) => call(route, input),
    onSettled: () => Promise.all(affects.map((one) => queries.invalidateQueries({ queryKey: keyOf(one) }))),
  })
}
