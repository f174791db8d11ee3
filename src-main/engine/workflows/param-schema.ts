import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { type Json, markOf, type Param } from '../../../src-shared/contract/index.ts'
import { compilePattern } from './regex.ts'

/** Patterns in users' schemas run on the linear-time engine too. `code` is what Ajv would print into a module. */
const linearRegExp = Object.assign((pattern: string) => compilePattern(pattern), { code: 'compilePattern' })

/** What could be compiled for a parameter, kept as long as its plan. */
const compiled = new WeakMap<Param, ValidateFunction | string>()

/** The JSON Schema of a parameter's values; null when its type says all. */
function schemaOf(param: Param): Record<string, Json> | null {
  if (param.type === 'json') return param.schema ?? null
  if (param.type === 'array') return param.items === undefined ? null : { type: 'array', items: param.items }
  return param.properties === undefined ? null : { type: 'object', properties: param.properties }
}

function compile(param: Param, schema: Record<string, Json>): ValidateFunction | string {
  const known = compiled.get(param)
  if (known !== undefined) return known
  const result = param.type === 'json' ? compileForeign(schema) : compileOwn(schema)
  compiled.set(param, result)
  return result
}

/** A schema that a person wrote into a definition: a misspelled keyword is a fault. */
function compileOwn(schema: Record<string, Json>): ValidateFunction | string {
  return guarded(() =>
    // An instance for each schema: an instance remembers everything that it compiled.
    new Ajv2020({
      strictTypes: false,
      strictTuples: false,
      strictRequired: false,
      code: { regExp: linearRegExp },
      logger: false,
    }).compile(schema),
  )
}

/** A schema that a program made, with keywords and formats of its own: what is not known says nothing. */
function compileForeign(schema: Record<string, Json>): ValidateFunction | string {
  return guarded(() =>
    new Ajv2020({ strict: false, formats: fullFormats, code: { regExp: linearRegExp }, logger: false }).compile(schema),
  )
}

function guarded(work: () => ValidateFunction): ValidateFunction | string {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** What is wrong with the JSON Schema of a parameter; null when it is good, or has none. */
export function schemaProblem(param: Param): string | null {
  const schema = schemaOf(param)
  const result = schema === null ? null : compile(param, schema)
  return typeof result === 'string' ? result : null
}

/** Why a value does not fit the parameter's JSON Schema; null when it does. */
export function schemaFault(param: Param, value: Json): string | null {
  const schema = schemaOf(param)
  // What is encoded is no plain JSON: the code that it is meant for knows its type.
  if (schema === null || isEncoded(value)) return null
  const validate = compile(param, schema)
  if (typeof validate === 'string') return `its schema is not valid: ${validate}`
  if (validate(value)) return null
  return faultWords(validate.errors ?? [])
}

/** Whether anything in a value is encoded as docs/worker-protocol.md says. */
function isEncoded(value: Json): boolean {
  if (value === null || typeof value !== 'object') return false
  if (markOf(value) !== null) return true
  return Object.values(value).some(isEncoded)
}

/** The fault that says most: of a union, that of the branch which came furthest into the value. */
function faultWords(errors: readonly ErrorObject[]): string {
  const own = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
  const deepest = Math.max(0, ...own.map(({ instancePath }) => depthOf(instancePath)))
  const said = own.filter(({ instancePath }) => depthOf(instancePath) === deepest)
  const at = said[0]?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const words = [...new Set(said.filter(({ instancePath }) => instancePath === said[0]?.instancePath).map(wordOf))]
  const text = words.length === 0 ? 'does not fit its schema' : words.slice(0, MOST_WORDS).join(', or ')
  return `${at === '' ? '' : `at \`${at}\` `}${text}`
}

/** Branches of a union that a message names. */
const MOST_WORDS = 4

const depthOf = (path: string): number => path.split('/').length

function wordOf({ keyword, params, message = 'does not fit its schema' }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params['allowedValues']).slice(1, -1)}`
  if (keyword === 'additionalProperties') return `must not have \`${String(params['additionalProperty'])}\``
  return message
}
