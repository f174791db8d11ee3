import type { z } from 'zod'
import type { AssetFile, Cache, Definition, Retry, Step } from '../../../src-shared/contract/index.ts'
import { matchFiles } from '../../../src-shared/definition/index.ts'
import type { Checked } from './check-definition.ts'
import { kindOf } from './check-step.ts'
import { DEFAULT_RETRY_DELAY_MS } from './limits.ts'
import type { CachePolicy, Plan, PlanStep, RetryPolicy, TargetRef } from './plan.ts'
import { bareExpression } from './template.ts'
import { bytesOf, durationMs } from './units.ts'

/** The plan of a definition that was found good: every default filled in. */
export function buildPlan(digest: string, definition: Definition, files: readonly AssetFile[], checked: Checked): Plan {
  return {
    digest,
    name: definition.name,
    description: definition.description ?? null,
    params: definition.params ?? {},
    files,
    steps: checked.order.flatMap((name) => {
      const step = definition.steps[name]
      return step ? [planStep(name, step, definition, files, checked)] : []
    }),
    outputs: definition.outputs ?? {},
    priority: definition.priority ?? 0,
  }
}

function planStep(
  name: string,
  step: Step,
  definition: Definition,
  files: readonly AssetFile[],
  checked: Checked,
): PlanStep {
  return {
    name,
    kind: kindOf(step) ?? 'run',
    needs: checked.needs.get(name) ?? [],
    runsAfterFailure: checked.runsAfterFailure.has(name),
    when: step.when === undefined ? null : (bareExpression(step.when)?.text.trim() ?? null),
    run: step.run ?? null,
    image: step.image ?? null,
    env: step.run === undefined ? {} : texts({ ...definition.env, ...step.env }),
    workdir: step.workdir ?? null,
    files: step.run === undefined ? [] : step.files === undefined ? files : matchFiles(step.files, files),
    inputs: step.inputs ?? {},
    outputs: step.target === undefined ? (step.outputs ?? {}) : TARGET_OUTPUTS,
    forEach: planForEach(step.forEach),
    workflow: step.workflow ?? null,
    target: step.target === undefined ? null : targetOf(step.target),
    approval: step.approval ? { message: step.approval.message, form: step.approval.form ?? {} } : null,
    sleep: step.sleep ?? null,
    retry: planRetry(step.retry),
    timeoutMs: step.timeout === undefined ? null : durationMs(step.timeout),
    cache: planCache(step.cache),
    resources: {
      cpus: step.resources?.cpus ?? (step.run === undefined ? 0 : 1),
      memoryBytes: bytesOf(step.resources?.memory ?? 0) ?? 0,
      gpus: step.resources?.gpus ?? 0,
    },
    concurrency: step.concurrency ? { key: step.concurrency.key, limit: step.concurrency.limit ?? 1 } : null,
    priority: step.priority ?? 0,
    secrets: Object.keys(definition.params ?? {}).filter((param) => definition.params?.[param]?.type === 'secret'),
  }
}

const texts = (env: Readonly<Record<string, string | number | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))

/** What a target returns; no file is read for it. */
const TARGET_OUTPUTS: PlanStep['outputs'] = { result: { json: 'result' } }

/** `digits/train@4`, whose form the schema has checked. */
export function targetOf(text: string): TargetRef {
  const [path = '', version] = text.split('@')
  const slash = path.indexOf('/')
  return {
    module: path.slice(0, slash),
    name: path.slice(slash + 1),
    version: version === undefined ? null : Number(version),
  }
}

function planForEach(forEach: Step['forEach']): PlanStep['forEach'] {
  if (forEach === undefined) return null
  if (typeof forEach === 'string' || Array.isArray(forEach))
    return { items: forEach, maxParallel: null, onFailure: 'fail' }
  return { items: forEach.items, maxParallel: forEach.maxParallel ?? null, onFailure: forEach.onFailure ?? 'fail' }
}

function planRetry(retry: z.infer<typeof Retry> | undefined): RetryPolicy {
  const [low, high = low] = retry?.delay?.split('..') ?? []
  const min = low === undefined ? null : durationMs(low)
  const max = high === undefined ? null : durationMs(high)
  return {
    limit: retry?.limit ?? 0,
    minDelayMs: min ?? DEFAULT_RETRY_DELAY_MS,
    maxDelayMs: max ?? DEFAULT_RETRY_DELAY_MS,
    on: retry?.on ?? null,
  }
}

function planCache(cache: boolean | z.infer<typeof Cache> | undefined): CachePolicy | null {
  if (cache === undefined || cache === false) return null
  const { maxAge, version, params } = cache === true ? {} : cache
  return { maxAgeMs: maxAge === undefined ? null : durationMs(maxAge), version: version ?? '', params: params ?? null }
}
