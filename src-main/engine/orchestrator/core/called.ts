import type { PlanStep } from '../../workflows/index.ts'
import { newUnit } from './beginnings.ts'
import type * as E from './events.ts'
import { leaveWaiting, wake } from './moves.ts'
import type { CallState, ExecutionState, RunState, State, Unit } from './state.ts'
import { findUnit, queuePhase } from './units.ts'

/** Applies what executions call: units that come while the run goes on, and edges to units that are there. */

/** What makes two calls the same to an attempt that finds those of the one before it. */
export const callKey = (definition: PlanStep, args: E.ValueRef): string =>
  `${definition.kind} ${definition.workflow ?? ''} ${definition.target?.module}/${definition.target?.name} ${definition.approval?.message ?? ''} ${JSON.stringify(args)}`

export function stepCalled(state: State, event: E.StepCalled): void {
  const held = state.executions.get(event.token)
  if (held === undefined) return
  const { unit: by, execution } = held
  const { run } = by
  if (event.definition !== undefined) run.variants[event.variant] = event.definition
  const definition = run.variants[event.variant]
  if (definition === undefined) return
  const holder = holderOf(state, run, event, definition)
  const call: CallState = {
    token: event.token,
    by,
    attempt: execution.attempt,
    at: event.at,
    depth: (by.call?.depth ?? 0) + 1,
    args: event.args,
    key: callKey(definition, event.args),
    refs: event.refs === undefined ? NO_UNITS : [...new Set(event.refs.flatMap((key) => unitAt(state, run.id, key)))],
    memo: event.memo ?? null,
    defer: event.defer ?? null,
    group: event.group ?? null,
    links: [],
  }
  const unit = newUnit(run, definition, event.index, holder, { call })
  holder.fanOut?.units.push(unit)
  run.open += 1
  run.calls += 1
  for (const ref of call.refs) {
    if (ref.referrers === null) ref.referrers = [unit]
    else ref.referrers.push(unit)
  }
  if (call.memo !== null) append(run.memos, call.memo, unit)
  if (call.defer !== null) state.deferrals.set(call.defer, unit)
  if (definition.target?.version != null && !run.modules.has(definition.target.module)) {
    run.modules.set(definition.target.module, definition.target.version)
  }
  answer(execution, event.request, unit)
  state.followUps.push(unit)
}

const NO_UNITS: readonly Unit[] = []

/** The step that holds the calls of a target; made with the first, opened again by another. */
function holderOf(state: State, run: RunState, event: E.StepCalled, definition: PlanStep): Unit {
  const known = run.steps.get(event.step)
  const holder = known ?? newUnit(run, definition, null, null, { grows: true })
  if (known === undefined) {
    run.steps.set(event.step, holder)
    holder.beganAt = event.at
    holder.fanOut = { items: E_NOTHING, units: [], active: 0, done: 0, failed: 0, lost: false, failing: false }
    holder.generation = state.nextGeneration++
  }
  holder.phase = 'items'
  holder.outcome = null
  holder.endedAt = null
  return holder
}

const E_NOTHING: E.ValueRef = { json: [] }

export function stepLinked(state: State, event: E.StepLinked): void {
  const held = state.executions.get(event.token)
  const unit = findUnit(state, event.run, event.step, event.index)
  if (held === undefined || unit?.call == null) return
  const { execution, unit: by } = held
  answer(execution, event.request, unit)
  const left = execution.inherited?.get(unit.call.key)
  if (left !== undefined) {
    const position = left.indexOf(unit)
    if (position >= 0) left.splice(position, 1)
  }
  unit.call.links.push({ token: event.token, by, attempt: execution.attempt })
}

export function stepDeferred(state: State, unit: Unit, event: E.StepDeferred): void {
  if (unit.phase === 'done') return
  if (unit.phase === 'queued') state.stirred = true
  leaveWaiting(unit)
  unit.phase = 'following'
  unit.follows = event.to
  unit.wakeAt = null
  unit.resolved = null
  unit.awaits = null
  const to = findUnit(state, event.to.run, event.to.step, event.to.index)
  if (to !== undefined) watch(to, unit)
  state.followUps.push(unit)
}

function answer(execution: ExecutionState, request: number, unit: Unit): void {
  execution.calls ??= new Map()
  const units = execution.calls.get(request)
  if (units === undefined) execution.calls.set(request, [unit])
  else units.push(unit)
}

export function watch(unit: Unit, watcher: Unit): void {
  if (unit.watchers === null) unit.watchers = new Set([watcher])
  else unit.watchers.add(watcher)
}

function append(map: Map<string, Unit[]>, key: string, unit: Unit): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [unit])
  else list.push(unit)
}

/** `train[3]` → the unit, in a list; an empty one when it is not there. */
export function unitAt(state: State, run: string, key: string): Unit[] {
  const match = /^(\w+)(?:\[(\d+)\])?$/.exec(key)
  const unit = findUnit(state, run, match?.[1] ?? key, match?.[2] === undefined ? undefined : Number(match[2]))
  return unit === undefined ? [] : [unit]
}

/**
 * The end of a unit that was called: whoever watches it is asked what follows, and its holder ends with its last open call
 * until the next one comes.
 */
export function endCall(state: State, unit: Unit, at: number): void {
  const { run, parent, outcome, call } = unit
  run.open -= 1
  if (call?.defer != null && state.deferrals.get(call.defer) === unit) state.deferrals.delete(call.defer)
  if (parent?.fanOut != null) {
    const { fanOut } = parent
    fanOut.done += 1
    if (outcome === 'failed') fanOut.failed += 1
    if (fanOut.done === fanOut.units.length) {
      parent.phase = 'done'
      parent.outcome = holderOutcome(fanOut.units, fanOut.failed)
      parent.endedAt = at
    }
  }
  tell(state, unit)
  state.effects.push({ type: 'ended', unit })
  if (run.open === 0) state.followUps.push(run)
}

/** Asks those who wait for a unit what they do now that it has ended. Each looks for itself whether it still waits for it. */
export function tell(state: State, unit: Unit): void {
  for (const call of unit.referrers ?? []) {
    if (call.phase !== 'blocked') continue
    call.missing -= 1
    if (call.missing === 0) state.followUps.push(call)
  }
  for (const watcher of unit.watchers ?? []) state.followUps.push(watcher)
}

/** A unit that had ended is open again: the calls that are given its result, and have not begun, wait for it anew. */
export function untell(state: State, unit: Unit): void {
  for (const call of unit.referrers ?? []) {
    if (queuePhase(call.phase)) {
      state.stirred = true
      leaveWaiting(call)
      call.phase = 'blocked'
      call.resolved = null
      call.awaits = null
    }
    if (call.phase === 'blocked') call.missing += 1
  }
}

/** It gave up its process; it goes on when the steps that it waits for have ended, or its time has come. */
export function suspended(state: State, unit: Unit, event: E.ExecutionFinished): void {
  const { steps = [], mode = 'all', until = null } = event.awaits ?? {}
  const awaited = steps.flatMap((key) => unitAt(state, unit.run.id, key))
  unit.phase = 'suspended'
  unit.resumes = 'all'
  unit.resumeOn = { steps: awaited, mode }
  for (const other of awaited) watch(other, unit)
  if (until !== null) wake(state, unit, until)
  state.followUps.push(unit)
}

function holderOutcome(units: readonly Unit[], failed: number): Unit['outcome'] {
  if (failed > 0) return 'failed'
  return units.every(({ outcome }) => outcome === 'cancelled') ? 'cancelled' : 'succeeded'
}

/** What the next attempt of a unit finds of the calls before it, each once, by {@link callKey}. */
export function inheritedBy(unit: Unit, resumed: 'all' | 'succeeded'): Map<string, Unit[]> {
  const found = new Map<string, Unit[]>()
  // An attempt that had found a call of the one before it holds it as well.
  const seen = new Set<Unit>()
  for (const execution of lineOf(unit)) {
    for (const called of callsOf(execution)) {
      if (called.call === null || seen.has(called) || !isUsable(called, resumed)) continue
      seen.add(called)
      append(found, called.call.key, called)
    }
  }
  return found
}

/** The last attempt of a unit and those before it that handed their calls on to it, oldest first. */
export function lineOf({ executions }: Unit): ExecutionState[] {
  const line: ExecutionState[] = []
  for (let index = executions.length - 1; index >= 0; index--) {
    const execution = executions[index]
    if (execution === undefined) break
    line.unshift(execution)
    if (execution.resumed === null) break
  }
  return line
}

/** What an execution called, in this order; a step that it was given twice comes twice. */
export function* callsOf({ calls }: ExecutionState): Generator<Unit> {
  for (const units of calls?.values() ?? []) yield* units
}

/** Whether an attempt finds a call of one before it. */
export function isUsable({ outcome, ending }: Unit, resumed: 'all' | 'succeeded'): boolean {
  if (outcome === 'succeeded' || outcome === 'cached') return true
  return resumed === 'all' && !ending && outcome !== 'cancelled'
}
