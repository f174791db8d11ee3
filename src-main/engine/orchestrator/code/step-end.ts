import type { Json } from '../../../../src-shared/contract/index.ts'
import type { StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import { asRecord, executionId, succeeded, type Unit, unitKey } from '../core/index.ts'
import type { Values } from '../values.ts'

/** Answers to a question that is no form: its only field. */
export const ANSWER = 'answer'

/** How a step stands, with its value, for the code that called it. */
export function stepEnd(values: Values, unit: Unit): StepEnd | Promise<StepEnd> {
  const step = unitKey(unit)
  if (unit.phase !== 'done') return { step, outcome: 'pending' }
  if (!succeeded(unit)) return failedEnd(unit)
  if (unit.outputs === null) return { step, outcome: 'succeeded', value: null }
  const found = values.peek(unit.outputs)
  if (found !== null) return { step, outcome: 'succeeded', value: resultOf(unit, found.value) }
  return values.load(unit.outputs).then((outputs) => ({ step, outcome: 'succeeded', value: resultOf(unit, outputs) }))
}

function failedEnd(unit: Unit): StepEnd {
  const step = unitKey(unit)
  const { error } = unit
  if (unit.outcome === 'cancelled' || error === null) return { step, outcome: 'cancelled' }
  return {
    step,
    outcome: 'failed',
    error: {
      type: error.type ?? error.code,
      message: error.message,
      ...(error.details === undefined ? {} : { stack: error.details }),
      step: error.step ?? executionId(unit, unit.executions.at(-1)?.attempt ?? 1),
    },
  }
}

/** What the call returns: what the function returned, a person's answer, or the outputs of a workflow. */
export function resultOf({ step }: Unit, outputs: Json): Json {
  const all = asRecord(outputs)
  if (step.kind === 'target') return all['result'] ?? null
  const [only, ...others] = Object.keys(all)
  // A workflow of code has the one output `result`.
  if (step.kind === 'workflow' && only === 'result' && others.length === 0) return all['result'] ?? null
  if (step.kind === 'approval' && step.approval?.form[ANSWER] !== undefined) return all[ANSWER] ?? null
  return all
}

/** A value with the results of steps in the places of the references to them. */
export function substituted(value: Json, ends: ReadonlyMap<string, Json>): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => substituted(item, ends))
  if (value['$weir'] === 'step')
    return (typeof value['step'] === 'string' ? ends.get(value['step']) : undefined) ?? value
  const copy: Record<string, Json> = {}
  for (const [name, inner] of Object.entries(value)) {
    Object.defineProperty(copy, name, {
      value: substituted(inner, ends),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return copy
}
