import type { Plan } from '../../workflows/index.ts'

const known = new WeakMap<Plan, ReadonlyMap<string, readonly string[]>>()

/** For each step the steps that need it directly. */
export function dependents(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const before = known.get(plan)
  if (before !== undefined) return before
  const graph = new Map<string, string[]>()
  for (const step of plan.steps) {
    for (const need of step.needs) {
      const list = graph.get(need)
      if (list === undefined) graph.set(need, [step.name])
      else list.push(step.name)
    }
  }
  known.set(plan, graph)
  return graph
}

/** The given steps and everything that depends on them, directly or not. */
export function downstream(plan: Plan, from: Iterable<string>): Set<string> {
  const graph = dependents(plan)
  const reached = new Set(from)
  for (const name of reached) for (const next of graph.get(name) ?? []) reached.add(next)
  return reached
}
