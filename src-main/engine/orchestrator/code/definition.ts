import { ProblemError } from '../../../../src-shared/contract/index.ts'
import type { Target, TargetOptions, TargetParameter } from '../../../../src-shared/contract/targets.ts'
import type { PlanStep, RetryPolicy, TargetRules } from '../../workflows/index.ts'

const NO_RETRY: RetryPolicy = { limit: 0, minDelayMs: 0, maxDelayMs: 0, on: null }

/** A step with nothing in it: what is called has its arguments, not expressions. */
export function blankStep(name: string, kind: PlanStep['kind']): PlanStep {
  return {
    name,
    kind,
    needs: [],
    runsAfterFailure: false,
    when: null,
    run: null,
    image: null,
    env: {},
    workdir: null,
    files: [],
    inputs: {},
    outputs: {},
    forEach: null,
    workflow: null,
    approval: null,
    sleep: null,
    retry: NO_RETRY,
    timeoutMs: null,
    cache: null,
    // Workers bound what they run: of this machine nothing is set aside, they may be on another one.
    resources: { cpus: 0, memoryBytes: 0, gpus: 0 },
    concurrency: null,
    priority: 0,
  }
}

export interface Source {
  readonly module: string
  readonly version: number
}

/** The definition of a call of a target: its manifest's options, and those of the call in their place. */
export function definitionOf(source: Source, target: Target, options: TargetOptions): PlanStep {
  const all: TargetOptions = { ...target.options, ...options }
  const path = `${source.module}/${target.name}`
  const { cache, concurrency } = all
  return {
    ...blankStep(target.name, 'target'),
    outputs: { result: { json: 'result' } },
    target: { module: source.module, name: target.name, version: source.version },
    rules: rulesOf(path, target, all),
    retry: retryOf(all.retries),
    timeoutMs: all.timeoutMs ?? null,
    cache:
      cache === undefined ? null : { maxAgeMs: cache.maxAgeMs ?? null, version: cache.version ?? '', params: null },
    concurrency: concurrency === undefined ? null : { key: concurrency.key ?? path, limit: concurrency.limit },
    priority: all.priority ?? 0,
  }
}

/**
 * A step of a plan that is bound to a target: what its definition says goes before the manifest.
 */
export function boundStep(step: PlanStep, source: Source, target: Target): PlanStep {
  const own = definitionOf(source, target, {})
  return {
    ...step,
    outputs: own.outputs,
    ...(own.target === undefined ? {} : { target: own.target }),
    ...(own.rules === undefined ? {} : { rules: withCache(own.rules, step, target) }),
    retry: step.retry.limit === 0 ? own.retry : step.retry,
    timeoutMs: step.timeoutMs ?? own.timeoutMs,
    cache: step.cache ?? own.cache,
    concurrency: step.concurrency ?? own.concurrency,
    priority: step.priority === 0 ? own.priority : step.priority,
    resources: own.resources,
  }
}

/**
 * A step of a plan whose target turned out to be a workflow: it starts a run, as `workflow: name` does.
 * @throws ProblemError call_invalid for what a run of its own cannot have
 */
export function childStep(step: PlanStep, name: string): PlanStep {
  const { module = '', version = null } = step.target ?? {}
  const is = `${module}/${name} is a workflow, which runs as a run of its own`
  if (version !== null) {
    const fix = `write \`workflow: ${name}\` instead of the target`
    throw new ProblemError('call_invalid', `${is}, in the newest version; the step asks for ${version}`, { fix })
  }
  if (step.cache !== null) {
    const fix = `remove it from the step ${step.name}: what ${name} calls has caches of its own`
    throw new ProblemError('call_invalid', `${is}: \`cache\` has no effect on it`, { fix })
  }
  return { ...step, kind: 'workflow', workflow: name }
}

/** The parameters that the cache rule of a definition counts, as positions. */
function withCache(rules: TargetRules, { cache, concurrency }: PlanStep, target: Target): TargetRules {
  const { locked: _, ...rest } = rules
  const kept = concurrency === null ? rules : { ...rest, locked: [] }
  return cache === null ? kept : { ...kept, cached: positions(target.parameters, cache.params ?? undefined) }
}

function rulesOf(path: string, target: Target, options: TargetOptions): TargetRules {
  const { cache, memo, defer, concurrency, recurrent, requires, isolation } = options
  const at = (names: readonly string[] | undefined): readonly number[] | null => positions(target.parameters, names)
  const delayMs = Math.max(options.delayMs ?? 0, defer?.delayMs ?? 0)
  return {
    parameters: target.parameters.map(({ name, kind }) => ({ name, kind })),
    code: cache?.code === false ? null : target.code,
    namespace: cache?.namespace ?? path,
    ...(cache === undefined ? {} : { cached: at(cache.parameters) }),
    ...(memo === undefined ? {} : { memo: at(memo.parameters) }),
    ...(defer === undefined ? {} : { defer: at(defer.parameters) }),
    ...(concurrency === undefined
      ? {}
      : { locked: concurrency.parameters === undefined ? [] : at(concurrency.parameters) }),
    ...(delayMs === 0 ? {} : { delayMs }),
    ...(recurrent === undefined ? {} : { recurrent: { delayMs: recurrent.delayMs } }),
    ...(requires === undefined || requires.length === 0 ? {} : { requires }),
    ...(isolation === undefined ? {} : { isolation }),
  }
}

/** Positions of the named parameters; null for all. A name that is not there counts for nothing. */
function positions(
  parameters: readonly TargetParameter[],
  names: readonly string[] | undefined,
): readonly number[] | null {
  if (names === undefined) return null
  return names.map((name) => parameters.findIndex((parameter) => parameter.name === name)).filter((index) => index >= 0)
}

function retryOf(retries: TargetOptions['retries']): RetryPolicy {
  if (retries === undefined) return NO_RETRY
  const { limit, minDelayMs, maxDelayMs = minDelayMs, backoff } = retries
  return { limit, minDelayMs, maxDelayMs: Math.max(minDelayMs, maxDelayMs), backoff, on: null }
}
