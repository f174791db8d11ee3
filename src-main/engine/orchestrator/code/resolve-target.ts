import { type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../../storage/index.ts'
import { argumentsOf, checkInputs, type Targets } from '../../targets/index.ts'
import { type ExpressionContext, explainMiss, resolveStep, type TargetRules } from '../../workflows/index.ts'
import {
  asRecord,
  chainOf,
  type Resolution,
  type State,
  startWorker,
  type Unit,
  unitKey,
  type ValueRef,
} from '../core/index.ts'
import type { Values } from '../values.ts'
import { type Arguments, splitArguments } from './arguments.ts'
import { cacheScope } from './cache-scope.ts'
import { boundStep, childStep } from './definition.ts'
import { callCacheKey, concurrencyKeyOf, pathOf } from './keys.ts'
import { resultOf, substituted } from './step-end.ts'

interface Needs {
  readonly state: State
  readonly values: Values
  readonly storage: Pick<ProjectStorage, 'cacheHit' | 'cacheNearest'>
  readonly now: () => number
  readonly targets: Targets
}

type Found = Resolution | Promise<Resolution>

/** Whether it is known which version of the module a unit runs, and how. */
export const isBound = ({ step }: Unit): boolean => step.rules !== undefined

/** Binds a step to a version: the one that it names, that its run is pinned to, or the newest of the workspace. */
export async function bindTarget({ state, targets }: Needs, unit: Unit): Promise<Resolution> {
  const { step, run, workspace, call } = unit
  const { module = '', name = '', version = null } = step.target ?? {}
  // What a person runs again is the newest code.
  const pinned = version ?? (unit.skipCache ? null : run.modules.get(module)) ?? null
  const found = pinned === null ? await targets.newest(workspace, module) : await targets.version(module, pinned)
  if (found === null) {
    const which = pinned === null ? `a module ${module}` : `version ${pinned} of the module ${module}`
    throw new ProblemError('target_not_found', `no worker has registered ${which} here`, {
      fix: `start one that hosts it: ${startWorker(state, module, workspace)}`,
    })
  }
  const target = found.manifest.targets.find((one) => one.name === name)
  if (target === undefined) {
    throw new ProblemError('target_not_found', `${module} has no target ${name} in version ${found.version}`, {
      fix: `it has ${found.manifest.targets.map((one) => one.name).join(', ')}`,
    })
  }
  // A step of the plan says by name what it gives; what is missing is told before anything starts.
  if (call === null) {
    checkInputs({ path: pathOf(step), parameters: target.parameters }, Object.keys(step.inputs))
    // The step of a workflow made from code is the workflow itself; any other is a run of its own, as a call from code is.
    if (target.kind === 'workflow' && run.workflow !== name) return { type: 'bound', definition: childStep(step, name) }
  }
  return { type: 'bound', definition: boundStep(step, found, target) }
}

/** What a bound unit runs with: inputs, the key of its limit, and what the cache holds. */
export function resolveTarget(needs: Needs, unit: Unit, context: ExpressionContext | null): Found {
  const { step } = unit
  const { rules } = step
  if (rules === undefined) return bindTarget(needs, unit)
  if (unit.call !== null) {
    const found = needs.values.peek(unit.call.args)
    if (found === null)
      return needs.values.load(unit.call.args).then((args) => prepare(needs, unit, rules, splitArguments(args), null))
    return prepare(needs, unit, rules, splitArguments(found.value), null)
  }
  const { inputs } =
    context === null ? { inputs: {} } : resolveStep({ ...step, cache: null, concurrency: null }, context, null)
  const args = argumentsOf({ path: pathOf(step), parameters: rules.parameters }, inputs)
  return prepare(needs, unit, rules, args, inputs)
}

function prepare(
  needs: Needs,
  unit: Unit,
  rules: TargetRules,
  args: Arguments,
  inputs: Readonly<Record<string, Json>> | null,
): Found {
  const { step } = unit
  const concurrencyKey = concurrencyKeyOf(step, args)
  const ref = inputs === null || Object.keys(inputs).length === 0 ? null : needs.values.refer({ ...inputs })
  if (step.cache === null && !(ref instanceof Promise)) {
    return { type: 'run', resolved: { inputs: ref, concurrencyKey, cache: null }, hit: null }
  }
  return withCache(needs, unit, rules, args, ref, concurrencyKey)
}

async function withCache(
  needs: Needs,
  unit: Unit,
  rules: TargetRules,
  args: Arguments,
  pending: ValueRef | Promise<ValueRef> | null,
  concurrencyKey: string | null,
): Promise<Resolution> {
  const { step, workspace } = unit
  const inputs = await pending
  if (step.cache === null) return { type: 'run', resolved: { inputs, concurrencyKey, cache: null }, hit: null }
  const cache = callCacheKey(step, rules, await withResults(needs.values, unit, args))
  const chain = chainOf(needs.state, workspace)
  const ask = !unit.skipCache && unit.failures === 0
  const { maxAgeMs } = step.cache
  const row = ask
    ? await needs.storage.cacheHit(cache.key, chain, maxAgeMs === null ? 0 : needs.now() - maxAgeMs)
    : null
  if (row !== null) {
    const hit = { source: row.execution, workspace: row.workspace, outputs: JSON.parse(row.outputs) as ValueRef }
    // Loaded now, so that this run refers to the files of the assets in it and keeps them alive.
    await needs.values.load(hit.outputs)
    return { type: 'run', resolved: { inputs, concurrencyKey, cache: { ...cache, reason: null } }, hit }
  }
  const reason = await missReason(needs, unit, chain, cache.parts ?? {})
  return { type: 'run', resolved: { inputs, concurrencyKey, cache: { ...cache, reason } }, hit: null }
}

async function missReason(
  needs: Needs,
  unit: Unit,
  chain: readonly string[],
  parts: Readonly<Record<string, string>>,
): Promise<string> {
  if (unit.skipCache) return 'it was run again by hand, which does not ask the cache'
  const { workflow, step } = cacheScope(unit)
  const nearest = await needs.storage.cacheNearest(workflow, step, chain)
  if (nearest === null) return explainMiss(parts, null)
  const before = JSON.parse(nearest.parts) as Record<string, string>
  return explainMiss(parts, { parts: before, at: nearest.at, execution: nearest.execution })
}

/** Arguments with the results of the steps that they refer to. */
export async function withResults(values: Values, { call }: Unit, args: Arguments): Promise<Arguments> {
  if (call === null || call.refs.length === 0) return args
  const results = new Map<string, Json>()
  for (const ref of call.refs) {
    if (ref.outputs !== null) results.set(unitKey(ref), resultOf(ref, await values.load(ref.outputs)))
  }
  return {
    args: args.args.map((value) => substituted(value, results)),
    ...(args.named === undefined ? {} : { named: asRecord(substituted({ ...args.named }, results)) }),
  }
}
