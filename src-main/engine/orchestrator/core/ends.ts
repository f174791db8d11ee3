import { endCall, tell } from './called.ts'
import { dependents } from './graph.ts'
import { leaveWaiting } from './moves.ts'
import type { ExecutionState, Outcome, State, Unit } from './state.ts'
import { currentExecution } from './units.ts'

/** Applies ends, ordered and reached. */

/** Ends a unit that does not run; orders the end of one that does; a fan-out or a child ends when its parts have. */
export function cancelUnit(state: State, unit: Unit, at: number): void {
  if (unit.phase === 'done') return
  unit.again = null
  if (unit.phase === 'items') {
    for (const item of unit.fanOut?.units ?? []) cancelUnit(state, item, at)
    state.followUps.push(unit)
    return
  }
  if (unit.phase === 'child') {
    state.followUps.push(unit)
    return
  }
  const execution = currentExecution(unit)
  if (execution === undefined) {
    unit.endedAt = at
    end(state, unit, 'cancelled', at)
  } else endExecution(state, unit, execution, 'cancel')
}

/** Orders the end of an execution. */
export function endExecution(state: State, unit: Unit, execution: ExecutionState, reason: 'timeout' | 'cancel'): void {
  if (execution.cancelling !== null) {
    // A cancel outranks a time-out: no attempt follows it.
    if (reason === 'cancel') execution.cancelling = 'cancel'
    return
  }
  execution.cancelling = reason
  unit.phase = 'cancelling'
  state.effects.push({ type: 'kill', unit, execution })
}

/** The end of a unit: those that wait for it are asked what follows. */
export function end(state: State, unit: Unit, outcome: Outcome, at: number): void {
  if (unit.phase === 'done') return
  if (unit.phase === 'queued') state.stirred = true
  leaveWaiting(unit)
  unit.phase = 'done'
  unit.outcome = outcome
  unit.resolved = null
  unit.awaits = null
  unit.wakeAt = null
  unit.resumeOn = null
  unit.resumes = null
  // What it called, and nobody else needs, ends with it.
  if (outcome !== 'succeeded' && unit.executions.some(({ calls }) => calls !== null)) state.followUps.push(unit)
  if (unit.call !== null) return endCall(state, unit, at)
  tell(state, unit)
  if (unit.parent !== null) return endItem(state, unit, unit.parent, outcome)
  unit.run.open -= 1
  for (const name of dependents(unit.run.plan).get(unit.step.name) ?? []) {
    const other = unit.run.steps.get(name)
    if (other === undefined) continue
    other.missing -= 1
    if (other.missing === 0) state.followUps.push(other)
  }
  if (unit.run.open === 0) state.followUps.push(unit.run)
}

function endItem(state: State, { step }: Unit, parent: Unit, outcome: Outcome): void {
  const { fanOut } = parent
  if (fanOut === null) return
  fanOut.done += 1
  if (outcome === 'failed') {
    fanOut.failed += 1
    fanOut.lost = true
  }
  const isLast = fanOut.done === fanOut.units.length
  // An item that was held back may take the place of one that has ended; see `hasPlace`.
  const freesPlace = step.kind !== 'run' && (step.forEach?.maxParallel ?? null) !== null
  if (outcome === 'failed' || isLast || freesPlace) state.followUps.push(parent)
}
