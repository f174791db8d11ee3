import { takeCached } from './cached.ts'
import { isLess } from './claim.ts'
import { type Obstacle, obstacle } from './obstacle.ts'
import { hasNoRoom, isPassed, nothingPassed, type Passed, pass } from './passed.ts'
import type { ReadyGroup, Resolved, State, Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { executorOf, nextAttempt, place, queueKey } from './units.ts'
import { chooseWorker } from './workers.ts'

/**
 * Who runs next: higher priority first; then the run that has the least out, so that a long run does not lock out a short
 * one; then the older run; then the order of the queue. A unit that does not fit is passed over for smaller
 * ones, but not for longer than {@link RESERVE_AFTER_MS}: then the room is kept free for it, and among equal priorities it
 * is the next to go.
 */
export const RESERVE_AFTER_MS = 60_000

/** How many units of one group are looked at for one whose concurrency key is free. */
const KEY_SCAN_LIMIT = 64

/** Puts a unit whose expressions are resolved into the queue. */
export function enqueue(state: State, unit: Unit, resolved: Resolved, now: number): void {
  unit.phase = 'queued'
  unit.resolved = resolved
  unit.readyAt = now
  const id = queueKey(unit)
  const group = state.queue.get(id) ?? { run: unit.run, step: unit.step, units: [], head: 0 }
  state.queue.set(id, group)
  group.units.push(unit)
  unit.group = group
  state.stirred = true
}

/** Dispatches from the queue until nothing more fits. */
export function schedule(turn: Turn): void {
  const { state, now } = turn
  if (!state.stirred) return
  state.stirred = false
  if (state.executions.size === 0) state.used = { cpus: 0, memoryBytes: 0, gpus: 0 }
  if (state.reserved?.phase !== 'queued') state.reserved = null
  state.lacks = null
  const passed = nothingPassed()
  for (let group = first(turn, passed); group !== null; group = first(turn, passed)) {
    const found = runnable(state, group)
    if (found !== null && found.obstacle === null) {
      dispatch(turn, found.unit)
      continue
    }
    if (found !== null && isRoom(found.obstacle)) lack(state, found.unit)
    pass(passed, group, found?.obstacle ?? null)
    // What is paused may wait for weeks: no room is kept for it.
    if (found?.obstacle?.type === 'paused') continue
    if (found !== null && hasNoRoom(passed, group) && isOverdue(found.unit, now)) {
      state.reserved = found.unit
      return
    }
  }
}

const ROOM: ReadonlySet<string> = new Set<Obstacle['type']>(['cpus', 'memory', 'gpus', 'turn'])
const isRoom = (found: Obstacle | null): boolean => found !== null && ROOM.has(found.type)

/** Remembers what finds no room on the machine: other projects leave it some. */
function lack(state: State, unit: Unit): void {
  const { next, least } = state.lacks ?? { next: unit, least: unit }
  state.lacks = { next, least: isLess(unit.step.resources, least.step.resources) ? unit : least }
}

const isOverdue = (unit: Unit | undefined, now: number): boolean =>
  unit !== undefined && now - unit.readyAt > RESERVE_AFTER_MS

/** The group whose turn it is among those that may go. Groups that ran empty are taken out on the way. */
function first({ state, now }: Turn, passed: Passed): ReadyGroup | null {
  let best: ReadyGroup | null = null
  for (const [id, group] of state.queue) {
    trim(group)
    if (group.head === group.units.length) state.queue.delete(id)
    else if (isPassed(passed, group, isOverdue(group.units[group.head], now))) continue
    else if (best === null || before(state, group, best)) best = group
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

/** A unit that was run again may stand in another group by now. */
const standsIn = (group: ReadyGroup, unit: Unit | undefined): boolean =>
  unit?.phase === 'queued' && unit.group === group

/** Memory of a group's past is given back when this many entries of it are behind its head. */
const TRIM_AFTER = 1024

function trim(group: ReadyGroup): void {
  while (group.head < group.units.length && !standsIn(group, group.units[group.head])) group.head += 1
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
    if (unit === undefined || !standsIn(group, unit)) continue
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
  const worker = unit.step.kind === 'target' ? chooseWorker(state, unit) : null
  const resumed = unit.executions.length === 0 ? null : unit.resumes
  turn.emit({
    type: 'execution.dispatched',
    ...place(unit),
    at: now,
    attempt: nextAttempt(unit),
    token: `${unit.run.id}/${state.epoch}.${state.nextToken++}`,
    executor: executorOf(unit.step),
    ...(unit.workspace === unit.run.workspace ? {} : { workspace: unit.workspace }),
    ...(inputs === null ? {} : { inputs }),
    ...(cache === null ? {} : { cache: { key: cache.key, parts: cache.parts ?? {}, reason: cache.reason ?? '' } }),
    ...(concurrencyKey === null ? {} : { concurrencyKey }),
    ...(worker === null ? {} : { worker }),
    ...(resumed === null ? {} : { resumed }),
  })
}
