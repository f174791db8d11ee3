import { assertNever } from '../../../../src-shared/contract/index.ts'
import { blankExecution, newUnit } from './beginnings.ts'
import { inheritedBy, stepCalled, stepDeferred, stepLinked, suspended } from './called.ts'
import { cancelUnit, end, endExecution } from './ends.ts'
import type * as E from './events.ts'
import { type Held, occupy, vacate } from './ledger.ts'
import { leaveWaiting, wake } from './moves.ts'
import { reopenUnit, runReopened, stepReopened } from './reset.ts'
import type { ExecutionState, FanOut, Outcome, RunState, State, Unit } from './state.ts'
import { executionId, findUnit, freshKey } from './units.ts'

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
      return withUnit(state, event, (unit) => stepDeferred(state, unit, event))
    case 'step.cancelling':
      return withUnit(state, event, (unit) => {
        unit.ending = true
        unit.endedBy = event.by
        cancelUnit(state, unit, event.at)
      })
    case 'step.reopened':
      return withUnit(state, event, (unit) => stepReopened(state, unit, event))
    case 'execution.stale':
      return
    case 'execution.assets':
      return withExecution(state, event.token, ({ execution }) => {
        execution.assets ??= []
        execution.assets.push(event.assets)
      })
    case 'execution.dispatched':
    case 'execution.started':
    case 'execution.adopted':
    case 'execution.cancelling':
    case 'execution.finished':
      return applyToExecution(state, event)
    default:
      assertNever(event)
  }
}

type OfExecution =
  | E.ExecutionDispatched
  | E.ExecutionStarted
  | E.ExecutionAdopted
  | E.ExecutionCancelling
  | E.ExecutionFinished

function applyToExecution(state: State, event: OfExecution): void {
  switch (event.type) {
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
  if (unit.again !== null) {
    // The run that it had started has ended, so that it can start another.
    unit.outcome = event.status
    return reopenUnit(state, unit, unit.again, event.at)
  }
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
    resumed: event.resumed ?? null,
    inherited: event.resumed === undefined ? null : inheritedBy(unit, event.resumed),
  }
  unit.resumes = null
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
  execution.inherited = null
  vacate(state, held)
  state.effects.push({ type: 'release', executor: execution.executor, token: execution.token })
  if (unit.again !== null) return reopenUnit(state, unit, unit.again, event.at)
  if (event.status === 'suspended') return suspended(state, unit, event)
  if (event.retryAt !== undefined) {
    countFailure(unit, event)
    unit.phase = 'retry'
    unit.resumes = event.status === 'abandoned' ? 'all' : null
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

/** What the retry rule counts. A success of a recurrent target begins a new series. */
function countFailure(unit: Unit, { status, lost }: E.ExecutionFinished): void {
  if (status === 'succeeded') {
    unit.failures = 0
    unit.losses = 0
  } else if (lost === true) unit.losses += 1
  else unit.failures += 1
}

function stepBound(state: State, unit: Unit, { definition }: E.StepBound): void {
  leaveWaiting(unit)
  unit.step = definition
  const { target } = definition
  const { modules } = unit.run
  // One call that is run again with newer code does not change what its run goes on with.
  if (target?.version != null && (unit.call === null || !modules.has(target.module))) {
    modules.set(target.module, target.version)
  }
  unit.phase = 'blocked'
  state.followUps.push(unit)
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
