import type { Unit } from '../core/index.ts'

/** Where rows of the cache stand: those of a target, whoever calls it. */
export const cacheScope = ({ run, step }: Unit): { workflow: string; step: string } =>
  step.target == null
    ? { workflow: run.plan.name, step: step.name }
    : { workflow: step.target.module, step: step.target.name }
