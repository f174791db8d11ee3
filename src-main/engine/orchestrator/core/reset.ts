import type { PlanStep, TargetRef } from '../../workflows/index.ts'
import { isOpen } from './beginnings.ts'
import { watch } from './called.ts'
import type { RunReopened } from './events.ts'
import { type RunState, roundOf, type State, type Unit, unitsOf } from './state.ts'

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
    unit.keepCalls = event.keepCalls === true
  }
  for (const [name, indices] of Object.entries(event.items)) {
    resetItems(state, run, name, indices, workspace, event.at)
  }
  state.followUps.push(run, ...run.steps.values())
}

/** Runs one unit again while its run goes on, or as a part of {@link runReopened}; nothing of it runs now. */
export function reopenUnit(state: State, unit: Unit, workspace: string): void {
  const { run, parent } = unit
  if (unit.phase === 'done') {
    if (unit.call !== null) run.open += 1
    if (parent?.fanOut != null) {
      parent.fanOut.done -= 1
      if (unit.outcome === 'failed') parent.fanOut.failed -= 1
      if (parent.grows) {
        parent.phase = 'items'
        parent.outcome = null
        parent.endedAt = null
      }
    }
  }
  const wasOver = unit.phase === 'done'
  resetUnit(state, run, unit, workspace, NOTHING)
  if (unit.call !== null) {
    for (const ref of unit.call.refs) if (isOpen(ref)) watch(ref, unit)
    if (wasOver) for (const other of unitsOf(run)) waitAgain(other, unit)
  }
  state.followUps.push(unit)
}

/** Those that had counted on its end wait for it anew. */
function waitAgain(other: Unit, unit: Unit): void {
  if (other.phase === 'blocked' && other.call?.refs.includes(unit) === true) {
    other.missing += 1
    watch(unit, other)
  } else if (other.phase === 'suspended' && other.resumeOn?.steps.includes(unit) === true) watch(unit, other)
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
  unit.message = null
  unit.skipReason = null
  unit.child = null
  unit.resumeOn = null
  // Run again by hand, code is the newest of its workspace.
  if (unit.step.target != null) {
    run.modules.delete(unit.step.target.module)
    unit.step = unbound(unit.step, unit.step.target)
  }
  unit.follows = null
  unit.delayed = false
  unit.ending = false
  unit.again = null
  for (const item of unit.fanOut?.units ?? []) closeSpan(run, item)
  if (unit.fanOut !== null) unit.former = [...unit.fanOut.units, ...unit.former.slice(unit.fanOut.units.length)]
  unit.fanOut = null
  if (unit.call !== null) unit.missing = unit.call.refs.filter(isOpen).length
  else unit.missing = unit.parent === null ? unit.step.needs.filter((need) => reset.has(need)).length : 0
}

/** Keeps the time that a unit took without executions of its own; from here on its time counts anew. */
function closeSpan(run: RunState, unit: Unit): void {
  const { beganAt, endedAt, outcome, round } = unit
  if (beganAt !== null && endedAt !== null && outcome !== null) {
    unit.earlier = [...unit.earlier, { round, from: beganAt, to: endedAt, outcome }]
  }
  unit.round = roundOf(run)
}

/** Opens some items of a fan-out again; what depends on it is among the whole steps of the event. */
function resetItems(
  state: State,
  run: RunState,
  name: string,
  indices: readonly number[],
  workspace: string,
  at: number,
): void {
  const unit = run.steps.get(name)
  if (unit?.fanOut == null) return
  if (unit.grows) {
    for (const index of indices) {
      const called = unit.fanOut.units[index]
      if (called !== undefined) reopenUnit(state, called, workspace)
    }
    return
  }
  for (const index of indices) {
    const item = unit.fanOut.units[index]
    if (item === undefined || item.phase !== 'done') continue
    unit.fanOut.done -= 1
    if (item.outcome === 'failed') unit.fanOut.failed -= 1
    resetUnit(state, run, item, workspace, NOTHING)
    state.followUps.push(item)
  }
  unit.fanOut.lost = false
  unit.fanOut.failing = false
  if (unit.phase === 'done') run.open += 1
  closeSpan(run, unit)
  unit.workspace = workspace
  unit.phase = 'items'
  unit.beganAt = at
  unit.endedAt = null
  unit.generation = state.nextGeneration++
  unit.outcome = null
  unit.outputs = null
  unit.error = null
}

/** The definition of a step before it was bound to a version. */
function unbound(step: PlanStep, target: TargetRef): PlanStep {
  const { rules: _, ...rest } = step
  return { ...rest, target: { ...target, version: null } }
}
