import { assertNever } from '../../../../src-shared/contract/index.ts'
import type { Event } from './events.ts'
import { dependents } from './graph.ts'
import type { State, Unit } from './state.ts'
import { findUnit } from './units.ts'

/**
 * The units whose view may be another one now that the event was applied, so that whoever watches a run need not look at
 * all of them. `all`: the whole run, also because units may be gone. May name too many, never too few; the units of a
 * run that only its orchestrator knows to be queued do not count, because they change without events.
 */
export function touched(state: State, event: Event): 'all' | readonly Unit[] {
  switch (event.type) {
    case 'run.created':
    case 'run.cancelling':
    case 'run.reopened':
      return 'all'
    case 'run.finished':
    case 'execution.stale':
      return []
    case 'step.called':
    case 'step.linked':
      return withUnit(state, event, (unit) => [...withNeighbours(unit), ...callers(unit)])
    case 'step.deferred':
    case 'step.cancelling':
    case 'step.reopened':
      return withUnit(state, event, (unit) => [...around(unit), ...(unit.fanOut?.units ?? []).flatMap(withNeighbours)])
    case 'step.bound':
    case 'step.expanded':
    case 'step.failing':
      return withUnit(state, event, (unit) => [unit, ...(unit.fanOut?.units ?? [])])
    case 'step.waiting':
    case 'step.skipped':
    case 'step.cached':
    case 'step.finished':
    case 'execution.dispatched':
    case 'execution.started':
    case 'execution.adopted':
    case 'execution.cancelling':
    case 'execution.finished':
    case 'execution.assets':
      return withUnit(state, event, withNeighbours)
    default:
      return assertNever(event)
  }
}

function withUnit(
  state: State,
  event: { readonly run: string; readonly step: string; readonly index?: number },
  found: (unit: Unit) => readonly Unit[],
): readonly Unit[] {
  const unit = findUnit(state, event.run, event.step, event.index)
  return unit === undefined ? [] : found(unit)
}

/** A fan-out shows counts over its items; a step that waits for others names them until they have ended. */
function withNeighbours(unit: Unit): readonly Unit[] {
  if (unit.call !== null) return [unit, ...(unit.parent === null ? [] : [unit.parent]), ...waitingFor(unit)]
  if (unit.parent !== null) return [unit, unit.parent]
  if (unit.phase !== 'done') return [unit]
  return [unit, ...needing(unit)]
}

/** An item that is opened again opens its step, which others need. */
const around = (unit: Unit): readonly Unit[] => [...withNeighbours(unit), ...needing(unit.parent ?? unit)]

const needing = ({ run, step }: Unit): readonly Unit[] =>
  (dependents(run.plan).get(step.name) ?? []).flatMap((name) => run.steps.get(name) ?? [])

/** Those whose view names a unit that they wait for, or waited for. */
function waitingFor({ referrers, watchers }: Unit): readonly Unit[] {
  return [...(referrers ?? []), ...(watchers ?? [])]
}

const callers = ({ call }: Unit): readonly Unit[] => (call === null ? [] : [call.by])
