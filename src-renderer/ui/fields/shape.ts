import { type Json, markOf, type Param } from '../../../src-shared/contract/index.ts'
import type { FieldValues, Params } from './param-values.ts'
import { choicesOf, isLine } from './schema-check.ts'

/*
 * What a value is made of, where people can be given a field for each part: objects with known fields, lists of short values.
 * The rest is typed as JSON.
 */

type Schema = { readonly [key: string]: Json }

/** Fields within fields within fields; what lies deeper is typed as JSON. A schema may refer to itself. */
const DEEPEST = 3
/** More entries than these nobody types one by one. */
const LONGEST_LIST = 100

const mapOf = (value: Json | undefined): Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

const known = new WeakMap<Param, Params | null>()

/** The fields of an object, each as a parameter of its own; null for what has none that are known. */
export function fieldsOf(param: Param): Params | null {
  if (param.type !== 'json' && param.type !== 'object') return null
  const before = known.get(param)
  if (before !== undefined) return before
  const fields = fieldsIn(param, depths.get(param) ?? 0)
  known.set(param, fields)
  return fields
}

/** How deep a parameter that was made here lies. */
const depths = new WeakMap<Param, number>()

function fieldsIn({ type, schema, properties, enum: choices }: Param, depth: number): Params | null {
  if (depth >= DEEPEST || choices !== undefined) return null
  const whole = type === 'object' ? { type, properties: (properties ?? {}) as Schema } : resolved(mapOf(schema))
  if (whole['type'] !== 'object' || choicesOf(whole) !== null) return null
  const entries = Object.entries(mapOf(whole['properties']))
  if (entries.length === 0) return null
  const required = Array.isArray(whole['required']) ? whole['required'] : []
  return Object.fromEntries(
    entries.map(([name, part]) => {
      const field = { ...paramOf(withDefs(part, whole)), required: required.includes(name) }
      depths.set(field, depth + 1)
      return [name, field]
    }),
  )
}

/** What each entry of a list is; null for what is no list of short values. */
export function itemOf(param: Param): Param | null {
  const whole: Schema = param.type === 'json' ? resolved(mapOf(param.schema)) : {}
  const items = param.type === 'array' ? param.items : whole['type'] === 'array' ? whole['items'] : undefined
  if (items === undefined || param.enum !== undefined || whole['prefixItems'] !== undefined) return null
  const item = resolved(withDefs(items, whole))
  const types = [item['type']].flat()
  const isShort = isLine(item) && types.length === 1 && typeof types[0] === 'string' && types[0] !== 'null'
  return isShort && choicesOf(item) === null ? paramOf(item) : null
}

/** A part of a schema can point to what stands beside it. */
function withDefs(part: Json, { $defs, definitions }: Schema): Schema {
  return {
    ...mapOf(part),
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  }
}

function resolved(schema: Schema): Schema {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema
  const found = reference
    .slice(2)
    .split('/')
    .reduce<Json>((at, key) => mapOf(at)[key] ?? null, schema as Json)
  return withDefs(found, schema)
}

/** A schema as a parameter: of a simple type where it is one, else as JSON that is checked by it. */
function paramOf(given: Schema): Param {
  const schema = resolved(given)
  const { type, description, default: standard, minimum, maximum, minLength, maxLength, pattern } = schema
  const about = typeof description === 'string' ? { description } : {}
  const usual = standard === undefined ? {} : { default: standard }
  const isPlain = schema['enum'] === undefined && schema['const'] === undefined && schema['format'] === undefined
  if (isPlain && (type === 'integer' || type === 'number')) {
    return {
      type,
      ...about,
      ...usual,
      ...(typeof minimum === 'number' ? { minimum } : {}),
      ...(typeof maximum === 'number' ? { maximum } : {}),
    }
  }
  if (isPlain && type === 'boolean') return { type, ...about, ...usual }
  if (isPlain && type === 'string') {
    return {
      type,
      ...about,
      ...usual,
      ...(typeof minLength === 'number' ? { minLength } : {}),
      ...(typeof maxLength === 'number' ? { maxLength } : {}),
      ...(typeof pattern === 'string' ? { pattern } : {}),
    }
  }
  return { type: 'json', schema: { ...schema }, ...about, ...usual }
}

/** What stands in the fields of an object: also of one that was typed as JSON. Null for what has to stay JSON. */
export function fieldValues(given: Json | undefined): FieldValues | null {
  if (given === undefined) return {}
  const value = typeof given === 'string' ? parsed(given) : given
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  return markOf(value) === null ? value : null
}

/** What stands in a list, entry by entry; null for what has to stay JSON. */
export function listValues(given: Json | undefined): readonly Json[] | null {
  if (given === undefined) return []
  const value = typeof given === 'string' ? parsed(given) : given
  return Array.isArray(value) && value.length <= LONGEST_LIST && !value.some(isLarge) ? value : null
}

const isLarge = (value: Json): boolean => value !== null && typeof value === 'object'

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    // What is no JSON yet stays a text in its field, which says what is wrong with it.
    return null
  }
}
