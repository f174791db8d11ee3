import type { Param } from '../../../src-shared/contract/index.ts'

type ParamField = keyof typeof Param.shape

/** Limits by the type of a parameter, in the order in which they stand in the form. */
const LIMITS: Readonly<Record<string, readonly ParamField[]>> = {
  string: ['enum', 'minLength', 'maxLength', 'pattern'],
  integer: ['minimum', 'maximum', 'enum'],
  number: ['minimum', 'maximum', 'enum'],
  boolean: ['enum'],
  array: ['items', 'enum'],
  object: ['properties', 'enum'],
  json: ['schema', 'enum'],
  file: ['multiple'],
  directory: [],
  secret: ['minLength', 'maxLength', 'pattern'],
}

/** Optional fields that a parameter of a type may have, beside its description. */
export function limitsOf(type: string): readonly string[] {
  const limits = LIMITS[type] ?? []
  return type === 'secret' ? ['required', ...limits] : ['default', 'required', ...limits]
}
