import { poolRoutes, runRoutes, workerRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk, useChosenWorkspace } from '../api/index.ts'

/** No event tells what workers, pools and the queue are at. */
const LOOK_AGAIN_MS = 1_500
/** Entries of the queue that are listed; each stands for all calls of a function in a run. */
const QUEUE_LIMIT = 500

const again = { refetchInterval: LOOK_AGAIN_MS }

export const useWorkers = () => useAsk(workerRoutes.list, { params: { project: PROJECT } }, again)

export const usePools = () => useAsk(poolRoutes.list, { params: { project: PROJECT } }, again)

export function useQueue() {
  const workspace = useChosenWorkspace()
  return useAsk(
    runRoutes.queue,
    { params: { project: PROJECT }, query: { limit: QUEUE_LIMIT, ...(workspace === null ? {} : { workspace }) } },
    again,
  )
}
