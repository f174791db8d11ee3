import type { PlanStep } from '../../workflows/index.ts'
import { type Command, chainOf, place, type Resolution, type RunState, type State, type Unit } from '../core/index.ts'
import type { Behaviour } from './behaviour.ts'
import type { Disk } from './disk.ts'
import type { Random } from './random.ts'

export interface EdgeParts {
  readonly random: Random
  readonly disk: Disk
  readonly behaviourOf: (unit: Unit) => Behaviour
  /** The definition of a target with its version and rules */
  readonly bound: (step: PlanStep) => PlanStep
  readonly newRunId: () => string
  readonly now: () => number
}

/** Stands in for expressions, cache table and child workflows: answers what the core asks of its edge. */
export function answerUnit(parts: EdgeParts, state: State, unit: Unit): Command {
  const behaviour = parts.behaviourOf(unit)
  const resolution = resolve(parts, state, unit, behaviour)
  const { generation } = unit
  if (resolution !== null) return { type: 'unit.resolved', ...place(unit), generation, outcome: resolution }
  const { run } = unit
  const { child } = behaviour
  if (child === null) throw new Error(`step ${unit.step.name} has no child workflow`)
  return {
    type: 'run.create',
    run: parts.newRunId(),
    workflow: child.name,
    version: 1,
    plan: child,
    workspace: unit.workspace,
    params: { json: {} },
    secrets: [],
    priority: run.priority,
    trigger: 'parent',
    parent: place(unit),
    generation,
  }
}

export function answerRun(parts: EdgeParts, run: RunState): Command {
  const fails = parts.random.chance(0.1)
  const outcome = fails
    ? { error: { code: 'resolve', message: 'the outputs could not be put together' } }
    : { outputs: { json: { result: 1 } } }
  return { type: 'run.resolved', run: run.id, outcome }
}

/** Null for a child, which is answered by the run that is created. */
function resolve(
  { random, disk, now, bound }: EdgeParts,
  state: State,
  unit: Unit,
  behaviour: Behaviour,
): Resolution | null {
  const { step } = unit
  if (step.kind === 'target' && step.rules === undefined) return { type: 'bound', definition: bound(step) }
  if (random.chance(behaviour.misresolves))
    return { type: 'error', error: { code: 'expression', message: 'no such field' } }
  if (random.chance(behaviour.skips)) return { type: 'skip', reason: 'its condition is false' }
  if (step.forEach !== null && unit.index === null) {
    // A list may be another one when the step is run again.
    const count = random.chance(0.8) ? behaviour.items : random.below(behaviour.items + 1)
    return { type: 'items', items: { json: Array.from({ length: count }, (_, index) => index) }, count }
  }
  if (step.kind === 'sleep') return { type: 'sleep', ms: behaviour.sleepMs }
  if (step.kind === 'approval') return { type: 'approval', message: 'go on?' }
  if (step.kind === 'workflow') return null
  const key = behaviour.cacheKeys === null ? null : random.pick(behaviour.cacheKeys)
  const maxAge = step.cache?.maxAgeMs ?? Number.POSITIVE_INFINITY
  const ask = key !== null && !unit.skipCache && unit.failures === 0
  return {
    type: 'run',
    resolved: {
      inputs: null,
      concurrencyKey: step.concurrency?.key ?? null,
      cache: key === null ? null : { key, parts: { code: key }, reason: 'no earlier execution' },
    },
    hit: ask ? disk.cacheHit(key, chainOf(state, unit.workspace), now() - maxAge) : null,
  }
}
