import { createHash } from 'node:crypto'
import type { Plan, PlanStep, TargetRules } from '../../workflows/index.ts'

/** A plan's step with every default filled in; a test names what it is about. */
export const step = (name: string, fields: Partial<PlanStep> = {}): PlanStep => ({
  name,
  kind: 'run',
  needs: [],
  runsAfterFailure: false,
  when: null,
  run: 'true',
  image: null,
  env: {},
  workdir: null,
  files: [],
  inputs: {},
  outputs: {},
  forEach: null,
  workflow: null,
  target: null,
  approval: null,
  sleep: null,
  retry: { limit: 0, minDelayMs: 0, maxDelayMs: 0, on: null },
  timeoutMs: null,
  cache: null,
  resources: { cpus: 1, memoryBytes: 0, gpus: 0 },
  concurrency: null,
  priority: 0,
  ...fields,
})

/** A step over a list. */
export const each = (
  name: string,
  fields: Partial<PlanStep> & { maxParallel?: number; onFailure?: 'fail' | 'continue' } = {},
): PlanStep => {
  const { maxParallel, onFailure, ...rest } = fields
  return step(name, {
    forEach: { items: '${{ params.items }}', maxParallel: maxParallel ?? null, onFailure: onFailure ?? 'fail' },
    ...rest,
  })
}

export interface TargetFields extends Partial<Omit<PlanStep, 'rules'>> {
  readonly rules?: Partial<TargetRules>
}

/** A step that calls a function of the module `lab`, bound to version 1. */
export const target = (name: string, { rules, ...fields }: TargetFields = {}): PlanStep =>
  step(name, {
    kind: 'target',
    run: null,
    target: { module: 'lab', name, version: 1 },
    rules: { parameters: [], code: null, namespace: `lab/${name}`, ...rules },
    resources: { cpus: 0, memoryBytes: 0, gpus: 0 },
    ...fields,
  })

/** A step that calls a function of the module `lab`, version 1, over a list. */
export const eachTarget = (name: string, fields: TargetFields & { maxParallel?: number } = {}): PlanStep => {
  const { maxParallel, ...others } = fields
  const { forEach: _, ...rest } = target(name, others)
  return each(name, { ...rest, ...(maxParallel === undefined ? {} : { maxParallel }) })
}

/** A retry policy: `limit` further attempts. */
export const retry = (limit: number, fields: Partial<PlanStep['retry']> = {}): PlanStep['retry'] => ({
  limit,
  minDelayMs: 0,
  maxDelayMs: 0,
  on: null,
  ...fields,
})

/** A plan of these steps, in this order. Its digest follows from them. */
export const plan = (...steps: PlanStep[]): Plan => planWith({}, ...steps)

export function planWith(fields: Partial<Plan>, ...steps: PlanStep[]): Plan {
  const digest = createHash('sha256')
    .update(JSON.stringify([fields, steps]))
    .digest('hex')
  return { digest, name: 'flow', description: null, params: {}, files: [], outputs: {}, priority: 0, ...fields, steps }
}
