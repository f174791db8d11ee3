import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ModuleSummary, type TargetSummary, targetRoutes } from '../../src-shared/contract/index.ts'
import { call, keyOf, MAIN_WORKSPACE, PROJECT, useAsk, useChosenWorkspace } from '../api/index.ts'

/** No event tells that a worker has registered another version. */
const LOOK_AGAIN_MS = 5_000
const PAGE = 1000

/** The workspace whose code is looked at: the one that is chosen, else the root of all. */
export const useCodeWorkspace = (): string => useChosenWorkspace() ?? MAIN_WORKSPACE

/** Modules that the workspace sees, each with its targets. */
export interface ListedModule {
  readonly module: ModuleSummary
  readonly targets: readonly TargetSummary[]
}

/** All targets that the workspace sees, by module; with a search those in which all its words are found. */
export function useTargets(search: string) {
  const workspace = useCodeWorkspace()
  return useQuery({
    queryKey: [...keyOf(targetRoutes.list), PROJECT, workspace, search],
    queryFn: async ({ signal }): Promise<ListedModule[]> => {
      const params = { project: PROJECT }
      const [modules, targets] = await Promise.all([
        allOf((cursor) =>
          call(targetRoutes.modules, { params, query: { workspace, limit: PAGE, ...cursor } }, { signal }),
        ),
        allOf((cursor) =>
          call(targetRoutes.list, { params, query: { workspace, limit: PAGE, search, ...cursor } }, { signal }),
        ),
      ])
      const listed = modules.map((module) => ({
        module,
        targets: targets.filter((target) => target.module === module.module),
      }))
      return listed.filter((one) => search === '' || one.targets.length > 0)
    },
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  })
}

async function allOf<T>(
  ask: (cursor: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const items: T[] = []
  for (let cursor: { cursor?: string } | null = {}; cursor !== null; ) {
    const page: { items: T[]; next: string | null } = await ask(cursor)
    items.push(...page.items)
    cursor = page.next === null ? null : { cursor: page.next }
  }
  return items
}

/** One target, in the version that the workspace sees or in another one. */
export function useTarget(path: string, version?: number) {
  const workspace = useCodeWorkspace()
  const [module = '', target = ''] = path.split('/')
  return useAsk(
    targetRoutes.get,
    {
      params: { project: PROJECT, module, target },
      query: { workspace, ...(version === undefined ? {} : { version: String(version) }) },
    },
    { enabled: target !== '', refetchInterval: LOOK_AGAIN_MS },
  )
}

const LANGUAGES: Readonly<Record<string, string>> = { python: 'Python', typescript: 'TypeScript' }

export const languageWord = (language: string): string => LANGUAGES[language] ?? language
