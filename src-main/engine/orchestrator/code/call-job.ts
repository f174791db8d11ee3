import type { Json } from '../../../../src-shared/contract/index.ts'
import type { StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import type { CallJob } from '../../executors/index.ts'
import { argumentsOf } from '../../targets/index.ts'
import { asRecord, type ExecutionState, executionId, type Unit } from '../core/index.ts'
import type { Values } from '../values.ts'
import { all } from './all.ts'
import { type Arguments, splitArguments } from './arguments.ts'
import { pathOf } from './keys.ts'
import { stepEnd } from './step-end.ts'

/**
 * What a worker is to call; the same after a restart, for adoption. At once when all values are in memory: a thousand calls are
 * handed out in a turn.
 */
export function callJob(values: Values, unit: Unit, execution: ExecutionState): CallJob | Promise<CallJob> {
  const { call, resolved } = unit
  const ref = call === null ? (resolved?.inputs ?? null) : call.args
  const given = ref === null ? { value: null } : values.peek(ref)
  if (given === null || (call !== null && call.refs.length > 0)) return load(values, unit, execution)
  return build(unit, execution, argumentsFor(unit, given.value), [])
}

async function load(values: Values, unit: Unit, execution: ExecutionState): Promise<CallJob> {
  const { call, resolved } = unit
  const ref = call === null ? (resolved?.inputs ?? null) : call.args
  const given = ref === null ? null : await values.load(ref)
  const ends = await all((call?.refs ?? []).map((one) => stepEnd(values, one)))
  return build(unit, execution, argumentsFor(unit, given), ends)
}

function argumentsFor({ call, step }: Unit, given: Json): Arguments {
  if (call !== null) return splitArguments(given)
  return argumentsOf({ path: pathOf(step), parameters: step.rules?.parameters ?? [] }, asRecord(given))
}

function build(unit: Unit, execution: ExecutionState, { args, named }: Arguments, ends: readonly StepEnd[]): CallJob {
  return {
    worker: execution.worker ?? '',
    execution: executionId(unit, execution.attempt),
    target: pathOf(unit.step),
    version: unit.step.target?.version ?? 0,
    args,
    ...(named === undefined ? {} : { named }),
    ...(ends.length === 0 ? {} : { steps: Object.fromEntries(ends.map((end) => [end.step, end])) }),
    isolation: unit.step.rules?.isolation ?? 'process',
    resumed: execution.inherited !== null,
  }
}
