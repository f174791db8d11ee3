import type { Plan, PlanStep } from '../../workflows/index.ts'
import type { Unit } from '../core/index.ts'
import type { Behaviour } from './behaviour.ts'
import { type Code, randomCode } from './code.ts'
import { randomPlan } from './plans.ts'
import type { Random } from './random.ts'
import type { Feature } from './scenario.ts'

/** The workflows and functions of a schedule. */
export class Library {
  readonly code: ReadonlyMap<string, Code>
  private readonly behaviours = new Map<PlanStep, Behaviour>()
  private readonly plans: Plan[] = []
  private readonly children: Plan[] = []
  private readonly random: Random
  private readonly features: ReadonlySet<Feature>

  constructor(random: Random, features: ReadonlySet<Feature>) {
    this.random = random
    this.features = features
    this.code = features.has('code') ? randomCode(random, features) : new Map()
  }

  /** One that ran before, or a new one. */
  pick(): Plan {
    const { random, plans } = this
    if (plans.length > 0 && random.chance(0.4)) return random.pick(plans)
    const { plan, behaviours } = randomPlan(random, this.features, this.code)
    for (const [step, behaviour] of behaviours) {
      this.behaviours.set(step, behaviour)
      if (behaviour.child !== null) this.children.push(behaviour.child)
    }
    plans.push(plan)
    return plan
  }

  known(): readonly Plan[] {
    return [...this.plans, ...this.children]
  }

  behaviourOf({ step }: Unit): Behaviour {
    const behaviour = step.target == null ? this.behaviours.get(step) : this.code.get(step.target.name)?.behaviour
    if (behaviour === undefined) throw new Error(`step ${step.name} was never described`)
    return behaviour
  }

  /** Everything about a function is in its one version. */
  bound(step: PlanStep): PlanStep {
    const { rules, target } = this.code.get(step.target?.name ?? '')?.step ?? {}
    if (rules === undefined || target == null) throw new Error(`step ${step.name} calls nothing that is known`)
    return { ...step, rules, target }
  }
}
