import type { Plan, PlanStep } from '../../workflows/index.ts'
import { each, plan, planWith, retry, step } from '../testing/plan.ts'
import type { Behaviour } from './behaviour.ts'
import type { Code } from './code.ts'
import type { Random } from './random.ts'
import type { Feature } from './scenario.ts'

export interface Described {
  readonly plan: Plan
  readonly behaviours: ReadonlyMap<PlanStep, Behaviour>
}

export const CAPACITY = { cpus: 4, memoryBytes: 8, gpus: 1 }

const NAMES = ['a', 'b', 'c', 'd', 'e']
const DEEPEST_CHILD = 2
const MOST_ITEMS = 4
/** Concurrency keys with their limits */
const KEYS = [
  { key: 'one', limit: 1 },
  { key: 'two', limit: 2 },
]
const RESOURCES = [
  { cpus: 0.1, memoryBytes: 1, gpus: 0 },
  { cpus: 1, memoryBytes: 3, gpus: 0 },
  { cpus: 0.7, memoryBytes: 0, gpus: 1 },
  { cpus: 4, memoryBytes: 0, gpus: 0 },
  { cpus: 9, memoryBytes: 0, gpus: 0 },
]

/** A small random workflow. */
export function randomPlan(
  random: Random,
  features: ReadonlySet<Feature>,
  code: ReadonlyMap<string, Code>,
  depth = 0,
): Described {
  const behaviours = new Map<PlanStep, Behaviour>()
  const steps: PlanStep[] = []
  for (const name of NAMES.slice(0, random.chance(0.05) ? 0 : 1 + random.below(NAMES.length))) {
    const needs = features.has('needs') ? steps.filter(() => random.chance(0.4)).map((other) => other.name) : []
    const made = randomStep(random, features, code, name, needs, depth)
    steps.push(made.step)
    behaviours.set(made.step, made.behaviour)
    for (const [other, behaviour] of made.child?.behaviours ?? []) behaviours.set(other, behaviour)
  }
  const outputs = random.chance(0.3) ? { result: '${{ 1 }}' } : null
  return { plan: outputs === null ? plan(...steps) : planWith({ outputs }, ...steps), behaviours }
}

function randomStep(
  random: Random,
  features: ReadonlySet<Feature>,
  code: ReadonlyMap<string, Code>,
  name: string,
  needs: readonly string[],
  depth: number,
): { step: PlanStep; behaviour: Behaviour; child: Described | null } {
  const kind = randomKind(random, features, depth)
  const child = kind === 'workflow' ? randomPlan(random, features, code, depth + 1) : null
  const called = kind === 'target' ? random.pick([...code.values()]) : null
  const fields: Partial<PlanStep> = {
    ...(called === null ? {} : asStep(called.step)),
    kind,
    needs,
    runsAfterFailure: features.has('conditions') && random.chance(0.2),
    ...(kind === 'run' ? randomRun(random, features) : {}),
  }
  const fansOut = features.has('fanOut') && random.chance(0.4)
  const made = fansOut
    ? each(name, {
        ...fields,
        ...(random.chance(0.4) ? { maxParallel: 1 + random.below(2) } : {}),
        onFailure: random.chance(0.5) ? 'continue' : 'fail',
      })
    : step(name, fields)
  const timed = made.timeoutMs !== null || features.has('cancels')
  const behaviour: Behaviour = called?.behaviour ?? {
    items: random.below(MOST_ITEMS + 1),
    skips: features.has('conditions') && random.chance(0.3) ? 0.5 : 0,
    misresolves: features.has('failures') && random.chance(0.1) ? 0.5 : 0,
    fails: features.has('failures') && random.chance(0.5) ? 0.5 : 0,
    hangs: timed && random.chance(0.2) ? 0.5 : 0,
    cacheKeys: made.cache === null ? null : random.chance(0.7) ? ['k'] : ['k', 'l', `only ${name}`],
    sleepMs: random.below(2_000),
    child: child?.plan ?? null,
  }
  return { step: made, behaviour, child }
}

/** What a step of a plan takes over from a function. */
function asStep({
  kind,
  run,
  target,
  rules,
  resources,
  retry,
  timeoutMs,
  cache,
  concurrency,
}: PlanStep): Partial<PlanStep> {
  const called = { kind, run, resources, retry, timeoutMs, cache, concurrency }
  return { ...called, ...(target === undefined ? {} : { target }), ...(rules === undefined ? {} : { rules }) }
}

function randomKind(random: Random, features: ReadonlySet<Feature>, depth: number): PlanStep['kind'] {
  if (features.has('code') && random.chance(0.5)) return 'target'
  if (features.has('children') && depth < DEEPEST_CHILD && random.chance(0.3)) return 'workflow'
  if (features.has('approvals') && random.chance(0.15)) return 'approval'
  if (features.has('sleeps') && random.chance(0.2)) return 'sleep'
  return 'run'
}

function randomRun(random: Random, features: ReadonlySet<Feature>): Partial<PlanStep> {
  const has = (feature: Feature, probability: number): boolean => features.has(feature) && random.chance(probability)
  return {
    image: has('flapping', 0.5) ? 'image' : null,
    ...(has('retries', 0.6) ? { retry: randomRetry(random) } : {}),
    timeoutMs: has('timeouts', 0.5) ? 50 + random.below(800) : null,
    cache: has('caches', 0.6)
      ? { maxAgeMs: random.chance(0.5) ? null : random.below(1_000), version: '', params: null }
      : null,
    ...(has('resources', 0.7) ? { resources: random.pick(RESOURCES) } : {}),
    concurrency: has('concurrency', 0.5) ? random.pick(KEYS) : null,
    priority: has('priorities', 0.5) ? random.below(5) - 2 : 0,
  }
}

function randomRetry(random: Random): PlanStep['retry'] {
  const minDelayMs = random.below(3) * 100
  return retry(1 + random.below(2), {
    minDelayMs,
    maxDelayMs: minDelayMs + random.below(300),
    on: random.chance(0.7) ? null : random.pick([['timeout'], ['error'], ['abandoned', 'oom'], [3]] as const),
  })
}
