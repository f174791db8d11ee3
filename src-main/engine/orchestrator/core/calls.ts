import { callKey } from './called.ts'
import type { CallRequest, Command, UnitPlace } from './commands.ts'
import { type ExecutionState, findUnit, place, queuePhase, type RunState, type Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { chainOf, outOfReach } from './workspaces.ts'

/**
 * An execution calls. Each call becomes a unit of the run, or is answered with one that is there: one that an attempt before
 * it had called, or one with the same memo key.
 */
export function call(turn: Turn, { token, request, calls }: Extract<Command, { type: 'step.call' }>): void {
  const held = turn.state.executions.get(token)
  if (held === undefined || held.execution.calls?.has(request) === true) return
  const { unit: by, execution } = held
  for (const one of calls) {
    const found = inherited(execution, one) ?? memoHit(turn, by, one)
    if (found === undefined) create(turn, by, execution, request, one)
    else turn.emit({ type: 'step.linked', ...place(found), at: turn.now, token, request })
  }
}

/** A call of an attempt before this one, in the order in which they were made; each is found once. */
function inherited({ inherited }: ExecutionState, { definition, args }: CallRequest): Unit | undefined {
  return inherited === null ? undefined : inherited.get(callKey(definition, args))?.[0]
}

/** The newest call with the same memo key that has succeeded or may still. */
function memoHit({ state }: Turn, { run, workspace }: Unit, { memo }: CallRequest): Unit | undefined {
  if (memo === null) return undefined
  const calls = run.memos.get(memo)
  if (calls === undefined) return undefined
  const chain = chainOf(state, workspace)
  return calls.findLast(({ outcome, ending, workspace: ranIn }) => {
    if (!chain.includes(ranIn)) return false
    if (outcome === null) return !ending
    return outcome === 'succeeded' || outcome === 'cached'
  })
}

function create(turn: Turn, by: Unit, { token }: ExecutionState, request: number, one: CallRequest): void {
  const { state, now } = turn
  const { run } = by
  const known = run.variants.findIndex((variant) => isSame(variant, one))
  const step = known >= 0 ? (run.variants[known]?.name ?? one.name) : nameOf(run, one)
  const index = run.steps.get(step)?.fanOut?.units.length ?? 0
  const before = one.defer === null ? undefined : state.deferrals.get(one.defer)
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
  if (before !== undefined && isReplaceable(before)) {
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
  turn.emit({ type: 'step.cancelling', ...place(unit), at: turn.now, by })
  const execution = unit.executions.at(-1)
  if (execution !== undefined) cancelCalls(turn, execution, by)
}

/**
 * Ends what an execution called and nobody else needs: it has failed, or was cancelled itself.
 * @param spareMemos another attempt follows, which may find them again
 */
export function cancelCalls(turn: Turn, execution: ExecutionState, by: string, spareMemos = false): void {
  for (const unit of callsOf(execution)) {
    const { call } = unit
    if (call === null || call.token !== execution.token || (spareMemos && call.memo !== null)) continue
    if (call.links.some(({ token }) => turn.state.executions.has(token))) continue
    cancelStep(turn, unit, by)
  }
}

export function* callsOf({ calls }: ExecutionState): Generator<Unit> {
  for (const units of calls?.values() ?? []) yield* units
}

/** Runs one unit of a run again; what runs of it is ended before. */
export function rerunStep(turn: Turn, command: Extract<Command, { type: 'step.rerun' }>): void {
  const { unit: where, by, workspace } = command
  const { run, step, index } = where
  const unit = findUnit(turn.state, run, step, index)
  if (unit === undefined || unit.run.cancelling !== null || unit.run.finished !== null) return
  const execution = unit.executions.at(-1)
  if (workspace !== undefined && outOfReach(turn.state, [unit], workspace) !== null) return
  turn.emit({
    type: 'step.reopened',
    ...place(unit),
    at: turn.now,
    by,
    ...(workspace === undefined ? {} : { workspace }),
  })
  if (execution !== undefined) cancelCalls(turn, execution, by)
}
