import type {
  AssetValue,
  Execution,
  ExecutionStatus,
  Json,
  Run,
  RunCounts,
  RunStatus,
  RunStep,
  RunSummary,
  StepStatus,
} from '../../../../src-shared/contract/index.ts'
import { isAsset } from '../../../../src-shared/contract/index.ts'
import { briefOf } from './arguments.ts'
import { callsOf } from './called.ts'
import type { ValueRef } from './events.ts'
import type { CallState, ExecutionState, RunState, Unit } from './state.ts'
import { currentExecution, executionId, queuePhase, successorKey, targetPath, unitKey, unitsOf } from './units.ts'

/** Reads a value that was loaded before; the edge loads what {@link valuesOf} names. Undefined: it cannot be read. */
export type Load = (ref: ValueRef) => Json | undefined

const iso = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms))

export function runStatus(run: RunState): RunStatus {
  if (run.finished !== null) return run.finished
  if (run.cancelling !== null) return 'cancelling'
  if (run.active > 0) return run.calls > 0 && waitsForAnswer(run) ? 'waiting' : 'running'
  if (run.waiting > 0 || run.open === 0 || isReady(run)) return run.startedAt === null ? 'queued' : 'running'
  return 'waiting'
}

/** A replayed journal does not tell `ready` from `blocked`: what is blocked by nothing is ready. */
const isReadyUnit = ({ phase, missing }: Unit): boolean => phase === 'blocked' && missing === 0

function isReady(run: RunState): boolean {
  for (const unit of run.steps.values())
    if (isReadyUnit(unit) || unit.fanOut?.units.some(isReadyUnit) === true) return true
  return false
}

/** Whether a person is asked, and all code that runs waits for what it called: nothing goes on until somebody answers. */
function waitsForAnswer(run: RunState): boolean {
  if (!isAsking(run)) return false
  for (const unit of unitsOf(run)) if (isReadyUnit(unit) || queuePhase(unit.phase) || isAtWork(unit)) return false
  return true
}

function isAsking({ steps }: RunState): boolean {
  const asks = ({ phase }: Unit): boolean => phase === 'approval'
  for (const unit of steps.values()) {
    if (unit.step.kind === 'approval' && (asks(unit) || unit.fanOut?.units.some(asks) === true)) return true
  }
  return false
}

/** Whether it runs, and nothing that its execution called is still open. */
function isAtWork(unit: Unit): boolean {
  const execution = currentExecution(unit)
  if (execution === undefined) return false
  if (unit.phase === 'cancelling') return true
  for (const { phase } of callsOf(execution)) if (phase !== 'done') return false
  return true
}

export function stepStatus(unit: Unit): StepStatus {
  switch (unit.phase) {
    case 'blocked':
      return unit.missing > 0 ? 'blocked' : 'queued'
    case 'ready':
    case 'queued':
      return 'queued'
    case 'dispatched':
    case 'running':
    case 'cancelling':
      return 'running'
    case 'items':
      return itemsStatus(unit)
    case 'retry':
    case 'sleeping':
    case 'approval':
    case 'child':
    case 'cachePending':
    case 'suspended':
    case 'following':
      return 'waiting'
    case 'done':
      return unit.outcome ?? 'succeeded'
  }
}

function itemsStatus(unit: Unit): StepStatus {
  const { fanOut } = unit
  if (fanOut === null || fanOut.active > 0) return 'running'
  const waits = fanOut.units.some(
    (item) => item.phase === 'blocked' || item.phase === 'ready' || item.phase === 'queued',
  )
  return waits ? 'queued' : 'waiting'
}

/** Counts steps as they are drawn, and items apart. */
export function counts(run: RunState): RunCounts {
  const items = { total: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, calls: 0 }
  const sum = { total: run.steps.size, done: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0, items }
  for (const { outcome, fanOut, step, grows } of run.steps.values()) {
    if (outcome !== null) {
      sum.done += 1
      sum[outcome === 'cached' ? 'succeeded' : outcome] += 1
    }
    if (fanOut === null) continue
    items.total += fanOut.units.length
    items.done += fanOut.done
    items.failed += fanOut.failed
    for (const unit of fanOut.units) if (unit.outcome === 'cancelled') items.cancelled += 1
    if (grows) items.calls += fanOut.units.length
    if (step.forEach?.onFailure === 'continue') items.dropped += fanOut.failed
  }
  return sum
}

/** How long the rounds took that a re-run has closed. */
export const earlierMs = (run: RunState): number =>
  run.rounds.reduce((sum, { startedAt, finishedAt }) => sum + finishedAt - (startedAt ?? finishedAt), 0)

export function viewSummary(run: RunState, project: string): RunSummary {
  const before = earlierMs(run)
  return {
    id: run.id,
    project,
    workspace: run.workspace,
    workflow: run.workflow,
    version: run.version,
    status: runStatus(run),
    trigger: run.trigger,
    parent: run.parent === null ? null : { run: run.parent.run, step: parentKey(run.parent) },
    priority: run.priority,
    createdAt: iso(run.createdAt),
    startedAt: isoOrNull(run.startedAt),
    finishedAt: isoOrNull(run.finishedAt),
    durationMs: run.finishedAt === null ? null : before + run.finishedAt - (run.startedAt ?? run.finishedAt),
    reruns: run.rounds.length,
    earlierMs: before,
    counts: counts(run),
  }
}

const parentKey = (parent: { step: string; index?: number }): string =>
  parent.index === undefined ? parent.step : `${parent.step}[${parent.index}]`

/**
 * A run as the API shows it. `why` says in words why a unit is not running.
 * @param units the ones that are shown: all when absent
 */
export function viewRun(
  run: RunState,
  project: string,
  load: Load,
  why: (unit: Unit) => string | null,
  units: Iterable<Unit> = unitsOf(run),
): Run {
  return {
    ...viewSummary(run, project),
    params: viewParams(run, load),
    rounds: [...run.rounds, run].map(({ startedAt, finishedAt }) => ({
      startedAt: isoOrNull(startedAt),
      finishedAt: isoOrNull(finishedAt),
    })),
    result: run.finished === null ? null : { outputs: outputsOf(run.outputs, load), error: run.error },
    ...(run.keep === null ? {} : { keep: { run: run.keep.run, steps: [...run.keep.steps] } }),
    steps: Array.from(units, (unit) => viewUnit(unit, load, why)),
  }
}

function viewParams(run: RunState, load: Load): Record<string, Json> {
  const params = { ...asRecord(load(run.params) ?? null) }
  for (const name of run.secrets) params[name] = null
  return params
}

/** Every value that {@link viewRun} will ask for, some of them several times. */
export function* valuesOf(run: RunState, units: Iterable<Unit> = unitsOf(run)): Generator<ValueRef> {
  yield run.params
  if (run.outputs !== null) yield run.outputs
  for (const { outputs, fanOut, parent, executions } of units) {
    if (outputs !== null) yield outputs
    for (const { assets } of executions) if (assets !== null) yield* assets
    const items = fanOut?.items ?? parent?.fanOut?.items
    if (items !== undefined) yield items
  }
}

function viewUnit(unit: Unit, load: Load, why: (unit: Unit) => string | null): RunStep {
  const { step, fanOut } = unit
  const items = unit.parent?.fanOut?.items
  const item = items === undefined || unit.index === null ? undefined : listItem(load(items) ?? null, unit.index)
  const outputs = outputsOf(unit.outputs, load)
  const view: RunStep = {
    name: step.name,
    key: unitKey(unit),
    kind: step.kind,
    status: stepStatus(unit),
    why: why(unit),
    needs: [...step.needs],
    ...(unit.workspace === unit.run.workspace ? {} : { workspace: unit.workspace }),
    round: unit.round,
    executions: unit.executions.map((execution) => viewExecution(unit, execution, load)),
  }
  if (unit.index !== null) view.index = unit.index
  if (item !== undefined) view.item = item
  if (outputs !== null) view.outputs = outputs
  if (unit.child !== null) view.child = unit.child
  const path = targetPath(step)
  if (path !== null) view.target = path
  const successor = successorKey(unit)
  if (successor !== null) view.follows = successor
  if (unit.call !== null) view.call = viewCall(unit, unit.call, load)
  if (unit.beganAt !== null) view.startedAt = iso(unit.beganAt)
  if (unit.endedAt !== null) view.finishedAt = iso(unit.endedAt)
  if (unit.earlier.length > 0) {
    view.earlier = unit.earlier.map(({ round, from, to, outcome }) => ({
      round,
      startedAt: iso(from),
      finishedAt: iso(to),
      status: outcome,
    }))
  }
  if (fanOut !== null) {
    const ok = fanOut.units.filter((one) => one.outcome === 'succeeded' || one.outcome === 'cached').length
    const dropped = step.forEach?.onFailure === 'continue' ? fanOut.failed : 0
    view.fanOut = { total: fanOut.units.length, done: fanOut.done, succeeded: ok, failed: fanOut.failed, dropped }
  }
  if (unit.phase === 'approval' && step.approval !== null) {
    view.approval = { message: unit.message ?? '', form: { ...step.approval.form } as Record<string, Json> }
  }
  return view
}

function viewCall(unit: Unit, call: CallState, load: Load): NonNullable<RunStep['call']> {
  const { by, attempt, at, group, refs, links } = call
  return {
    by: unitKey(by),
    attempt,
    at: iso(at),
    brief: briefOf(unit, call, load),
    ...(group === null ? {} : { group }),
    refs: refs.map(unitKey),
    links: links.map((link) => ({ by: unitKey(link.by), attempt: link.attempt })),
  }
}

function viewExecution(unit: Unit, execution: ExecutionState, load: Load): Execution {
  const startedAt = execution.startedAt ?? execution.dispatchedAt
  const view: Execution = {
    id: executionId(unit, execution.attempt),
    attempt: execution.attempt,
    round: execution.round,
    ...(execution.workspace === unit.run.workspace ? {} : { workspace: execution.workspace }),
    status: executionStatus(execution),
    executor: execution.executor,
    startedAt: iso(startedAt),
    finishedAt: isoOrNull(execution.finishedAt),
    durationMs: execution.finishedAt === null ? null : execution.finishedAt - startedAt,
  }
  if (execution.exitCode !== null) view.exitCode = execution.exitCode
  if (execution.signal !== null) view.signal = execution.signal
  if (execution.error !== null) view.error = execution.error
  if (execution.usage !== null) view.usage = execution.usage
  if (execution.worker !== null) view.worker = execution.worker
  if (execution.awaits !== null && execution.awaits !== undefined) {
    const { steps, mode, until } = execution.awaits
    view.awaits = { steps: [...steps], mode, until: isoOrNull(until) }
  }
  if (execution.assets !== null) view.assets = assetsIn(execution.assets, load)
  if (execution.adopted > 0) view.adopted = execution.adopted
  if (execution.cache !== null) {
    const { key, reason } = execution.cache
    view.cache = { hit: execution.source !== null, key }
    if (execution.source !== null) view.cache.source = execution.source
    if (reason) view.cache.reason = reason
  }
  return view
}

/** Assets that an execution recorded: the last of each name. */
function assetsIn(refs: readonly ValueRef[], load: Load): Record<string, AssetValue> {
  const found: Record<string, AssetValue> = {}
  for (const ref of refs) {
    for (const [name, value] of Object.entries(asRecord(load(ref) ?? null))) if (isAsset(value)) found[name] = value
  }
  return found
}

function executionStatus(execution: ExecutionState): ExecutionStatus {
  if (execution.status !== null) return execution.status
  if (execution.cancelling !== null) return 'cancelling'
  return execution.startedAt === null ? 'dispatched' : 'running'
}

function outputsOf(ref: ValueRef | null, load: Load): Record<string, Json> | null {
  const value = ref === null ? undefined : load(ref)
  return value === undefined ? null : asRecord(value)
}

export const asRecord = (value: Json): Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

const listItem = (value: Json, index: number): Json | undefined => (Array.isArray(value) ? value[index] : undefined)
