import { assertNever } from '../../../../src-shared/contract/index.ts'
import { blankExecution, newUnit } from './beginnings.ts'
import { endCall, inheritedBy, stepCalled, stepDeferred, stepLinked, tell, unitAt, watch } from './called.ts'
import type * as E from './events.ts'
import { dependents } from './graph.ts'
import { type Held, occupy, vacate } from './ledger.ts'
import { reopenUnit, runReopened } from './reset.ts'
import {
  currentExecution,
  type ExecutionState,
  executionId,
  type FanOut,
  findUnit,
  freshKey,
  type Outcome,
  type RunState,
  type State,
  type Unit,
} from './state.ts'

/**
 * Advances the state by one event. Total for every journal that `handle` wrote: an event about something that is not there
 * changes nothing. The state is changed in place, because a run may have 10,000 units and a turn a thousand events.
 */
export function apply(state: State, event: E.Event): void {
  switch (event.type) {
    case 'run.created':
      return runCreated(state, event)
    case 'run.cancelling':
      return runCancelling(state, event)
    case 'run.reopened':
      return runReopened(state, event)
    case 'run.finished':
      return runFinished(state, event)
    case 'step.expanded':
      return withUnit(state, event, (unit) => stepExpanded(state, unit, event))
    case 'step.waiting':
      return withUnit(state, event, (unit) => stepWaiting(state, unit, event))
    case 'step.skipped':
      return withUnit(state, event, (unit) => {
        unit.skipReason = event.reason
        unit.endedAt = event.at
        end(state, unit, 'skipped', event.at)
      })
    case 'step.cached':
      return withUnit(state, event, (unit) => stepCached(state, unit, event))
    case 'step.finished':
      return withUnit(state, event, (unit) => stepFinished(state, unit, event))
    case 'step.failing':
      return withUnit(state, event, (unit) => stepFailing(state, unit, event.at))
    case 'step.bound':
      return withUnit(state, event, (unit) => stepBound(state, unit, event))
    case 'step.called':
      return stepCalled(state, event)
    case 'step.linked':
      return stepLinked(state, event)
    case 'step.deferred':
      return withUnit(state, event, (unit) => {
        leaveWaiting(unit)
        stepDeferred(state, unit, event)
      })
    case 'step.cancelling':
      return withUnit(state, event, (unit) => {
        unit.ending = true
        cancelUnit(state, unit, event.at)
      })
    case 'step.reopened':
      return withUnit(state, event, (unit) => stepReopened(state, unit, event.workspace ?? unit.workspace))
    case 'execution.assets':
      return withExecution(state, event.token, ({ execution }) => {
        execution.assets ??= []
        execution.assets.push(event.assets)
      })
    case 'execution.dispatched':
      return withUnit(state, event, (unit) => dispatched(state, unit, event))
    case 'execution.started':
      return withExecution(state, event.token, ({ unit, execution }) => {
        execution.startedAt ??= event.at
        execution.detail = event.detail
        if (unit.phase === 'dispatched') unit.phase = 'running'
        armTimeout(state, unit, execution, event.at)
      })
    case 'execution.adopted':
      return withExecution(state, event.token, ({ execution }) => {
        execution.adopted += 1
      })
    case 'execution.cancelling':
      return withExecution(state, event.token, ({ unit, execution }) =>
        endExecution(state, unit, execution, event.reason),
      )
    case 'execution.finished':
      return withExecution(state, event.token, (held) => executionFinished(state, held, event))
    case 'execution.stale':
      return
    default:
      assertNever(event)
  }
}

function withUnit(state: State, event: { run: string; step: string; index?: number }, act: (unit: Unit) => void): void {
  const unit = findUnit(state, event.run, event.step, event.index)
  if (unit !== undefined) act(unit)
}

function withExecution(state: State, token: string, act: (held: Held) => void): void {
  const held = state.executions.get(token)
  if (held !== undefined) act(held)
}

function runCreated(state: State, event: E.RunCreated): void {
  const plan = state.plans.get(event.plan)
  if (plan === undefined) throw new Error(`the plan ${event.plan} of run ${event.run} was not loaded`)
  const run: RunState = {
    id: event.run,
    workflow: event.workflow,
    version: event.version,
    plan,
    workspace: event.workspace,
    rerunIn: [],
    params: event.params,
    secrets: event.secrets,
    priority: event.priority,
    trigger: event.trigger,
    parent: event.parent,
    keep: event.keep ?? null,
    createdAt: event.at,
    startedAt: null,
    finishedAt: null,
    rounds: [],
    finished: null,
    cancelling: null,
    outputs: null,
    error: null,
    steps: new Map(),
    open: plan.steps.length,
    active: 0,
    waiting: 0,
    variants: [],
    memos: new Map(),
    modules: new Map(),
    calls: 0,
  }
  for (const step of plan.steps) run.steps.set(step.name, newUnit(run, step, null, null))
  state.runs.set(run.id, run)
  state.followUps.push(run, ...run.steps.values())
}

function runCancelling(state: State, event: E.RunCancelling): void {
  const run = state.runs.get(event.run)
  if (run === undefined) return
  run.cancelling = { by: event.by, reason: event.reason }
  for (const unit of run.steps.values()) cancelUnit(state, unit, event.at)
  state.followUps.push(run)
}

/** Ends a unit that does not run; orders the end of one that does; a fan-out or a child ends when its parts have. */
function cancelUnit(state: State, unit: Unit, at: number): void {
  if (unit.phase === 'done') return
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

function endExecution(state: State, unit: Unit, execution: ExecutionState, reason: 'timeout' | 'cancel'): void {
  if (execution.cancelling !== null) {
    // A cancel outranks a time-out: no attempt follows it.
    if (reason === 'cancel') execution.cancelling = 'cancel'
    return
  }
  execution.cancelling = reason
  unit.phase = 'cancelling'
  state.effects.push({ type: 'kill', unit, execution })
}

function runFinished(state: State, event: E.RunFinished): void {
  const run = state.runs.get(event.run)
  if (run === undefined) return
  run.finished = event.status
  run.finishedAt = event.at
  run.outputs = event.outputs
  run.error = event.error
  if (run.parent === null) return
  const parent = findUnit(state, run.parent.run, run.parent.step, run.parent.index)
  if (parent !== undefined) state.followUps.push(parent)
}

function stepExpanded(state: State, unit: Unit, event: E.StepExpanded): void {
  leaveWaiting(unit)
  unit.run.startedAt ??= event.at
  const fanOut: FanOut = { items: event.items, units: [], active: 0, done: 0, failed: 0, lost: false, failing: false }
  for (let index = 0; index < event.count; index++) {
    const item = newUnit(unit.run, unit.step, index, unit)
    // Attempts are never forgotten: a step that is run again goes on counting where its items had stopped.
    const former = unit.former[index]
    if (former !== undefined) {
      item.executions.push(...former.executions)
      item.earlier = former.earlier
    }
    fanOut.units.push(item)
  }
  unit.fanOut = fanOut
  unit.phase = 'items'
  unit.beganAt = event.at
  state.followUps.push(unit, ...fanOut.units)
}

function stepWaiting(state: State, unit: Unit, event: E.StepWaiting): void {
  leaveWaiting(unit)
  unit.run.startedAt ??= event.at
  // A pause before something is executed is no part of it.
  if (event.for === 'time' && unit.step.kind !== 'sleep') unit.delayed = true
  else unit.beganAt = event.at
  if (event.for === 'approval') {
    unit.phase = 'approval'
    unit.message = event.message ?? ''
    return
  }
  if (event.for === 'child') {
    unit.phase = 'child'
    unit.child = event.child ?? null
    return
  }
  unit.phase = 'sleeping'
  wake(state, unit, event.until ?? event.at)
}

function wake(state: State, unit: Unit, at: number): void {
  unit.wakeAt = at
  state.timers.add({ at, kind: 'wake', target: unit, token: null })
}

function stepCached(state: State, unit: Unit, event: E.StepCached): void {
  unit.run.startedAt ??= event.at
  unit.executions.push({
    ...blankExecution(unit, event.attempt, '', 'cache', event.at),
    startedAt: event.at,
    finishedAt: event.at,
    status: 'cached',
    cache: { key: event.key, parts: null, reason: null },
    source: event.source,
  })
  unit.outputs = event.outputs
  end(state, unit, 'cached', event.at)
}

function stepFinished(state: State, unit: Unit, event: E.StepFinished): void {
  unit.outputs = event.outputs ?? null
  unit.error = event.error ?? null
  unit.endedAt = event.at
  end(state, unit, event.status, event.at)
}

function stepFailing(state: State, unit: Unit, at: number): void {
  if (unit.fanOut === null) return
  unit.fanOut.failing = true
  for (const item of unit.fanOut.units) cancelUnit(state, item, at)
}

function dispatched(state: State, unit: Unit, event: E.ExecutionDispatched): void {
  leaveWaiting(unit)
  const execution: ExecutionState = {
    ...blankExecution(unit, event.attempt, event.token, event.executor, event.at),
    workspace: event.workspace ?? unit.run.workspace,
    cache: event.cache ?? null,
    inputs: event.inputs ?? null,
    worker: event.worker ?? null,
    inherited: event.resumed === undefined ? null : inheritedBy(unit, event.resumed),
  }
  unit.keepCalls = false
  unit.resumeOn = null
  if (unit.call?.defer != null && state.deferrals.get(unit.call.defer) === unit) state.deferrals.delete(unit.call.defer)
  unit.executions.push(execution)
  unit.phase = 'dispatched'
  unit.wakeAt = null
  unit.resolved = {
    inputs: event.inputs ?? null,
    concurrencyKey: event.concurrencyKey ?? null,
    cache: event.cache ?? null,
  }
  unit.run.startedAt ??= event.at
  occupy(state, { unit, execution })
  // Of those that share a process nobody says when each begins.
  if (unit.step.rules?.isolation === 'shared') armTimeout(state, unit, execution, event.at)
  state.effects.push({ type: 'start', unit, execution })
}

/** The time-out counts from the start, so that pulling an image or copying inputs does not use it up. */
function armTimeout(state: State, unit: Unit, execution: ExecutionState, at: number): void {
  if (unit.step.timeoutMs === null) return
  state.timers.add({ at: at + unit.step.timeoutMs, kind: 'timeout', target: unit, token: execution.token })
}

function executionFinished(state: State, held: Held, event: E.ExecutionFinished): void {
  const { unit, execution } = held
  execution.status = event.status
  execution.startedAt ??= event.at
  execution.finishedAt = event.at
  execution.error = event.error ?? null
  execution.exitCode = event.exitCode ?? null
  execution.signal = event.signal ?? null
  execution.usage = event.usage ?? null
  execution.awaits = event.awaits ?? null
  vacate(state, held)
  state.effects.push({ type: 'release', executor: execution.executor, token: execution.token })
  if (unit.again !== null) return reopenUnit(state, unit, unit.again)
  if (event.status === 'suspended') return suspended(state, unit, event)
  if (event.retryAt !== undefined) {
    if (event.lost === true) unit.losses += 1
    else if (event.status !== 'succeeded') unit.failures += 1
    unit.phase = 'retry'
    unit.error = event.error ?? null
    wake(state, unit, event.retryAt)
    return
  }
  unit.error = event.error ?? null
  unit.outputs = event.outputs ?? null
  if (event.status === 'succeeded' && execution.cache !== null && event.outputs !== undefined) {
    keepFresh(state, unit, execution, event.outputs, event.at)
  }
  const outcome: Outcome = event.status === 'succeeded' || event.status === 'cancelled' ? event.status : 'failed'
  end(state, unit, outcome, event.at)
}

/** It gave up its process; it goes on when the steps that it waits for have ended, or its time has come. */
function suspended(state: State, unit: Unit, event: E.ExecutionFinished): void {
  const { steps = [], mode = 'all', until = null } = event.awaits ?? {}
  const awaited = steps.flatMap((key) => unitAt(state, unit.run.id, key))
  unit.phase = 'suspended'
  unit.resumeOn = { steps: awaited, mode }
  for (const other of awaited) if (other.phase !== 'done') watch(other, unit)
  if (until !== null) wake(state, unit, until)
  state.followUps.push(unit)
}

function stepBound(state: State, unit: Unit, { definition }: E.StepBound): void {
  leaveWaiting(unit)
  unit.step = definition
  const { target } = definition
  if (target?.version != null) unit.run.modules.set(target.module, target.version)
  unit.phase = 'blocked'
  state.followUps.push(unit)
}

/** Runs again at once, or as soon as what runs of it has ended. */
function stepReopened(state: State, unit: Unit, workspace: string): void {
  const execution = currentExecution(unit)
  if (execution === undefined) {
    leaveWaiting(unit)
    return reopenUnit(state, unit, workspace)
  }
  unit.again = workspace
  endExecution(state, unit, execution, 'cancel')
}

/** How many results are kept for units that asked the cache table just before they were written to it. */
const FRESH_RESULTS = 10_000

function keepFresh(state: State, unit: Unit, execution: ExecutionState, outputs: E.ValueRef, at: number): void {
  if (execution.cache === null) return
  const { workspace } = execution
  const key = freshKey(workspace, execution.cache.key)
  state.fresh.delete(key)
  state.fresh.set(key, {
    workspace,
    source: executionId(unit, execution.attempt),
    outputs,
    at,
  })
  if (state.fresh.size > FRESH_RESULTS) for (const oldest of state.fresh.keys()) return void state.fresh.delete(oldest)
}

function leaveWaiting(unit: Unit): void {
  if (unit.phase === 'ready' || unit.phase === 'queued' || unit.phase === 'cachePending') unit.run.waiting -= 1
}

function end(state: State, unit: Unit, outcome: Outcome, at: number): void {
  if (unit.phase === 'done') return
  if (unit.phase === 'queued') state.stirred = true
  leaveWaiting(unit)
  unit.phase = 'done'
  unit.outcome = outcome
  unit.resolved = null
  unit.awaits = null
  unit.wakeAt = null
  unit.resumeOn = null
  if (unit.call !== null) return endCall(state, unit, at)
  tell(state, unit)
  if (unit.parent !== null) {
    const fanOut = unit.parent.fanOut
    if (fanOut === null) return
    fanOut.done += 1
    if (outcome === 'failed') {
      fanOut.failed += 1
      fanOut.lost = true
    }
    const isLast = fanOut.done === fanOut.units.length
    // An item that was held back may take the place of one that has ended; see `hasPlace`.
    const freesPlace = unit.step.kind !== 'run' && (unit.step.forEach?.maxParallel ?? null) !== null
    if (outcome === 'failed' || isLast || freesPlace) state.followUps.push(unit.parent)
    return
  }
  unit.run.open -= 1
  for (const name of dependents(unit.run.plan).get(unit.step.name) ?? []) {
    const other = unit.run.steps.get(name)
    if (other === undefined) continue
    other.missing -= 1
    if (other.missing === 0) state.followUps.push(other)
  }
  if (unit.run.open === 0) state.followUps.push(unit.run)
}
