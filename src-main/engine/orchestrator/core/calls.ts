import { callKey, callsOf, isUsable, unitAt } from './called.ts'
import type { CallRequest, Command, UnitPlace } from './commands.ts'
import { dependents } from './graph.ts'
import type { CallState, ExecutionState, RunState, Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { findUnit, isEnding, place, queuePhase, succeeded } from './units.ts'
import { chainOf, outOfReach } from './workspaces.ts'

/**
 * An execution calls. Each call becomes a unit of the run, or is answered with one that is there: one that an attempt before
 * it had called, or one with the same memo key.
 */
export function call(turn: Turn, { token, request, calls }: Extract<Command, { type: 'step.call' }>): void {
  const held = turn.state.executions.get(token)
  if (held === undefined || held.execution.calls?.has(request) === true) return
  // It is being ended, and so would they be.
  if (held.execution.cancelling !== null) return
  const { unit: by, execution } = held
  for (const one of calls) {
    const found = inherited(execution, one) ?? memoHit(turn, by, one)
    if (found === undefined) create(turn, by, execution, request, one)
    else turn.emit({ type: 'step.linked', ...place(found), at: turn.now, token, request })
  }
}

/** A call of an attempt before this one, in the order in which they were made; each is found once. */
function inherited({ inherited, resumed }: ExecutionState, { definition, args }: CallRequest): Unit | undefined {
  if (inherited === null || resumed === null) return undefined
  // What could be found when the attempt began may have been cancelled since.
  return inherited.get(callKey(definition, args))?.find((unit) => isUsable(unit, resumed))
}

/** The newest call with the same memo key that has succeeded or may still. */
function memoHit({ state }: Turn, by: Unit, { memo }: CallRequest): Unit | undefined {
  const { run, workspace } = by
  if (memo === null) return undefined
  const calls = run.memos.get(memo)
  if (calls === undefined) return undefined
  const chain = chainOf(state, workspace)
  return calls.findLast((unit) => {
    if (!chain.includes(unit.workspace)) return false
    // One that is called by what it called would wait for itself.
    if (unit.outcome === null) return !unit.ending && !isAbove(unit, by)
    return succeeded(unit)
  })
}

function isAbove(unit: Unit, by: Unit): boolean {
  for (let above: Unit | undefined = by; above !== undefined; above = above.call?.by) if (above === unit) return true
  return false
}

function create(turn: Turn, by: Unit, { token }: ExecutionState, request: number, one: CallRequest): void {
  const { state, now } = turn
  const { run } = by
  const known = run.variants.findIndex((variant) => isSame(variant, one))
  const step = known >= 0 ? (run.variants[known]?.name ?? one.name) : nameOf(run, one)
  const index = run.steps.get(step)?.fanOut?.units.length ?? 0
  const before = one.defer === null ? undefined : state.deferrals.get(one.defer)
  const given = one.refs.flatMap((key) => unitAt(state, run.id, key))
  const replaces = before !== undefined && isReplaceable(before) && !needs(state, given, before)
  turn.emit({
    type: 'step.called',
    run: run.id,
    at: now,
    step,
    index,
    token,
    request,
    variant: known >= 0 ? known : run.variants.length,
    ...(known >= 0 ? {} : { definition: { ...one.definition, name: step } }),
    args: one.args,
    ...(one.refs.length === 0 ? {} : { refs: one.refs }),
    ...(one.memo === null ? {} : { memo: one.memo }),
    ...(one.defer === null ? {} : { defer: one.defer }),
    ...(one.group === null ? {} : { group: one.group }),
  })
  if (replaces) {
    turn.emit({ type: 'step.deferred', ...place(before), at: now, to: { run: run.id, step, index } })
  }
}

/** Definitions are compared as they are: the edge hands in the same object for the same target and options. */
const sources = new WeakMap<object, WeakMap<object, boolean>>()

function isSame(variant: Unit['step'], { definition }: CallRequest): boolean {
  if (variant === definition) return true
  const of = sources.get(definition) ?? new WeakMap<object, boolean>()
  sources.set(definition, of)
  const before = of.get(variant)
  if (before !== undefined) return before
  const same = JSON.stringify({ ...variant, name: '' }) === JSON.stringify({ ...definition, name: '' })
  of.set(variant, same)
  return same
}

/** `train`, or `train_2` when another target of that name, or a step of the plan, has the name in this run. */
function nameOf(run: RunState, { name, definition }: CallRequest): string {
  const fits = (step: string): boolean => {
    const holder = run.steps.get(step)
    return holder === undefined || (holder.grows && isSameTarget(holder.step, definition))
  }
  if (fits(name)) return name
  for (let number = 2; ; number++) if (fits(`${name}_${number}`)) return `${name}_${number}`
}

function isSameTarget(a: Unit['step'], b: Unit['step']): boolean {
  if (a.kind !== b.kind || a.workflow !== b.workflow) return false
  return a.target?.module === b.target?.module && a.target?.name === b.target?.name
}

/** Whether units wait for another one: it cannot follow what waits for them. */
function needs(state: Turn['state'], units: readonly Unit[], other: Unit): boolean {
  const seen = new Set<Unit>(units.filter(({ phase }) => phase !== 'done'))
  for (const { call, follows, resumeOn } of seen) {
    const newer = follows === null ? undefined : findUnit(state, follows.run, follows.step, follows.index)
    for (const next of [...(call?.refs ?? []), ...(resumeOn?.steps ?? []), ...(newer === undefined ? [] : [newer])]) {
      if (next.phase !== 'done') seen.add(next)
    }
  }
  return seen.has(other)
}

const isReplaceable = (unit: Unit): boolean =>
  unit.executions.length === 0 && (unit.phase === 'blocked' || unit.phase === 'sleeping' || queuePhase(unit.phase))

/** Ends units and what they called. */
export function cancelSteps(turn: Turn, units: readonly UnitPlace[], by: string): void {
  for (const { run, step, index } of units) {
    const unit = findUnit(turn.state, run, step, index)
    if (unit !== undefined) cancelStep(turn, unit, by)
  }
}

function cancelStep(turn: Turn, unit: Unit, by: string): void {
  if (unit.phase === 'done' || unit.ending) return
  const items = unit.fanOut?.units ?? []
  if (unit.grows) {
    // What holds calls is no unit of its own: more may come.
    for (const item of items) cancelStep(turn, item, by)
    return
  }
  turn.emit({ type: 'step.cancelling', ...place(unit), at: turn.now, by })
  for (const one of [unit, ...items]) cancelCalls(turn, one, one.executions, by)
}

/**
 * Ends what attempts of a unit called and nobody else needs: they have failed, or are cancelled themselves.
 * @param spareMemos another attempt follows, which may find them again
 */
export function cancelCalls(
  turn: Turn,
  unit: Unit,
  attempts: readonly ExecutionState[],
  by: string,
  spareMemos = false,
): void {
  for (const attempt of attempts) {
    for (const called of callsOf(attempt)) {
      const { call, phase, ending } = called
      if (call === null || phase === 'done' || ending || (spareMemos && call.memo !== null)) continue
      // Somebody ran it again after its caller had come to nothing: it is wanted for itself.
      if (called.round > unit.round) continue
      if (!isNeeded(call, unit)) cancelStep(turn, called, by)
    }
  }
}

/** Whether somebody other than a unit has called this, or was given it, and may still want it. */
function isNeeded(call: CallState, unit: Unit): boolean {
  for (const { by, attempt } of [call, ...call.links]) {
    if (by === unit) continue
    // Its next attempt finds it by its memo key.
    if (call.memo !== null && by.phase !== 'done') return true
    if (isHeld(by, attempt)) return true
  }
  return false
}

/** Whether an attempt, or one that it handed its calls on to, goes on, will, or has succeeded: then its calls do as well. */
function isHeld(by: Unit, attempt: number): boolean {
  // Attempts are numbered without gaps.
  for (let index = attempt - 1; ; index++) {
    const execution = by.executions[index]
    if (execution === undefined) return by.resumes !== null
    if (execution.status === null || execution.status === 'succeeded') return true
    const next = by.executions[index + 1]
    const handsOn = next === undefined ? by.resumes !== null : next.resumed !== null
    if (!handsOn) return false
  }
}

/** Attempts of a unit that came to nothing, and handed their calls on to none that did not. A recurrent target may have others. */
export const failedAttempts = (unit: Unit): ExecutionState[] =>
  unit.executions.filter(({ attempt }) => !isHeld(unit, attempt))

/** Runs one unit of a run again; what runs of it is ended before. */
export function rerunStep(turn: Turn, command: Extract<Command, { type: 'step.rerun' }>): void {
  const { unit: where, by, workspace } = command
  const { run, step, index } = where
  const unit = findUnit(turn.state, run, step, index)
  if (unit === undefined || notAgain(unit) !== null) return
  if (workspace !== undefined && outOfReach(turn.state, [unit], workspace) !== null) return
  turn.emit({
    type: 'step.reopened',
    ...place(unit),
    at: turn.now,
    by,
    ...(workspace === undefined ? {} : { workspace }),
  })
  cancelCalls(turn, unit, unit.executions, by)
}

/** Why a unit cannot run again while its run goes on, in words; null when it can. */
export function notAgain(unit: Unit): string | null {
  const { run, parent, phase } = unit
  if (run.finished !== null) return 'its run has ended'
  if (run.cancelling !== null) return 'its run is being cancelled'
  if (unit.grows) return 'it holds calls: name one of them'
  if (phase === 'items') return 'its items have not all ended'
  if (parent !== null && parent.phase !== 'done' && (isEnding(parent) || parent.fanOut?.failing === true)) {
    return 'the step that it is an item of is being ended'
  }
  if (unit.call !== null) return null
  const open = parent ?? unit
  // An item that goes on, in a step that does, changes nothing for those that wait for the step.
  if (open.phase !== 'done') return null
  const begun = (dependents(run.plan).get(open.step.name) ?? []).find(
    (name) => run.steps.get(name)?.phase !== 'blocked',
  )
  return begun === undefined ? null : `${begun}, which needs it, has begun or ended`
}
