import type { Json } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/index.ts'
import type { Plan, PlanStep } from '../workflows/index.ts'
import { executionId, type Resolution, type RunState, succeeded, type Unit, unitKey } from './core/index.ts'

/**
 * A run may keep what succeeded in an earlier run of the same workflow, usually of the version before: what was mended since,
 * and what depends on it, runs; the rest is taken over.
 */

/** What decides about a step's result. Retries, limits and resources do not. */
const DECIDES = [
  'kind',
  'when',
  'run',
  'image',
  'env',
  'workdir',
  'files',
  'inputs',
  'outputs',
  'workflow',
  'target',
  'approval',
  'sleep',
] as const satisfies readonly (keyof PlanStep)[]

export interface Changes {
  /** Parameters whose values differ from those of the earlier run */
  readonly params: ReadonlySet<string>
  /** Steps whose child workflow has another definition by now */
  readonly children: ReadonlySet<string>
}

/**
 * Steps of `plan` whose results in `base` are still right: they and what they read are the same, and so is everything that
 * they need. Of a fan-out the items that succeeded are kept, each for itself.
 */
export function keepable(plan: Plan, base: RunState, changes: Changes): string[] {
  const kept: string[] = []
  /** Kept as a whole: only then what depends on it may be kept, too */
  const whole = new Set<string>()
  for (const step of plan.steps) {
    const before = base.steps.get(step.name)
    if (before === undefined || changes.children.has(step.name) || !isSame(step, before.step)) continue
    if (readsChanged(step, changes.params) || !step.needs.every((need) => whole.has(need))) continue
    if (before.fanOut === null ? succeeded(before) : before.fanOut.units.some(succeeded)) kept.push(step.name)
    if (succeeded(before) && (before.fanOut?.failed ?? 0) === 0) whole.add(step.name)
  }
  return kept
}

function isSame(a: PlanStep, b: PlanStep): boolean {
  const part = (step: PlanStep): Json => {
    const chosen = Object.fromEntries(DECIDES.map((name) => [name, step[name]]))
    return { ...chosen, items: step.forEach === null ? null : { of: step.forEach.items } }
  }
  return canonicalJson(part(a)) === canonicalJson(part(b))
}

/** `params.year`, `params["year"]`, or `params` in another way, which may be any of them. */
const PARAMS = /\bparams\b(?:\s*\.\s*(\w+)|\s*\[\s*\\?["'](\w+)\\?["']\s*\])?/g

function readsChanged(step: PlanStep, changed: ReadonlySet<string>): boolean {
  if (changed.size === 0) return false
  for (const [, dotted, quoted] of JSON.stringify(step).matchAll(PARAMS)) {
    const name = dotted ?? quoted
    if (name === undefined || changed.has(name)) return true
  }
  return false
}

/** Names of the parameters that are not the same in both. */
export function changedParams(
  before: Readonly<Record<string, Json>>,
  now: Readonly<Record<string, Json>>,
): Set<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  const text = (value: Json | undefined): string | null => (value === undefined ? null : canonicalJson(value))
  return new Set([...names].filter((name) => text(before[name]) !== text(now[name])))
}

/** Whether a unit may have a result in the run that its run keeps. A manual re-run or a failure of its own asks for a new one. */
export function mayKeep(unit: Unit): boolean {
  const { run, step, index } = unit
  if (run.keep === null || unit.skipCache || unit.failures > 0) return false
  return (step.forEach === null || index !== null) && run.keep.steps.includes(step.name)
}

/**
 * What is taken over from the earlier run for a unit; null when it has to be made.
 * @param isVisible whether results of a workspace may be read in the unit's
 */
export function keptResult(
  unit: Unit,
  base: RunState,
  isVisible: (workspace: string) => boolean,
): Extract<Resolution, { type: 'kept' }> | null {
  const before = unitBefore(unit, base)
  if (before === undefined || !succeeded(before) || before.outputs === null || !isVisible(before.workspace)) {
    return null
  }
  return { type: 'kept', source: sourceOf(before), outputs: before.outputs }
}

/** The execution that made a result. What is not executed itself has none: a child's run, or the step, stands for it. */
function sourceOf(unit: Unit): string {
  const child = childOf(unit)
  if (child !== null) return child
  const last = unit.executions.findLast(({ status }) => status === 'succeeded' || status === 'cached')
  return last === undefined ? `${unit.run.id}:${unitKey(unit)}` : executionId(unit, last.attempt)
}

/** The child run whose result a unit has, its own or one that was kept. */
export const childOf = (unit: Unit): string | null =>
  unit.step.workflow === null ? null : (unit.child ?? unit.executions.at(-1)?.source ?? null)

/** Items are the same when the whole list is: a list that was changed may have them at other places. */
function unitBefore(unit: Unit, base: RunState): Unit | undefined {
  const before = base.steps.get(unit.step.name)
  if (unit.index === null) return before
  const isSameList =
    before?.fanOut != null && JSON.stringify(before.fanOut.items) === JSON.stringify(unit.parent?.fanOut?.items)
  return isSameList ? before.fanOut?.units[unit.index] : undefined
}
