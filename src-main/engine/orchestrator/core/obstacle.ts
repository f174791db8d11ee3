import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { StepResources } from '../../workflows/index.ts'
import { takesTurn } from './claim.ts'
import type { State, Unit } from './state.ts'
import { executorOf } from './units.ts'
import { chooseWorker } from './workers.ts'
import { isPaused, nameOfWorkspace } from './workspaces.ts'

/** Sums of fractions of a processor drift in binary; less than this is nothing. */
const EPSILON = 1e-6

/** Why a step can never run on this machine; null when it can. */
export function impossible(state: State, wanted: StepResources): Failure | null {
  const { capacity } = state
  const fault = (what: string, asked: string, has: string): Failure => ({
    code: 'resources_impossible',
    message: `it asks for ${asked}, and this machine has ${has}`,
    fix: `lower resources.${what} of the step, or run it on a larger machine`,
  })
  if (wanted.cpus > capacity.cpus + EPSILON) return fault('cpus', `${wanted.cpus} CPUs`, `${capacity.cpus}`)
  if (wanted.memoryBytes > capacity.memoryBytes) {
    return fault('memory', gib(wanted.memoryBytes), `${gib(capacity.memoryBytes)} of memory`)
  }
  if (wanted.gpus > capacity.gpus) return fault('gpus', `${wanted.gpus} GPUs`, `${capacity.gpus}`)
  return null
}

export const gib = (bytes: number): string => `${Math.round((bytes / 2 ** 30) * 100) / 100} GiB`

/** What keeps a queued unit from running now. */
export type Obstacle =
  /** The workspace by its identifier, with its name for words */
  | { readonly type: 'paused'; readonly workspace: string; readonly name: string }
  | { readonly type: 'executor'; readonly executor: string; readonly reason: string }
  /** No worker takes it; `chooseWorker` and `whyNoWorker` say more */
  | { readonly type: 'worker' }
  | { readonly type: 'parallel'; readonly limit: number }
  | { readonly type: 'concurrency'; readonly key: string; readonly limit: number }
  | { readonly type: 'cpus' | 'memory' | 'gpus'; readonly wanted: number; readonly free: number }
  /** The room that there is belongs to another project, which has waited longer */
  | { readonly type: 'turn' }

/** The first obstacle in the way of a queued unit; null when it could go. */
export function obstacle(state: State, unit: Unit): Obstacle | null {
  if (isPaused(state, unit)) {
    return { type: 'paused', workspace: unit.workspace, name: nameOfWorkspace(state, unit.workspace) }
  }
  const executor = executorOf(unit.step)
  const reason = state.unavailable.get(executor)
  if (reason !== undefined) return { type: 'executor', executor, reason }
  const limit = unit.step.forEach?.maxParallel ?? null
  if (limit !== null && (unit.parent?.fanOut?.active ?? 0) >= limit) return { type: 'parallel', limit }
  // Before the room: none is kept free for a unit that could not take it.
  const key = unit.resolved?.concurrencyKey ?? null
  const most = unit.step.concurrency?.limit ?? 1
  if (key !== null && (state.concurrency.get(key) ?? 0) >= most) return { type: 'concurrency', key, limit: most }
  if (executor === 'worker' && chooseWorker(state, unit) === null) return { type: 'worker' }
  const { resources } = unit.step
  const { capacity, used, others } = state
  const free = (what: 'cpus' | 'memoryBytes' | 'gpus'): number => capacity[what] - used[what] - others[what]
  if (resources.cpus > free('cpus') + EPSILON) return { type: 'cpus', wanted: resources.cpus, free: free('cpus') }
  if (resources.memoryBytes > free('memoryBytes')) {
    return { type: 'memory', wanted: resources.memoryBytes, free: free('memoryBytes') }
  }
  if (resources.gpus > free('gpus')) return { type: 'gpus', wanted: resources.gpus, free: free('gpus') }
  if (state.claim === null) return null
  const room = { cpus: free('cpus'), memoryBytes: free('memoryBytes'), gpus: free('gpus') }
  if (takesTurn(state.claim, room, resources)) return { type: 'turn' }
  return null
}
