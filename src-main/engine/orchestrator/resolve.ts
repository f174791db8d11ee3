import { type Failure, type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import type { Targets } from '../targets/index.ts'
import {
  checkParams,
  type ExpressionContext,
  ExpressionError,
  explainMiss,
  planOf,
  resolveItems,
  resolveMessage,
  resolveOutputs,
  resolveSleep,
  resolveStep,
  resolveWhen,
} from '../workflows/index.ts'
import { splitArguments } from './code/arguments.ts'
import { bindTarget, isBound, resolveTarget, withResults } from './code/resolve-target.ts'
import { contextOf, runContext } from './context.ts'
import type { CacheState, CallState, Command, Resolution, RunState, State, Unit, ValueRef } from './core/index.ts'
import { asRecord, chainOf, nameOfWorkspace, place, sees } from './core/index.ts'
import { keptResult, mayKeep } from './keep.ts'
import type { Values } from './values.ts'

/** A workflow that calls itself ends here instead of filling the disk. */
const CHILD_DEPTH_LIMIT = 32

/** Child runs are refused when this many runs are active: a recursion that fans out grows as a power of its depth. */
const ACTIVE_RUNS_LIMIT = 10_000

/** How many items one fan-out may have. */
const ITEMS_LIMIT = 100_000

export interface Resolver {
  /** The command that answers a ready unit; at once when everything is in memory. */
  unit(unit: Unit): Command | Promise<Command>
  /** The command with the outputs of a run whose steps have ended. */
  run(run: RunState): Command | Promise<Command>
}

interface Needs {
  readonly state: State
  readonly values: Values
  readonly storage: Pick<ProjectStorage, 'cacheHit' | 'cacheNearest' | 'workflow'>
  readonly now: () => number
  readonly newRunId: () => string
  /** A run that may have ended, to read its results; null when it was deleted */
  readonly runOf: (id: string) => Promise<RunState | null>
  /** Digest of an image that is on this machine, or null */
  readonly imageDigest: (image: string) => Promise<string | null>
  readonly targets: Targets
}

/** Evaluates the expressions of units: the edge between the pure core and values, cache table and other workflows. */
export function createResolver(needs: Needs): Resolver {
  const { values } = needs
  const answer = (unit: Unit, generation: number, outcome: Resolution): Command => ({
    type: 'unit.resolved',
    ...place(unit),
    generation,
    outcome,
  })
  const failed = (unit: Unit, generation: number, error: unknown): Command =>
    answer(unit, generation, { type: 'error', error: toFailure(error) })

  return {
    unit(unit) {
      const { generation } = unit
      try {
        const command = mayKeep(unit)
          ? keptOf(needs, unit).then((kept) => kept ?? resolveFresh(needs, unit))
          : resolveFresh(needs, unit)
        const wrap = (found: Resolution | Command): Command =>
          'outcome' in found || found.type === 'run.create' ? found : answer(unit, generation, found as Resolution)
        if (!(command instanceof Promise)) return wrap(command)
        return command.then(wrap).catch((error: unknown) => failed(unit, generation, error))
      } catch (error) {
        return failed(unit, generation, error)
      }
    },
    run(run) {
      const done = (ref: ValueRef): Command => ({ type: 'run.resolved', run: run.id, outcome: { outputs: ref } })
      const refuse = (error: unknown): Command => ({
        type: 'run.resolved',
        run: run.id,
        outcome: { error: toFailure(error) },
      })
      const finish = (context: ExpressionContext): Command | Promise<Command> => {
        const ref = values.refer(resolveOutputs(run.plan, context))
        return ref instanceof Promise ? ref.then(done) : done(ref)
      }
      try {
        const context = runContext(values, run, (id) => nameOfWorkspace(needs.state, id))
        const command = context instanceof Promise ? context.then(finish) : finish(context)
        return command instanceof Promise ? command.catch(refuse) : command
      } catch (error) {
        return refuse(error)
      }
    },
  }
}

/** What went wrong while expressions were evaluated, for the person who wrote them. */
export function toFailure(error: unknown): Failure {
  if (error instanceof ExpressionError) {
    return { code: 'expression', message: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) }
  }
  if (error instanceof ProblemError) {
    const { fix } = error.context
    return { code: error.code, message: error.message, ...(fix === undefined ? {} : { fix }) }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'resolve', message: `its inputs could not be put together: ${message}` }
}

/** Runs that are kept, by the runs that keep them: a fan-out of 10,000 asks 10,000 times. */
const bases = new WeakMap<RunState, Promise<RunState | null>>()

async function keptOf(needs: Needs, unit: Unit): Promise<Resolution | null> {
  const { run } = unit
  const opened = bases.get(run) ?? needs.runOf(run.keep?.run ?? '')
  bases.set(run, opened)
  const base = await opened
  const kept = base === null ? null : keptResult(unit, base, (id) => sees(needs.state, unit.workspace, id))
  // Loaded now, so that this run refers to the files of the assets in it and keeps them alive.
  if (kept !== null) await needs.values.load(kept.outputs)
  return kept
}

type Found = Resolution | Command | Promise<Resolution | Command>

/** What code called has its arguments, and no expressions. */
async function resolveCall(needs: Needs, unit: Unit, call: CallState): Promise<Resolution | Command> {
  const { step } = unit
  if (step.kind === 'approval') return { type: 'approval', message: step.approval?.message ?? '' }
  if (step.kind === 'workflow') {
    const args = await withResults(needs.values, unit, splitArguments([await needs.values.load(call.args)]))
    return startChild(needs, unit, asRecord(args.args[0] ?? null))
  }
  return resolveTarget(needs, unit, null)
}

function resolveFresh(needs: Needs, unit: Unit): Found {
  const { call, step } = unit
  if (call !== null) return step.kind === 'target' ? resolveTarget(needs, unit, null) : resolveCall(needs, unit, call)
  const context = contextOf(needs.values, unit, (id) => nameOfWorkspace(needs.state, id))
  if (!(context instanceof Promise)) return resolveUnit(needs, unit, context)
  return context.then((loaded) => resolveUnit(needs, unit, loaded))
}

function resolveUnit(
  needs: Needs,
  unit: Unit,
  context: ExpressionContext,
): Resolution | Command | Promise<Resolution | Command> {
  const { step } = unit
  const isFanOut = step.forEach !== null && unit.index === null
  // The condition is asked once, before the fan-out: its items follow it.
  if (step.when !== null && unit.index === null && !resolveWhen(step, context))
    return { type: 'skip', reason: `its condition is false: ${step.when}` }
  // Before the fan-out: all its items run the same version.
  if (step.kind === 'target' && !isBound(unit)) return bindTarget(needs, unit)
  if (isFanOut) return expand(needs, step.name, resolveItems(step, context))
  switch (step.kind) {
    case 'sleep':
      return { type: 'sleep', ms: resolveSleep(step, context) }
    case 'approval':
      return { type: 'approval', message: resolveMessage(step, context) }
    case 'workflow':
      return startChild(needs, unit, resolveStep(step, context, null).inputs)
    case 'target':
      return resolveTarget(needs, unit, context)
    case 'run':
      return prepareRun(needs, unit, context)
  }
}

function expand(needs: Needs, name: string, items: Json[]): Resolution | Promise<Resolution> {
  if (items.length > ITEMS_LIMIT) {
    const error = {
      code: 'too_many_items',
      message: `steps.${name}.forEach has ${items.length} items; a fan-out takes ${ITEMS_LIMIT}`,
      fix: 'put several items into one, or call a child workflow for parts of them',
    }
    return { type: 'error', error }
  }
  const ref = needs.values.refer(items)
  const done = (stored: ValueRef): Resolution => ({ type: 'items', items: stored, count: items.length })
  return ref instanceof Promise ? ref.then(done) : done(ref)
}

function prepareRun(needs: Needs, unit: Unit, context: ExpressionContext): Resolution | Promise<Resolution> {
  const { step } = unit
  if (step.cache !== null) return prepareCached(needs, unit, context)
  const { inputs, concurrencyKey } = resolveStep(step, context, null)
  const done = (ref: ValueRef | null): Resolution => ({
    type: 'run',
    resolved: { inputs: ref, concurrencyKey, cache: null },
    hit: null,
  })
  if (Object.keys(inputs).length === 0) return done(null)
  const ref = needs.values.refer({ ...inputs })
  return ref instanceof Promise ? ref.then(done) : done(ref)
}

async function prepareCached(needs: Needs, unit: Unit, context: ExpressionContext): Promise<Resolution> {
  const { step } = unit
  const image = step.image === null ? null : await needs.imageDigest(step.image)
  const { inputs, concurrencyKey, cache } = resolveStep(step, context, image)
  const ref = Object.keys(inputs).length === 0 ? null : await needs.values.refer({ ...inputs })
  const ask = cache !== null && !unit.skipCache && unit.failures === 0
  const chain = chainOf(needs.state, unit.workspace)
  const maxAge = step.cache?.maxAgeMs ?? null
  const row = ask ? await needs.storage.cacheHit(cache.key, chain, maxAge === null ? 0 : needs.now() - maxAge) : null
  if (row !== null && cache !== null) {
    const hit = { workspace: row.workspace, source: row.execution, outputs: JSON.parse(row.outputs) as ValueRef }
    // Loaded now, so that this run refers to the files of the assets in it and keeps them alive.
    await needs.values.load(hit.outputs)
    return { type: 'run', resolved: { inputs: ref, concurrencyKey, cache: { ...cache, reason: null } }, hit }
  }
  const state: CacheState | null =
    cache === null ? null : { ...cache, reason: await missReason(needs, unit, cache.parts) }
  return { type: 'run', resolved: { inputs: ref, concurrencyKey, cache: state }, hit: null }
}

async function missReason(needs: Needs, unit: Unit, parts: Readonly<Record<string, string>>): Promise<string> {
  if (unit.skipCache) return 'it was run again by hand, which does not ask the cache'
  const chain = chainOf(needs.state, unit.workspace)
  const nearest = await needs.storage.cacheNearest(unit.run.plan.name, unit.step.name, chain)
  if (nearest === null) return explainMiss(parts, null)
  const before = JSON.parse(nearest.parts) as Record<string, string>
  return explainMiss(parts, { parts: before, at: nearest.at, execution: nearest.execution })
}

async function startChild(
  needs: Needs,
  unit: Unit,
  inputs: Readonly<Record<string, Json>>,
): Promise<Resolution | Command> {
  const { step, run, generation } = unit
  const name = step.workflow ?? ''
  if (depth(needs.state, run) >= CHILD_DEPTH_LIMIT) {
    const message = `runs are nested ${CHILD_DEPTH_LIMIT} deep; ${name} would be one more`
    return {
      type: 'error',
      error: { code: 'recursion_limit', message, fix: 'end the recursion with a condition (when)' },
    }
  }
  if (needs.state.runs.size >= ACTIVE_RUNS_LIMIT) {
    const message = `${needs.state.runs.size} runs are active, which is the limit for starting child runs`
    const fix = 'bound the fan-out with maxParallel, or end a recursion with a condition (when)'
    return { type: 'error', error: { code: 'too_many_runs', message, fix } }
  }
  const row = await needs.storage.workflow(name, undefined, chainOf(needs.state, unit.workspace))
  if (row === null) {
    const fix = `save it with "weir workflow apply", or correct steps.${step.name}.workflow`
    return { type: 'error', error: { code: 'workflow_not_found', message: `there is no workflow named ${name}`, fix } }
  }
  const plan = planOf(row)
  const checked = checkParams(plan, inputs)
  const problem = checked.problems[0]
  if (problem !== undefined) {
    const message = `the inputs do not fit the parameters of ${name}: ${problem.field}: ${problem.message}`
    return {
      type: 'error',
      error: { code: 'params_invalid', message, ...(problem.fix === undefined ? {} : { fix: problem.fix }) },
    }
  }
  const params = await needs.values.refer(checked.values)
  return {
    type: 'run.create',
    run: needs.newRunId(),
    workflow: name,
    version: row.version,
    plan,
    workspace: unit.workspace,
    params,
    secrets: [],
    priority: run.priority,
    trigger: 'parent',
    parent: place(unit),
    generation,
  }
}

function depth(state: State, run: RunState): number {
  let count = 0
  for (let up = run.parent; up !== null; up = state.runs.get(up.run)?.parent ?? null) count += 1
  return count
}
