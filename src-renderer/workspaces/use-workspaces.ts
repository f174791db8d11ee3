import { type Workspace, workspaceRoutes } from '../../src-shared/contract/index.ts'
import { MAIN_WORKSPACE, PROJECT, useAsk, useConnection } from '../api/index.ts'

const NONE: readonly Workspace[] = []
/** No event tells of workspaces that somebody else makes or changes. */
const LOOK_MS = 15_000

/** The workspaces of the project as a tree: each after its base. */
export function useWorkspaces(options: { readonly refetchInterval?: number | false } = {}) {
  const isReady = useConnection((store) => store.connection.phase === 'ready')
  const asked = useAsk(
    workspaceRoutes.list,
    { params: { project: PROJECT }, query: { archived: 'true' } },
    { enabled: isReady, refetchInterval: LOOK_MS, ...options },
  )
  const all = asked.data?.items ?? NONE
  return { ...asked, all, inUse: all.filter(({ state }) => state !== 'archived') }
}

/** Whether there is more than the workspace that every project has: without, nobody needs to hear of them. */
export function useHasWorkspaces(): boolean {
  return useWorkspaces().all.some(({ name }) => name !== MAIN_WORKSPACE)
}
