import type { Failure } from '../../../../src-shared/contract/index.ts'
import { isOpen } from './beginnings.ts'
import { cancelCalls, failedAttempts } from './calls.ts'
import { EMPTY } from './events.ts'
import { leaveWaiting } from './moves.ts'
import type { FanOut, RunState, Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { executionId, findUnit, freshKey, isEnding, nextAttempt, place, succeeded, unitKey } from './units.ts'
import { sees } from './workspaces.ts'

/**
 * Asks a unit or run whose surroundings changed what follows now. This is where a workflow moves on: a step whose needs
 * have ended becomes ready or is skipped, a fan-out ends with its last item, a run with its last step.
 */
export function followUp(turn: Turn, next: Unit | RunState): void {
  if ('steps' in next) return followRun(turn, next)
  if (turn.state.runs.get(next.run.id) !== next.run) return
  switch (next.phase) {
    case 'blocked':
      return unblock(turn, next)
    case 'retry':
      if (next.wakeAt === null || next.wakeAt <= turn.now) makeReady(turn, next)
      return
    case 'cachePending':
      return followProducer(turn, next)
    case 'items':
      return followItems(turn, next)
    case 'child':
      return followChild(turn, next)
    case 'sleeping':
      // A pause before the first attempt; one that is a step of its own ends when its timer rings.
      if (next.step.kind !== 'sleep' && (next.wakeAt === null || next.wakeAt <= turn.now)) makeReady(turn, next)
      return
    case 'suspended':
      if (mayResume(turn, next)) makeReady(turn, next)
      return
    case 'following':
      return followSuccessor(turn, next)
    case 'done':
      if (succeeded(next)) return
      return cancelCalls(turn, next, failedAttempts(next), 'the step that called it')
    default:
      return
  }
}

function followRun(turn: Turn, run: RunState): void {
  if (run.finished !== null || run.open > 0 || turn.state.runs.get(run.id) !== run) return
  const base = { type: 'run.finished', run: run.id, at: turn.now, outputs: null, error: null } as const
  if (run.cancelling !== null) return turn.emit({ ...base, status: 'cancelled' })
  const error = runError(run)
  if (error !== null) return turn.emit({ ...base, status: 'failed', error })
  if (Object.keys(run.plan.outputs).length === 0) return turn.emit({ ...base, status: 'succeeded', outputs: EMPTY })
  turn.state.effects.push({ type: 'resolveRun', run })
}

/** Why a run whose steps have all ended has failed; null when it has not. */
function runError(run: RunState): Failure | null {
  const planned = [...run.steps.values()].filter((unit) => !unit.grows)
  const failed = planned.filter((unit) => unit.outcome === 'failed' || unit.outcome === 'cancelled')
  const first = failed[0]
  if (first === undefined) return null
  const { error } = first
  const origin = { step: error?.step ?? executionId(first, first.executions.at(-1)?.attempt ?? 1) }
  // A workflow that is one function fails as the function does: its caller meets the error as it was thrown.
  if (error?.type !== undefined && planned.length === 1) return { ...error, ...origin }
  const others = failed.length > 1 ? `, and ${failed.length - 1} more` : ''
  const reason = error?.message ?? 'it was cancelled'
  return {
    code: error?.code ?? 'cancelled',
    message: `step ${unitKey(first)} failed${others}: ${reason}`,
    ...(error?.fix === undefined ? {} : { fix: error.fix }),
  }
}

function unblock(turn: Turn, unit: Unit): void {
  if (unit.missing > 0 || isEnding(unit)) return
  if (unit.parent === null && !unit.step.runsAfterFailure) {
    for (const name of unit.step.needs) {
      const need = unit.run.steps.get(name)
      if (need === undefined || succeeded(need)) continue
      const how = need.outcome === 'skipped' ? 'was skipped' : need.outcome === 'failed' ? 'failed' : 'was cancelled'
      return turn.emit({ type: 'step.skipped', ...place(unit), at: turn.now, reason: `needs ${name}, which ${how}` })
    }
  }
  if (unit.call !== null) {
    const lost = unit.call.refs.find((ref) => !succeeded(ref))
    if (lost !== undefined) {
      const error = lost.error ?? {
        code: 'cancelled',
        message: `${unitKey(lost)}, whose result it is given, was cancelled`,
      }
      return turn.emit({ type: 'step.finished', ...place(unit), at: turn.now, status: 'failed', error })
    }
  }
  if (unit.parent !== null && !hasPlace(unit)) return
  const delay = unit.step.rules?.delayMs ?? 0
  // Of a fan-out each item waits by itself.
  const isFanOut = unit.step.forEach !== null && unit.parent === null
  if (delay > 0 && !isFanOut && !unit.delayed && unit.executions.length === 0) {
    return turn.emit({ type: 'step.waiting', ...place(unit), at: turn.now, for: 'time', until: turn.now + delay })
  }
  makeReady(turn, unit)
}

function mayResume({ now }: Turn, { resumeOn, wakeAt }: Unit): boolean {
  if (wakeAt !== null && wakeAt <= now) return true
  if (resumeOn === null || resumeOn.steps.length === 0) return wakeAt === null
  const isOver = (unit: Unit): boolean => unit.phase === 'done'
  return resumeOn.mode === 'all' ? resumeOn.steps.every(isOver) : resumeOn.steps.some(isOver)
}

/** A newer call stood in its place: it ends as that one did. */
function followSuccessor(turn: Turn, unit: Unit): void {
  if (unit.follows === null) return
  const { run, step, index } = unit.follows
  const follows = findUnit(turn.state, run, step, index)
  if (follows?.phase !== 'done') return
  const base = { type: 'step.finished', ...place(unit), at: turn.now } as const
  if (succeeded(follows)) return turn.emit({ ...base, status: 'succeeded', outputs: follows.outputs ?? EMPTY })
  const error = follows.error ?? { code: 'cancelled', message: `${unitKey(follows)}, which it followed, was cancelled` }
  turn.emit({ ...base, status: follows.outcome === 'cancelled' ? 'cancelled' : 'failed', error })
}

/**
 * Whether an item of a fan-out may begin. Items that run something are counted when they are dispatched; child runs,
 * approvals and pauses never are, so they are held back here, and asked again when another item ends.
 */
export function hasPlace({ parent, step }: Unit): boolean {
  const limit = step.forEach?.maxParallel ?? null
  if (limit === null || step.kind === 'run' || parent === null) return true
  let begun = 0
  for (const { phase } of parent.fanOut?.units ?? []) {
    if (phase === 'blocked' || phase === 'done') continue
    begun += 1
    if (begun === limit) return false
  }
  return true
}

function makeReady(turn: Turn, unit: Unit): void {
  const missing = unit.call?.refs.filter(isOpen).length ?? 0
  if (missing > 0) {
    // A result that it is given is being made anew.
    leaveWaiting(unit)
    unit.phase = 'blocked'
    unit.missing = missing
    unit.wakeAt = null
    return
  }
  if (unit.phase !== 'cachePending') unit.run.waiting += 1
  unit.phase = 'ready'
  unit.awaits = null
  unit.generation = turn.state.nextGeneration++
  unit.readyAt = turn.now
  turn.state.effects.push({ type: 'resolve', unit, generation: unit.generation })
}

/** The execution that it waited for has ended: take its result, wait for another with the same key, or run. */
function followProducer(turn: Turn, unit: Unit): void {
  const { key, source: awaited, workspace } = unit.awaits ?? { key: '', source: '', workspace: '' }
  const fresh = turn.state.fresh.get(freshKey(workspace, key))
  // The tree may have been changed while it waited.
  if (fresh?.source === awaited && sees(turn.state, unit.workspace, workspace)) {
    const { source, outputs } = fresh
    return turn.emit({
      type: 'step.cached',
      ...place(unit),
      at: turn.now,
      attempt: nextAttempt(unit),
      key,
      source,
      outputs,
    })
  }
  makeReady(turn, unit)
}

function followItems(turn: Turn, unit: Unit): void {
  const { fanOut, step } = unit
  if (fanOut === null || unit.grows) return
  if (fanOut.lost && step.forEach?.onFailure !== 'continue' && !fanOut.failing && !isEnding(unit)) {
    turn.emit({ type: 'step.failing', ...place(unit), at: turn.now })
  }
  if (fanOut.done < fanOut.units.length) {
    if (fanOut.failing || isEnding(unit)) {
      // Items that are child runs end when their runs are told to.
      for (const item of fanOut.units) if (item.phase === 'child') followChild(turn, item)
    } else if (step.kind !== 'run') {
      for (const item of fanOut.units) {
        if (item.phase !== 'blocked') continue
        if (!hasPlace(item)) break
        unblock(turn, item)
      }
    }
    return
  }
  const base = { type: 'step.finished', ...place(unit), at: turn.now } as const
  if (isEnding(unit)) return turn.emit({ ...base, status: 'cancelled' })
  const error = itemsError(unit, fanOut)
  if (error !== null) return turn.emit({ ...base, status: 'failed', error })
  turn.emit({ ...base, status: 'succeeded' })
}

/** Why a fan-out whose items have all ended has failed; null when it has not. */
function itemsError({ step }: Unit, { units, failed }: FanOut): Failure | null {
  const all = units.length
  const bad = units.find((item) => item.outcome === 'failed')
  const lost = step.forEach?.onFailure !== 'continue' || failed === all
  if (bad !== undefined && lost) {
    return {
      code: bad.error?.code ?? 'item_failed',
      message: `item ${bad.index} of ${all} failed: ${bad.error?.message ?? 'without a message'}`,
      ...(bad.error?.fix === undefined ? {} : { fix: bad.error.fix }),
    }
  }
  // Left from a run that was cancelled, of which only some items were run again.
  const dropped = units.find((item) => item.outcome === 'cancelled')
  if (dropped === undefined) return null
  return {
    code: 'cancelled',
    message: `item ${dropped.index} of ${all} was cancelled`,
    fix: 'run the failed items again',
  }
}

function followChild(turn: Turn, unit: Unit): void {
  const child = unit.child === null ? undefined : turn.state.runs.get(unit.child)
  if (child === undefined) return
  const parentEnds = isEnding(unit)
  if (child.finished === null) {
    const by = unit.run.cancelling?.by ?? 'its parent'
    if (parentEnds) cancelRun(turn, child, by, 'the run that started it ends')
    else if (unit.again !== null) cancelRun(turn, child, by, 'the step that started it runs again')
    return
  }
  const base = { type: 'step.finished', ...place(unit), at: turn.now } as const
  if (child.finished === 'succeeded') {
    return turn.emit({ ...base, status: 'succeeded', outputs: child.outputs ?? EMPTY })
  }
  // A child that somebody else cancelled is a failure to a run that goes on: a fan-out must not lose an item silently.
  const status = parentEnds && child.finished === 'cancelled' ? 'cancelled' : 'failed'
  const error = child.error ?? { code: 'cancelled', message: `its run ${child.id} was cancelled` }
  turn.emit({ ...base, status, error })
}

/** Orders the end of a run; its children follow when the units that wait for them are asked. */
export function cancelRun(turn: Turn, run: RunState, by: string, reason: string | null): void {
  if (run.finished !== null || run.cancelling !== null) return
  turn.emit({ type: 'run.cancelling', run: run.id, at: turn.now, by, reason })
}
