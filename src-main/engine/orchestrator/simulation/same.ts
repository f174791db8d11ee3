import type { PlanStep } from '../../workflows/index.ts'
import type { CallState, ExecutionState, RunState, State, Unit } from '../core/index.ts'
import { unitKey, unitsOf, wantsOf } from '../core/index.ts'

/**
 * Where the live state differs from one that was replayed, in words; null when they agree. Left out is what follows from the
 * rest and is never journalled: `ready`, `queued` and `cachePending` (a replay has such a unit blocked by nothing, or
 * its retry due), questions to the edge, timers, and the counts over those phases.
 */
export function difference(live: State, replayed: State, now: number): string | null {
  if (live.runs.size !== replayed.runs.size) return `${live.runs.size} runs, replayed ${replayed.runs.size}`
  for (const [id, run] of live.runs) {
    const other = replayed.runs.get(id)
    const found = other === undefined ? 'is not replayed' : runDifference(run, other, now)
    if (found !== null) return `run ${id}: ${found}`
  }
  if (live.executions.size !== replayed.executions.size) {
    return `executions out: ${live.executions.size}, replayed ${replayed.executions.size}`
  }
  for (const token of live.executions.keys()) if (!replayed.executions.has(token)) return `${token} is not out`
  if (!equal(Object.fromEntries(live.concurrency), Object.fromEntries(replayed.concurrency))) return 'concurrency keys'
  if (!equal([...live.producers.keys()].sort(), [...replayed.producers.keys()].sort()))
    return 'cache keys in the making'
  for (const [key, units] of live.producers) {
    if (units.length !== replayed.producers.get(key)?.length) return `units that make ${key}`
  }
  const held = (state: State): object =>
    Object.fromEntries([...state.deferrals].map(([key, unit]) => [key, `${unit.run.id}:${unitKey(unit)}`]))
  if (!equal(held(live), held(replayed))) return 'calls that a newer one would replace'
  const { used } = live
  const close = Math.abs(used.cpus - replayed.used.cpus) < 1e-3
  if (!close || used.memoryBytes !== replayed.used.memoryBytes || used.gpus !== replayed.used.gpus) return 'resources'
  return null
}

const RUN_FIELDS = [
  'workflow',
  'version',
  'workspace',
  'rerunIn',
  'params',
  'priority',
  'trigger',
  'parent',
  'createdAt',
  'startedAt',
  'finishedAt',
  'rounds',
  'finished',
  'cancelling',
  'outputs',
  'error',
  'open',
  'active',
  'calls',
] as const satisfies readonly (keyof RunState)[]

function runDifference(live: RunState, replayed: RunState, now: number): string | null {
  const { variants } = live
  if (variants.length !== replayed.variants.length) return 'definitions of calls'
  if (variants.some((step, index) => !isSameStep(step, replayed.variants[index]))) return 'definitions of calls'
  for (const field of RUN_FIELDS) if (!equal(live[field], replayed[field])) return wrong(field, live, replayed)
  if (live.modules.size + replayed.modules.size > 0 && !equal([...live.modules], [...replayed.modules]))
    return 'versions of modules'
  const memos = (run: RunState): object =>
    Object.fromEntries([...run.memos].map(([key, units]) => [key, units.map(unitKey)]))
  if (live.memos.size + replayed.memos.size > 0 && !equal(memos(live), memos(replayed)))
    return 'calls that may be found again'
  const others = unitsOf(replayed)
  for (const unit of unitsOf(live)) {
    const next = others.next()
    if (next.done === true) return `${unitKey(unit)} is not replayed`
    const found = unitDifference(unit, next.value, now)
    if (found !== null) return `${unitKey(unit)}: ${found}`
  }
  return others.next().done === true ? null : 'more units are replayed'
}

const UNIT_FIELDS = [
  'index',
  'workspace',
  'outcome',
  'outputs',
  'error',
  'missing',
  'failures',
  'losses',
  'skipCache',
  'message',
  'skipReason',
  'child',
  'follows',
  'delayed',
  'ending',
  'again',
  'resumes',
  'round',
  'earlier',
] as const satisfies readonly (keyof Unit)[]

const FAN_OUT_FIELDS = ['items', 'active', 'done', 'failed', 'failing'] as const

const EXECUTION_FIELDS = [
  'attempt',
  'round',
  'workspace',
  'worker',
  'resumed',
  'inputs',
  'token',
  'executor',
  'dispatchedAt',
  'startedAt',
  'finishedAt',
  'detail',
  'status',
  'cancelling',
  'adopted',
  'error',
  'exitCode',
  'signal',
  'usage',
  'cache',
  'source',
] as const satisfies readonly (keyof ExecutionState)[]

function unitDifference(live: Unit, replayed: Unit, now: number): string | null {
  const phase = phaseOf(live, now)
  if (phase !== phaseOf(replayed, now)) return wrong('phase', live, replayed)
  if ((phase === 'retry' || phase === 'sleeping' || phase === 'suspended') && live.wakeAt !== replayed.wakeAt)
    return wrong('wakeAt', live, replayed)
  for (const field of UNIT_FIELDS) if (!equal(live[field], replayed[field])) return wrong(field, live, replayed)
  if (!isSameStep(live.step, replayed.step)) return 'definition'
  if (!isSameCall(live.call, replayed.call)) return 'how it was called'
  if (live.resumeOn !== replayed.resumeOn && !equal(waitsFor(live), waitsFor(replayed))) return 'what it waits for'
  if (live.executions.length !== replayed.executions.length) return 'number of executions'
  for (const [index, execution] of live.executions.entries()) {
    const other = replayed.executions[index]
    if (other === undefined) return 'number of executions'
    for (const field of EXECUTION_FIELDS) {
      if (!equal(execution[field], other[field]))
        return `attempt ${execution.attempt}: ${wrong(field, execution, other)}`
    }
    const hasCalls = execution.calls !== null || other.calls !== null || execution.inherited !== null
    if (hasCalls && !equal(answers(execution), answers(other))) return `attempt ${execution.attempt}: what it called`
  }
  if (live.fanOut === null || replayed.fanOut === null) return live.fanOut === replayed.fanOut ? null : 'fan-out'
  for (const field of FAN_OUT_FIELDS) {
    if (!equal(live.fanOut[field], replayed.fanOut[field]))
      return `fan-out: ${wrong(field, live.fanOut, replayed.fanOut)}`
  }
  return live.former.length === replayed.former.length ? null : 'former items'
}

/** How a unit was called never changes, but for those that it was given to as well. */
function isSameCall(live: CallState | null, replayed: CallState | null): boolean {
  if (live === null || replayed === null) return live === replayed
  if (live.token !== replayed.token || live.key !== replayed.key || live.memo !== replayed.memo) return false
  if (live.defer !== replayed.defer || live.refs.length !== replayed.refs.length) return false
  if (live.links.length !== replayed.links.length) return false
  const isSame = (a: Unit, b: Unit | undefined): boolean => b !== undefined && unitKey(a) === unitKey(b)
  return (
    live.refs.every((ref, index) => isSame(ref, replayed.refs[index])) &&
    live.links.every((link, index) => isSame(link.by, replayed.links[index]?.by))
  )
}

const isSameStep = (live: PlanStep, replayed: PlanStep | undefined): boolean =>
  live === replayed || (replayed !== undefined && live.name === replayed.name && wantsOf(live) === wantsOf(replayed))

const waitsFor = ({ resumeOn }: Unit): object | null =>
  resumeOn === null ? null : { mode: resumeOn.mode, steps: resumeOn.steps.map(unitKey) }

/** What requests of an execution were answered with, and what it may still find. */
function answers({ calls, inherited }: ExecutionState): object {
  const keys = (map: ReadonlyMap<unknown, readonly Unit[]> | null): object =>
    [...(map ?? [])].map(([key, units]) => [key, units.map(unitKey)])
  return [keys(calls), keys(inherited)]
}

const isDue = ({ wakeAt }: Unit, now: number): boolean => wakeAt === null || wakeAt <= now

/** It is to go on, or waits until what it is given is there: that is being made anew. */
const goesOn = (unit: Unit): string =>
  unit.call?.refs.some((ref) => ref.phase !== 'done') === true ? 'blocked' : 'pending'

function phaseOf(unit: Unit, now: number): string {
  switch (unit.phase) {
    case 'ready':
    case 'queued':
    case 'cachePending':
      return 'pending'
    case 'blocked':
      return unit.missing === 0 ? 'pending' : 'blocked'
    case 'retry':
      return isDue(unit, now) ? goesOn(unit) : 'retry'
    case 'sleeping':
      // A pause that is a step of its own ends with an event.
      return unit.step.kind !== 'sleep' && isDue(unit, now) ? goesOn(unit) : 'sleeping'
    case 'suspended': {
      const { steps, mode } = unit.resumeOn ?? { steps: [], mode: 'all' }
      const over = steps.map(({ phase }) => phase === 'done')
      const isOver = mode === 'all' ? !over.includes(false) : over.includes(true)
      if (steps.length === 0 ? isDue(unit, now) : isOver || (unit.wakeAt !== null && isDue(unit, now)))
        return goesOn(unit)
      return 'suspended'
    }
    default:
      return unit.phase
  }
}

function wrong<T extends object>(field: keyof T & string, live: T, replayed: T): string {
  return `${field} is ${JSON.stringify(live[field])}, replayed ${JSON.stringify(replayed[field])}`
}

/** Whether two JSON values are the same; `undefined` in an object is absence. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key in left) if (!equal(left[key], right[key])) return false
  for (const key in right) if (left[key] === undefined && right[key] !== undefined) return false
  return true
}
