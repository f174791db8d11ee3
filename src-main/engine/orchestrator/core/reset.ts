import type { PlanStep, TargetRef } from '../../workflows/index.ts'
import { isOpen } from './beginnings.ts'
import { untell } from './called.ts'
import { endExecution } from './ends.ts'
import type { RunReopened, StepReopened } from './events.ts'
import { dependents } from './graph.ts'
import { leaveWaiting } from './moves.ts'
import type { RunState, State, Unit } from './state.ts'
import { currentExecution, roundOf } from './units.ts'

/** Applies `run.reopened`: what runs again is blocked anew; attempts that were made stay on record. */
export function runReopened(state: State, event: RunReopened): void {
  const run = state.runs.get(event.run)
  if (run === undefined) return
  if (run.finishedAt !== null) run.rounds.push({ startedAt: run.startedAt, finishedAt: run.finishedAt })
  run.finished = null
  run.finishedAt = null
  // Its time counts anew: the pause between its end and the re-run is nobody's work.
  run.startedAt = null
  run.cancelling = null
  run.outputs = null
  run.error = null
  const workspace = event.workspace ?? run.workspace
  if (workspace !== (run.rerunIn.at(-1) ?? run.workspace)) {
    run.rerunIn = [...run.rerunIn.filter((id) => id !== workspace), workspace]
  }
  const reset = new Set([...event.steps, ...Object.keys(event.items)])
  for (const name of event.steps) {
    const unit = run.steps.get(name)
    if (unit === undefined) continue
    resetUnit(state, run, unit, workspace, reset)
    keepCalls(unit, event)
  }
  for (const name of Object.keys(event.items)) resetItems(state, run, name, event)
  state.followUps.push(run, ...run.steps.values())
}

function keepCalls(unit: Unit, event: RunReopened): void {
  if (event.keepCalls === true && unit.executions.length > 0) unit.resumes = 'succeeded'
}

/** Applies `step.reopened`: runs again at once, or as soon as what runs of it has ended. */
export function stepReopened(state: State, unit: Unit, { workspace = unit.workspace, at }: StepReopened): void {
  const execution = currentExecution(unit)
  if (execution === undefined && unit.phase !== 'child') return reopenUnit(state, unit, workspace, at)
  unit.again = workspace
  // The newer wish counts, also after a cancel.
  unit.ending = false
  unit.endedBy = null
  if (execution === undefined) state.followUps.push(unit)
  else endExecution(state, unit, execution, 'cancel')
}

/** Runs one unit again while its run goes on; nothing of it runs now. */
export function reopenUnit(state: State, unit: Unit, workspace: string, at: number): void {
  const { run, parent } = unit
  const wasOver = unit.phase === 'done'
  if (unit.phase === 'queued') state.stirred = true
  leaveWaiting(unit)
  if (wasOver) {
    if (unit.call !== null) run.open += 1
    if (parent !== null) reopenParent(state, unit, parent, at)
  }
  resetUnit(state, run, unit, workspace, NOTHING)
  if (wasOver) {
    untell(state, unit)
    if (unit.parent === null) needAgain(unit)
  }
  state.followUps.push(unit)
}

/** An item is open again, and with it what holds it. */
function reopenParent(state: State, { outcome }: Unit, parent: Unit, at: number): void {
  const { fanOut, run } = parent
  if (fanOut === null) return
  fanOut.done -= 1
  if (outcome === 'failed') fanOut.failed -= 1
  if (parent.phase !== 'done') return
  if (!parent.grows) {
    run.open += 1
    closeSpan(run, parent)
    parent.beganAt = at
    parent.generation = state.nextGeneration++
    fanOut.lost = false
    fanOut.failing = false
    parent.ending = false
    parent.endedBy = null
    needAgain(parent)
  }
  parent.phase = 'items'
  parent.outcome = null
  parent.outputs = null
  parent.error = null
  parent.endedAt = null
}

/** Steps that need one which had ended wait for it anew; see `notAgain`: none of them has begun. */
function needAgain({ run, step }: Unit): void {
  for (const name of dependents(run.plan).get(step.name) ?? []) {
    const other = run.steps.get(name)
    if (other?.phase === 'blocked') other.missing += 1
  }
}

const NOTHING: ReadonlySet<string> = new Set()

function resetUnit(state: State, run: RunState, unit: Unit, workspace: string, reset: ReadonlySet<string>): void {
  if (unit.parent === null && unit.phase === 'done') run.open += 1
  closeSpan(run, unit)
  unit.workspace = workspace
  unit.phase = 'blocked'
  unit.generation = state.nextGeneration++
  unit.outcome = null
  unit.outputs = null
  unit.error = null
  unit.failures = 0
  unit.losses = 0
  unit.skipCache = true
  unit.resolved = null
  unit.beganAt = null
  unit.endedAt = null
  unit.wakeAt = null
  unit.awaits = null
  unit.message = null
  unit.skipReason = null
  unit.child = null
  unit.resumeOn = null
  // Run again by hand, code is the newest of its workspace. What else the run calls stays with the version that it began with.
  if (unit.step.target != null) unit.step = unbound(unit.step, unit.step.target)
  unit.resumes = null
  unit.follows = null
  unit.delayed = false
  unit.ending = false
  unit.endedBy = null
  unit.again = null
  for (const item of unit.fanOut?.units ?? []) closeSpan(run, item)
  if (unit.fanOut !== null) unit.former = [...unit.fanOut.units, ...unit.former.slice(unit.fanOut.units.length)]
  unit.fanOut = null
  if (unit.call !== null) unit.missing = unit.call.refs.filter(isOpen).length
  else unit.missing = unit.parent === null ? openNeeds(unit, reset) : 0
}

/** @param reset steps that run again with it, whether or not that was done already */
const openNeeds = ({ run, step }: Unit, reset: ReadonlySet<string>): number =>
  step.needs.filter((need) => reset.has(need) || run.steps.get(need)?.phase !== 'done').length

/** Keeps the time that a unit took without executions of its own; from here on its time counts anew. */
function closeSpan(run: RunState, unit: Unit): void {
  const { beganAt, endedAt, outcome, round } = unit
  if (beganAt !== null && endedAt !== null && outcome !== null) {
    unit.earlier = [...unit.earlier, { round, from: beganAt, to: endedAt, outcome }]
  }
  unit.round = roundOf(run)
}

/** Opens some items of a fan-out again; what depends on it is among the whole steps of the event. */
function resetItems(state: State, run: RunState, name: string, event: RunReopened): void {
  const parent = run.steps.get(name)
  if (parent?.fanOut == null) return
  const workspace = event.workspace ?? run.workspace
  const items = (event.items[name] ?? []).flatMap((index) => parent.fanOut?.units[index] ?? [])
  if (parent.grows) {
    for (const called of items) reopenUnit(state, called, workspace, event.at)
    return
  }
  for (const item of items) {
    if (item.phase !== 'done') continue
    parent.fanOut.done -= 1
    if (item.outcome === 'failed') parent.fanOut.failed -= 1
    resetUnit(state, run, item, workspace, NOTHING)
    keepCalls(item, event)
    state.followUps.push(item)
  }
  parent.fanOut.lost = false
  parent.fanOut.failing = false
  if (parent.phase === 'done') run.open += 1
  closeSpan(run, parent)
  parent.workspace = workspace
  parent.phase = 'items'
  parent.beganAt = event.at
  parent.endedAt = null
  parent.generation = state.nextGeneration++
  parent.outcome = null
  parent.outputs = null
  parent.error = null
  parent.ending = false
  parent.endedBy = null
}

/** The definition of a step before it was bound to a version. */
function unbound(step: PlanStep, target: TargetRef): PlanStep {
  const { rules: _, ...rest } = step
  // A workflow may have become a task.
  return { ...rest, kind: 'target', workflow: null, target: { ...target, version: null } }
}
