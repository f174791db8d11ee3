import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import { compilePattern } from './regex.ts'

/** Patterns in users' schemas run on the linear-time engine too. `code` is what Ajv would print into a module. */
const linearRegExp = Object.assign((pattern: string) => compilePattern(pattern), { code: 'compilePattern' })

/** What could be compiled for a parameter, kept as long as its plan. */
const compiled = new WeakMap<Param, ValidateFunction | string>()

function compile(param: Param): ValidateFunction | string {
  const known = compiled.get(param)
  if (known !== undefined) return known
  let result: ValidateFunction | string
  try {
    // An instance for each schema: an instance remembers everything that it compiled.
    const ajv = new Ajv2020({
      strictTypes: false,
      strictTuples: false,
      strictRequired: false,
      code: { regExp: linearRegExp },
      logger: false,
    })
    result = ajv.compile(
      param.type === 'array'
        ? { type: 'array', items: param.items ?? true }
        : { type: 'object', properties: param.properties ?? {} },
    )
  } catch (error) {
    result = error instanceof Error ? error.message : String(error)
  }
  compiled.set(param, result)
  return result
}

/** What is wrong with the JSON Schema in `items` or `properties`; null when it is good. */
export function schemaProblem(param: Param): string | null {
  if (param.items === undefined && param.properties === undefined) return null
  const result = compile(param)
  return typeof result === 'string' ? result : null
}

/** Why a list or map does not fit the parameter's JSON Schema; null when it does. */
export function schemaFault(param: Param, value: Json): string | null {
  if (param.items === undefined && param.properties === undefined) return null
  const validate = compile(param)
  if (typeof validate === 'string') return `its schema is not valid: ${validate}`
  if (validate(value)) return null
  const error = validate.errors?.[0]
  const at = error?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  return `${at === '' ? '' : `at \`${at}\` `}${error?.message ?? 'does not fit its schema'}`
}
