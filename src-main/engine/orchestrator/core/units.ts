import type { PlanStep } from '../../workflows/index.ts'
import type { ExecutionState, Phase, RunState, State, Unit } from './state.ts'

/** What can be read off units, runs and steps. */

/** `fit`, or `fit[3]` for an item. */
export const unitKey = (unit: Unit): string =>
  unit.index === null ? unit.step.name : `${unit.step.name}[${unit.index}]`

/** `run:step[index]` of the newer call that stands in a unit's place; null when there is none. */
export const successorKey = ({ follows }: Unit): string | null =>
  follows === null ? null : `${follows.run}:${follows.step}[${follows.index}]`

/** `run:step:attempt` */
export const executionId = (unit: Unit, attempt: number): string => `${unit.run.id}:${unitKey(unit)}:${attempt}`

export const currentExecution = (unit: Unit): ExecutionState | undefined => {
  const last = unit.executions.at(-1)
  return last !== undefined && last.status === null ? last : undefined
}

export const executorOf = (step: PlanStep): string =>
  step.kind === 'target' ? 'worker' : step.image === null ? 'process' : 'container'

/** `digits/train@4` */
export const targetPath = ({ target }: PlanStep): string | null =>
  target == null ? null : `${target.module}/${target.name}${target.version === null ? '' : `@${target.version}`}`

/** Units with the same place in the queue: they ask for the same, so they share a fate. */
export const queueKey = ({ run, step, workspace }: Unit): string =>
  `${run.id}/${step.name}${workspace === run.workspace ? '' : ` ${workspace}`}${step.kind === 'target' ? wantsOf(step) : ''}`

const wants = new WeakMap<PlanStep, string>()

/** What a target asks for: calls of one target may have other options, and each is bound to a version by itself. */
export function wantsOf(step: PlanStep): string {
  const known = wants.get(step)
  if (known !== undefined) return known
  const { target, rules, resources, concurrency, priority } = step
  const text = JSON.stringify([target, rules?.requires, rules?.isolation, resources, concurrency?.limit, priority])
  wants.set(step, text)
  return text
}

/** Finds a unit; undefined when the run, the step or the item is not there. */
export function findUnit(state: State, run: string, step: string, index?: number): Unit | undefined {
  const unit = state.runs.get(run)?.steps.get(step)
  return index === undefined ? unit : unit?.fanOut?.units[index]
}

/** A step and, when it is a fan-out, its items. */
export function* unitsOf(run: RunState): Generator<Unit> {
  for (const unit of run.steps.values()) {
    yield unit
    if (unit.fanOut !== null) yield* unit.fanOut.units
  }
}

/** Number of the round that goes on, or was the last. */
export const roundOf = (run: RunState): number => run.rounds.length + 1

/** Whether nothing more is to be begun for a unit: its run, its fan-out or it alone is being ended. */
export const isEnding = ({ run, ending, parent }: Unit): boolean =>
  run.cancelling !== null || ending || parent?.ending === true || parent?.fanOut?.failing === true

/** Whether a question about a unit is still one: it may have ended, or begun anew, in the same turn. */
export const isAsked = ({ unit, generation }: { readonly unit: Unit; readonly generation: number }): boolean =>
  unit.phase === 'ready' && unit.generation === generation

/** Whether a unit is on its way to be executed, and has not been handed out. */
export const queuePhase = (phase: Phase): boolean => phase === 'ready' || phase === 'queued' || phase === 'cachePending'

export const succeeded = (unit: Unit): boolean => unit.outcome === 'succeeded' || unit.outcome === 'cached'

/** Where a result is among the fresh ones. Identifiers of workspaces hold no spaces. */
export const freshKey = (workspace: string, key: string): string => `${workspace} ${key}`

/** Where a unit is, as events name it. */
export const place = (unit: Unit): { run: string; step: string; index?: number } => ({
  run: unit.run.id,
  step: unit.step.name,
  ...(unit.index === null ? {} : { index: unit.index }),
})

/** Number of the next attempt: it counts on over re-runs, so that an execution's id is never used twice. */
export const nextAttempt = (unit: Unit): number => (unit.executions.at(-1)?.attempt ?? 0) + 1
