import { ProblemError, type Worker } from '../../../src-shared/contract/index.ts'
import type { LiveWorker, WorkerHub } from '../executors/index.ts'
import { nameOfWorkspace, type State } from './core/index.ts'

/** Executions of a worker that are listed. */
const LISTED = 100

/** Work that is queued for code: what a pool looks at to know whether its workers are needed. */
export interface CodeDemand {
  /** Name of the workspace */
  readonly workspace: string
  readonly module: string
  /** Tags that a worker must offer */
  readonly requires: readonly string[]
  /** Executions that wait */
  readonly count: number
}

/** What people ask about workers, and do with them. */
export function workerCalls(state: State, hub: WorkerHub | null) {
  const known = (id: string): WorkerHub => {
    if (hub?.workers().some(({ worker }) => worker === id) === true) return hub
    throw new ProblemError('worker_not_found', `there is no worker ${id} now`, {
      fix: 'list those that are there with: weir worker list',
    })
  }
  return {
    workers: (): Worker[] => (hub?.workers() ?? []).map((worker) => viewOf(state, worker)),

    drainWorker(id: string): void {
      known(id).drain(id)
    },

    stopWorker(id: string): void {
      known(id).stop(id)
    },

    codeDemand: (): CodeDemand[] => demandOf(state),
  }
}

function viewOf(state: State, worker: LiveWorker): Worker {
  const { worker: id, busy, since, workspace, hosts, earlier, tags, faults, ...rest } = worker
  const booked = state.workers.get(id)
  return {
    ...rest,
    id,
    workspace: nameOfWorkspace(state, workspace),
    hosts: { ...hosts },
    earlier: Object.fromEntries(Object.entries(earlier).map(([module, versions]) => [module, [...versions]])),
    tags: [...tags],
    faults: faults.map((fault) => ({ ...fault })),
    since: new Date(since).toISOString(),
    busy: busy.length,
    busyShared: busy.filter(({ isShared }) => isShared).length,
    used: { processes: booked?.used ?? 0, shared: booked?.shared ?? 0 },
    executions: busy.slice(0, LISTED).map(({ execution, target }) => ({ execution, target })),
  }
}

function demandOf(state: State): CodeDemand[] {
  const found = new Map<string, CodeDemand>()
  for (const { step, units, head } of state.queue.values()) {
    const { target, rules } = step
    if (target == null) continue
    const requires = rules?.requires ?? []
    for (let index = head; index < units.length; index++) {
      const unit = units[index]
      if (unit?.phase !== 'queued') continue
      const key = JSON.stringify([unit.workspace, target.module, requires])
      const count = (found.get(key)?.count ?? 0) + 1
      found.set(key, { workspace: nameOfWorkspace(state, unit.workspace), module: target.module, requires, count })
    }
  }
  return [...found.values()]
}
