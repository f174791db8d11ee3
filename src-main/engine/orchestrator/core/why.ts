import type { StepStatus } from '../../../../src-shared/contract/index.ts'
import { gib, obstacle } from './obstacle.ts'
import { before } from './schedule.ts'
import type { ReadyGroup, RunState, State, Unit } from './state.ts'
import { executionId, queueKey, successorKey, unitKey, unitsOf } from './units.ts'
import { runStatus, stepStatus } from './view.ts'
import { whyNoWorker } from './workers.ts'

export interface Reason {
  readonly step: string
  readonly status: StepStatus
  readonly text: string
  /** For a failure: the end of what the step wrote to standard error */
  readonly details?: string
  /** What a person is asked */
  readonly question?: string
}

/** How many reasons one answer holds; a fan-out of 10,000 has as many, and nobody reads them. */
const REASONS_LIMIT = 200

/** Answers "why is this not running, or why did it end so?" for a run, or for one of its units. */
export function why(state: State, run: RunState, unit: Unit | null): { summary: string; reasons: Reason[] } {
  const ahead = createAhead(state)
  if (unit !== null) {
    const reason = reasonOf(state, unit, ahead)
    return { summary: `${unitKey(unit)}: ${reason.text}`, reasons: [reason, ...itemReasons(state, unit, ahead)] }
  }
  const reasons: Reason[] = []
  for (const step of run.steps.values()) {
    if (reasons.length >= REASONS_LIMIT) break
    if (step.phase !== 'done' || step.outcome !== 'succeeded') reasons.push(reasonOf(state, step, ahead))
    reasons.push(...itemReasons(state, step, ahead).slice(0, REASONS_LIMIT - reasons.length))
  }
  return { summary: runSummary(state, run, ahead), reasons }
}

function itemReasons(state: State, unit: Unit, ahead: Ahead): Reason[] {
  const open = unit.fanOut?.units.filter((item) => item.phase !== 'done' || item.outcome === 'failed') ?? []
  return open.slice(0, REASONS_LIMIT).map((item) => reasonOf(state, item, ahead))
}

function runSummary(state: State, run: RunState, ahead: Ahead): string {
  if (run.finished === 'succeeded') return 'the run has succeeded'
  if (run.finished === 'cancelled') {
    const reason = run.cancelling?.reason ?? null
    return `the run was cancelled by ${run.cancelling?.by ?? 'somebody'}${reason === null ? '' : `: ${reason}`}`
  }
  if (run.finished === 'failed') return run.error?.message ?? 'the run has failed'
  if (run.cancelling !== null) return `the run is being cancelled; ${run.active} executions still have to end`
  if (run.active > 0 && runStatus(run) !== 'waiting') {
    return goingOn(state, run, ahead)
  }
  const first = tellingUnit(run, run.active > 0)
  return first === undefined
    ? 'the outputs of the run are being put together'
    : `${unitKey(first)}: ${reasonText(state, first, ahead)}`
}

/** How much runs, and what else the run waits for: a person before the queue. */
function goingOn(state: State, run: RunState, ahead: Ahead): string {
  const runs = `the run is going on: ${run.active} ${run.active === 1 ? 'step runs' : 'steps run'}`
  const queued = run.waiting === 0 ? '' : `, ${run.waiting} ${run.waiting === 1 ? 'is' : 'are'} queued`
  const waiting = tellingUnit(run, true) ?? (run.waiting === 0 ? undefined : firstQueued(run))
  const first = waiting === undefined ? '' : `; ${unitKey(waiting)}: ${reasonText(state, waiting, ahead)}`
  return `${runs}${queued}${first}`
}

function firstQueued(run: RunState): Unit | undefined {
  for (const unit of unitsOf(run)) if (unit.phase === 'queued') return unit
  return undefined
}

/** The first unit that says why a run does not go on. Of what was called or is an item, that one says it, and not its step. */
function tellingUnit(run: RunState, isAsking: boolean): Unit | undefined {
  for (const unit of unitsOf(run)) {
    const isOpen = unit.phase !== 'items' && unit.phase !== 'done' && stepStatus(unit) !== 'blocked'
    if (isAsking ? unit.phase === 'approval' : isOpen) return unit
  }
  return undefined
}

function reasonOf(state: State, unit: Unit, ahead: Ahead): Reason {
  const details = unit.outcome === 'failed' ? unit.error?.details : undefined
  const reason = { step: unitKey(unit), status: stepStatus(unit), text: reasonText(state, unit, ahead) }
  if (details !== undefined) return { ...reason, details }
  return unit.phase === 'approval' ? { ...reason, question: unit.message ?? '' } : reason
}

/**
 * Whether a unit that was replayed from its journal stands at a place that only the orchestrator knows: what is ready,
 * queued or waits for a pending hit is in memory alone. For the others {@link reasonText} says the same on any copy.
 */
export const isKnownOnlyLive = ({ phase, missing, step }: Unit): boolean =>
  (phase === 'blocked' && missing === 0) ||
  phase === 'retry' ||
  phase === 'suspended' ||
  (phase === 'sleeping' && step.kind !== 'sleep')

/** How many groups of the queue go before one; counted once for all who ask within a turn. */
export type Ahead = (group: ReadyGroup) => number

export function createAhead(state: State): Ahead {
  let ranks: Map<ReadyGroup, number> | null = null
  return (group) => {
    ranks ??= rank(state)
    return ranks.get(group) ?? 0
  }
}

function rank(state: State): Map<ReadyGroup, number> {
  const order = (a: ReadyGroup, b: ReadyGroup): number => (before(state, a, b) ? -1 : before(state, b, a) ? 1 : 0)
  const groups = [...state.queue.values()].sort(order)
  const ranks = new Map<ReadyGroup, number>()
  let first = 0
  for (const [index, group] of groups.entries()) {
    const previous = groups[index - 1]
    if (previous !== undefined && before(state, previous, group)) first = index
    ranks.set(group, first)
  }
  return ranks
}

/** One sentence about where a unit stands and what it waits for. */
export function reasonText(state: State, unit: Unit, ahead: Ahead = createAhead(state)): string {
  switch (unit.phase) {
    case 'blocked':
      return blockedText(unit)
    case 'ready':
      return 'its inputs are being put together'
    case 'queued':
      return queuedText(state, unit, ahead)
    case 'dispatched':
      return 'it was handed to its executor and starts'
    case 'running':
      return `it runs (${unit.executions.at(-1)?.detail ?? 'started'})`
    case 'cancelling':
      return 'it is being ended'
    case 'suspended':
      return suspendedText(unit)
    case 'following':
      return `a newer call stands in its place: ${successorKey(unit) ?? ''}`
    case 'retry':
      if (unit.error === null) return `runs again at ${new Date(unit.wakeAt ?? 0).toISOString()}: it is recurrent`
      return `waits until ${new Date(unit.wakeAt ?? 0).toISOString()} for attempt ${(unit.executions.at(-1)?.attempt ?? 0) + 1}: ${
        unit.error?.message ?? 'the last one failed'
      }`
    case 'sleeping':
      return `sleeps until ${new Date(unit.wakeAt ?? 0).toISOString()}`
    case 'approval':
      return `waits for a person: ${unit.message ?? ''}`
    case 'child':
      return `waits for its child run ${unit.child}`
    case 'cachePending':
      return `waits for ${unit.awaits?.source ?? 'another execution'}, which computes the same result`
    case 'items':
      return `${unit.fanOut?.done ?? 0} of ${unit.fanOut?.units.length ?? 0} items have ended`
    case 'done':
      return doneText(unit)
  }
}

function suspendedText({ resumeOn, wakeAt }: Unit): string {
  const open = resumeOn?.steps.filter((other) => other.phase !== 'done').map(unitKey) ?? []
  const until = wakeAt === null ? '' : `until ${new Date(wakeAt).toISOString()}`
  if (open.length === 0) return `it gave up its process ${until}`
  const more = open.length > NEEDS_NAMED ? ` and ${open.length - NEEDS_NAMED} more` : ''
  const steps = `${open.slice(0, NEEDS_NAMED).join(', ')}${more}`
  return `it gave up its process and waits for ${steps}${until === '' ? '' : `, or ${until}`}`
}

/** How many steps that are waited for are named; a step may need 5,000. */
const NEEDS_NAMED = 8

function blockedText(unit: Unit): string {
  if (unit.call !== null) {
    const open = unit.call.refs.filter((ref) => ref.phase !== 'done').map(unitKey)
    return open.length === 0
      ? 'it is about to become ready'
      : `waits for the result of ${open.slice(0, NEEDS_NAMED).join(', ')}`
  }
  if (unit.parent !== null) return `${unit.step.forEach?.maxParallel} items of this step go on already (maxParallel)`
  const open = unit.step.needs.filter((need) => unit.run.steps.get(need)?.phase !== 'done')
  if (open.length === 0) return 'it is about to become ready'
  const more = open.length - NEEDS_NAMED
  return more > 0
    ? `needs ${open.slice(0, NEEDS_NAMED).join(', ')} and ${more} more first`
    : `needs ${open.join(', ')} first`
}

function queuedText(state: State, unit: Unit, ahead: Ahead): string {
  const found = obstacle(state, unit)
  if (found !== null) {
    switch (found.type) {
      case 'paused':
        return `workspace ${found.name} is paused`
      case 'executor':
        return `the ${found.executor} executor cannot take it: ${found.reason}`
      case 'worker':
        return whyNoWorker(state, unit)
      case 'parallel':
        return `${found.limit} items of this step run already, which is its limit (maxParallel)`
      case 'concurrency':
        return `holders of the concurrency key "${found.key}" run already (limit ${found.limit}): ${holders(state, found.key)}`
      case 'cpus':
        return `waits for ${found.wanted} CPUs; ${Math.max(0, Math.round(found.free * 100) / 100)} of ${state.capacity.cpus} are free${elsewhere(state.others.cpus)}`
      case 'memory':
        return `waits for ${gib(found.wanted)} of memory; ${gib(Math.max(0, found.free))} of ${gib(state.capacity.memoryBytes)} are free${elsewhere(state.others.memoryBytes, gib)}`
      case 'gpus':
        return `waits for ${found.wanted} GPUs; ${Math.max(0, found.free)} of ${state.capacity.gpus} are free${elsewhere(state.others.gpus)}`
      case 'turn':
        return 'leaves the room that is free to another project, which has waited longer'
    }
  }
  const own = state.queue.get(queueKey(unit))
  const first = own === undefined ? 0 : ahead(own)
  return first === 0 ? 'it is next' : `${first} other steps go first`
}

const elsewhere = (amount: number, words: (amount: number) => string = String): string =>
  amount > 0 ? `; other projects use ${words(amount)}` : ''

function holders(state: State, key: string): string {
  const ids: string[] = []
  for (const { unit, execution } of state.executions.values()) {
    if (unit.resolved?.concurrencyKey === key) ids.push(executionId(unit, execution.attempt))
  }
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? `, and ${ids.length - 3} more` : '')
}

function doneText(unit: Unit): string {
  const last = unit.executions.at(-1)
  switch (unit.outcome) {
    case 'cached':
      return `took the result of ${last?.source ?? 'an earlier execution'}`
    case 'skipped':
      return unit.skipReason ?? 'skipped'
    case 'failed':
      return unit.error?.message ?? 'failed'
    case 'cancelled':
      return unit.endedBy === null ? 'cancelled' : `cancelled by ${unit.endedBy}`
    default: {
      const reason = last?.cache?.reason
      return reason ? `succeeded; it ran because of a cache miss: ${reason}` : 'succeeded'
    }
  }
}
