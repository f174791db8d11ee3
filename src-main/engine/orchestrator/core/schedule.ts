import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { StepResources } from '../../workflows/index.ts'
import { takeCached } from './cached.ts'
import { executorOf, nextAttempt, place, type ReadyGroup, type Resolved, type State, type Unit } from './state.ts'
import type { Turn } from './turn.ts'

/**
 * Who runs next: higher priority first; then the run that has the least out, so that a long run does not lock out a short
 * one; then the older run; then the order of the queue. A unit that does not fit is passed over for smaller
 * ones, but not for longer than {@link RESERVE_AFTER_MS}: then the room is kept free for it, and among equal priorities it
 * is the next to go.
 */
export const RESERVE_AFTER_MS = 60_000

/** How many units of one group are looked at for one whose concurrency key is free. */
const KEY_SCAN_LIMIT = 64

/** Sums of fractions of a processor drift in binary; less than this is nothing. */
const EPSILON = 1e-6

/** Puts a unit whose expressions are resolved into the queue. */
export function enqueue(state: State, unit: Unit, resolved: Resolved, now: number): void {
  unit.phase = 'queued'
  unit.resolved = resolved
  unit.readyAt = now
  const id = `${unit.run.id}/${unit.step.name}`
  const group = state.queue.get(id)
  if (group === undefined) state.queue.set(id, { run: unit.run, step: unit.step, units: [unit], head: 0 })
  else group.units.push(unit)
}

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
  | { readonly type: 'executor'; readonly executor: string; readonly reason: string }
  | { readonly type: 'parallel'; readonly limit: number }
  | { readonly type: 'concurrency'; readonly key: string; readonly limit: number }
  | { readonly type: 'cpus' | 'memory' | 'gpus'; readonly wanted: number; readonly free: number }

/** The first obstacle in the way of a queued unit; null when it could go. */
export function obstacle(state: State, unit: Unit): Obstacle | null {
  const executor = executorOf(unit.step)
  const reason = state.unavailable.get(executor)
  if (reason !== undefined) return { type: 'executor', executor, reason }
  const limit = unit.step.forEach?.maxParallel ?? null
  if (limit !== null && (unit.parent?.fanOut?.active ?? 0) >= limit) return { type: 'parallel', limit }
  // Before the room: none is kept free for a unit that could not take it.
  const key = unit.resolved?.concurrencyKey ?? null
  const most = unit.step.concurrency?.limit ?? 1
  if (key !== null && (state.concurrency.get(key) ?? 0) >= most) return { type: 'concurrency', key, limit: most }
  const { resources } = unit.step
  const { capacity, used } = state
  const free = (what: 'cpus' | 'memoryBytes' | 'gpus'): number => capacity[what] - used[what]
  if (resources.cpus > free('cpus') + EPSILON) return { type: 'cpus', wanted: resources.cpus, free: free('cpus') }
  if (resources.memoryBytes > free('memoryBytes')) {
    return { type: 'memory', wanted: resources.memoryBytes, free: free('memoryBytes') }
  }
  if (resources.gpus > free('gpus')) return { type: 'gpus', wanted: resources.gpus, free: free('gpus') }
  return null
}

/** Dispatches from the queue until nothing more fits. */
export function schedule(turn: Turn): void {
  const { state, now } = turn
  if (state.executions.size === 0) state.used = { cpus: 0, memoryBytes: 0, gpus: 0 }
  if (state.reserved?.phase !== 'queued') state.reserved = null
  const blocked = new Set<ReadyGroup>()
  for (;;) {
    const group = first(state, blocked)
    if (group === null) return
    const found = runnable(state, group)
    if (found !== null && found.obstacle === null) {
      dispatch(turn, found.unit)
      continue
    }
    blocked.add(group)
    if (found !== null && lacksRoom(found.obstacle) && now - found.unit.readyAt > RESERVE_AFTER_MS) {
      state.reserved = found.unit
      return
    }
  }
}

const lacksRoom = (found: Obstacle | null): boolean =>
  found?.type === 'cpus' || found?.type === 'memory' || found?.type === 'gpus'

/** The group whose turn it is among those that are not blocked. Groups that ran empty are taken out on the way. */
function first(state: State, blocked: ReadonlySet<ReadyGroup>): ReadyGroup | null {
  let best: ReadyGroup | null = null
  for (const [id, group] of state.queue) {
    trim(group)
    if (group.head === group.units.length) state.queue.delete(id)
    else if (!blocked.has(group) && (best === null || before(state, group, best))) best = group
  }
  return best
}

const priorityOf = (group: ReadyGroup): number => group.run.priority + group.step.priority

export function before(state: State, a: ReadyGroup, b: ReadyGroup): boolean {
  const priority = priorityOf(a) - priorityOf(b)
  if (priority !== 0) return priority > 0
  const { reserved } = state
  if (reserved !== null && reserved.run === a.run && reserved.step === a.step) return true
  if (reserved !== null && reserved.run === b.run && reserved.step === b.step) return false
  if (a.run.active !== b.run.active) return a.run.active < b.run.active
  return a.run.createdAt < b.run.createdAt
}

/** Memory of a group's past is given back when this many entries of it are behind its head. */
const TRIM_AFTER = 1024

function trim(group: ReadyGroup): void {
  while (group.head < group.units.length && group.units[group.head]?.phase !== 'queued') group.head += 1
  if (group.head > TRIM_AFTER && group.head * 2 > group.units.length) {
    group.units.splice(0, group.head)
    group.head = 0
  }
}

/** The unit of a group that can go, or the one that has waited longest with what is in its way. */
function runnable(state: State, group: ReadyGroup): { unit: Unit; obstacle: Obstacle | null } | null {
  let waiting: { unit: Unit; obstacle: Obstacle } | null = null
  const last = Math.min(group.units.length, group.head + KEY_SCAN_LIMIT)
  for (let index = group.head; index < last; index++) {
    const unit = group.units[index]
    if (unit === undefined || unit.phase !== 'queued') continue
    const found = obstacle(state, unit)
    if (found === null) return { unit, obstacle: null }
    waiting ??= { unit, obstacle: found }
    if (found.type !== 'concurrency') break
  }
  return waiting
}

function dispatch(turn: Turn, unit: Unit): void {
  const { state, now } = turn
  const { inputs, cache, concurrencyKey } = unit.resolved ?? { inputs: null, cache: null, concurrencyKey: null }
  if (cache !== null && takeCached(turn, unit, cache, null)) return
  turn.emit({
    type: 'execution.dispatched',
    ...place(unit),
    at: now,
    attempt: nextAttempt(unit),
    token: `${unit.run.id}/${state.epoch}.${state.nextToken++}`,
    executor: executorOf(unit.step),
    ...(inputs === null ? {} : { inputs }),
    ...(cache === null ? {} : { cache: { key: cache.key, parts: cache.parts ?? {}, reason: cache.reason ?? '' } }),
    ...(concurrencyKey === null ? {} : { concurrencyKey }),
  })
}
