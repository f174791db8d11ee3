import type { ExecutionState, State, Unit } from './state.ts'

/** An execution that is out, with the unit that it belongs to. */
export interface Held {
  readonly unit: Unit
  readonly execution: ExecutionState
}

/** Books what an execution takes: resources, concurrency key, places in run and fan-out, its cache key as pending. */
export function occupy(state: State, held: Held): void {
  const { unit, execution } = held
  state.executions.set(execution.token, held)
  add(state, held, 1)
  const key = execution.cache?.key
  if (key === undefined) return
  const producers = state.producers.get(key)
  if (producers === undefined) state.producers.set(key, [unit])
  else producers.push(unit)
}

/** Gives back what {@link occupy} took; those who waited for its result are asked what they do now. */
export function vacate(state: State, held: Held): void {
  const { unit, execution } = held
  state.executions.delete(execution.token)
  state.stirred = true
  add(state, held, -1)
  const key = execution.cache?.key
  if (key === undefined) return
  const left = (state.producers.get(key) ?? []).filter((producer) => producer !== unit)
  if (left.length > 0) state.producers.set(key, left)
  else state.producers.delete(key)
  const awaiting = state.awaiting.get(key)
  if (awaiting === undefined) return
  state.awaiting.delete(key)
  state.followUps.push(...awaiting)
}

/** Takes or gives back the place of an execution at its worker: while it waits for others, it holds none. */
export function setWaiting(state: State, { unit, execution }: Held, waiting: boolean): void {
  if (execution.waiting === waiting) return
  if (waiting) bookWorker(state, { unit, execution }, -1)
  execution.waiting = waiting
  if (!waiting) bookWorker(state, { unit, execution }, 1)
  state.stirred = true
}

/** What the executions that are out take of a worker that has just joined. */
export function bookedAt(state: State, name: string): { used: number; shared: number } {
  const booked = { used: 0, shared: 0 }
  for (const { unit, execution } of state.executions.values()) {
    if (execution.worker === name && !execution.waiting) booked[placeOf(unit)] += 1
  }
  return booked
}

const placeOf = ({ step }: Unit): 'used' | 'shared' => (step.rules?.isolation === 'shared' ? 'shared' : 'used')

function bookWorker(state: State, { unit, execution }: Held, sign: 1 | -1): void {
  const worker = execution.worker === null || execution.waiting ? undefined : state.workers.get(execution.worker)
  if (worker !== undefined) worker[placeOf(unit)] += sign
}

function add(state: State, held: Held, sign: 1 | -1): void {
  const { unit } = held
  bookWorker(state, held, sign)
  const { cpus, memoryBytes, gpus } = unit.step.resources
  state.used.cpus += sign * cpus
  state.used.memoryBytes += sign * memoryBytes
  state.used.gpus += sign * gpus
  unit.run.active += sign
  if (unit.parent?.fanOut != null) unit.parent.fanOut.active += sign
  const key = unit.resolved?.concurrencyKey
  if (key == null) return
  const count = (state.concurrency.get(key) ?? 0) + sign
  if (count === 0) state.concurrency.delete(key)
  else state.concurrency.set(key, count)
}
