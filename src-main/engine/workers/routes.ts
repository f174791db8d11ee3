import { ProblemError, type Worker, type workerRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { ProjectThread } from '../projects/index.ts'

/** @param threadOf refuses with `project_not_found` */
export function workerHandlers(threadOf: (project: string) => Promise<ProjectThread>): Handlers<typeof workerRoutes> {
  /** Asks only an orchestrator that runs: who looks at workers wakes none, and without it there are none. */
  const workersOf = async (project: string): Promise<Worker[]> => {
    const thread = await threadOf(project)
    return thread.state === 'idle' ? [] : thread.call('workers')
  }
  const find = async (project: string, id: string): Promise<Worker> => {
    const worker = (await workersOf(project)).find((one) => one.id === id)
    if (worker !== undefined) return worker
    throw new ProblemError('worker_not_found', `there is no worker ${id} now`, {
      fix: 'list those that are there with: weir worker list',
    })
  }
  return {
    list: async ({ params }) => ({ items: await workersOf(params.project) }),
    get: ({ params }) => find(params.project, params.worker),
    async drain({ params }) {
      const worker = await find(params.project, params.worker)
      await (await threadOf(params.project)).call('drainWorker', worker.id)
      return { ...worker, draining: true }
    },
    async stop({ params }) {
      const worker = await find(params.project, params.worker)
      await (await threadOf(params.project)).call('stopWorker', worker.id)
      return { ...worker, draining: true, busy: 0, busyShared: 0, used: { processes: 0, shared: 0 }, executions: [] }
    },
  }
}
