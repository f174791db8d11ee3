import type { StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import type { CallJob } from '../../executors/index.ts'
import { argumentsOf } from '../../targets/index.ts'
import { asRecord, type ExecutionState, executionId, type Unit } from '../core/index.ts'
import type { Values } from '../values.ts'
import { type Arguments, splitArguments } from './arguments.ts'
import { pathOf } from './keys.ts'
import { stepEnd } from './step-end.ts'

/** What a worker is to call; the same after a restart, for adoption. */
export async function callJob(values: Values, unit: Unit, execution: ExecutionState): Promise<CallJob> {
  const { args, named } = await argumentsFor(values, unit)
  const steps: Record<string, StepEnd> = {}
  for (const ref of unit.call?.refs ?? []) {
    const end = await stepEnd(values, ref)
    steps[end.step] = end
  }
  return {
    worker: execution.worker ?? '',
    execution: executionId(unit, execution.attempt),
    target: pathOf(unit.step),
    version: unit.step.target?.version ?? 0,
    args,
    ...(named === undefined ? {} : { named }),
    ...(Object.keys(steps).length === 0 ? {} : { steps }),
    isolation: unit.step.rules?.isolation ?? 'process',
    resumed: execution.inherited !== null,
  }
}

async function argumentsFor(values: Values, { call, step, resolved }: Unit): Promise<Arguments> {
  if (call !== null) return splitArguments(await values.load(call.args))
  const inputs = resolved?.inputs == null ? {} : asRecord(await values.load(resolved.inputs))
  return argumentsOf({ path: pathOf(step), parameters: step.rules?.parameters ?? [] }, inputs)
}
