import type { Json } from '../../../../src-shared/contract/index.ts'
import { briefArguments, briefSize, namedArguments } from '../../../../src-shared/values/index.ts'
import type { ValueRef } from './events.ts'
import type { CallState, Unit } from './state.ts'

const asMap = (value: Json | undefined): Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

/** Arguments of a call by the names of its target's parameters, from the value that was journalled. */
export function argumentsByName({ step }: Unit, value: Json): Record<string, Json> {
  // A child workflow is given parameters by name; what asks a person has no arguments.
  if (step.kind !== 'target') return asMap(value)
  const parameters = step.rules?.parameters ?? []
  if (Array.isArray(value)) return namedArguments(value, {}, parameters)
  const { args, named } = asMap(value)
  return namedArguments(Array.isArray(args) ? args : [], asMap(named), parameters)
}

const briefs = new WeakMap<CallState, string>()

/** The arguments of a call in one line; their size when they are too large to be in the journal. */
export function briefOf(unit: Unit, call: CallState, peek: (ref: ValueRef) => Json | undefined): string {
  const known = briefs.get(call)
  if (known !== undefined) return known
  const value = 'json' in call.args ? call.args.json : peek(call.args)
  if (value === undefined || value === null) return 'blob' in call.args ? `(${briefSize(call.args.size)})` : ''
  const text = briefArguments(argumentsByName(unit, value))
  briefs.set(call, text)
  return text
}
