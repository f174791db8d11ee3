import type { Json } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/canonical.ts'
import { plural } from '../format.ts'

/*
 * The part of JSON Schema that people meet in forms, said at once and in words. The screens may not compile schemas to code, and
 * the engine checks all of them when a run starts: what is not known here says nothing.
 */

type Schema = { readonly [key: string]: Json }

/** How deep a schema is followed: one may refer to itself. */
const DEEPEST = 32

/** What is wrong with a value, as the end of a sentence that begins with where; null when nothing is. */
export interface SchemaFault {
  /** `train.seed`, `[2]`; empty for the value itself */
  readonly at: string
  readonly problem: string
}

export function schemaFault(schema: Schema, value: Json): SchemaFault | null {
  return check(schema, value, '', schema, 0)
}

export const faultInWords = ({ at, problem }: SchemaFault): string =>
  at === '' ? `This ${problem}.` : `${at} ${problem}.`

function check(given: Json | undefined, value: Json, at: string, root: Schema, depth: number): SchemaFault | null {
  const schema = mapOf(given)
  if (depth > DEEPEST) return null
  const inner = (next: Json | undefined, part: Json, place = at): SchemaFault | null =>
    check(next, part, place, root, depth + 1)
  return (
    referenceFault(schema, root, (found) => inner(found, value)) ??
    valueFault(schema, value, at) ??
    unionFault(schema, value, at, inner) ??
    numberFault(schema, value, at) ??
    textFault(schema, value, at) ??
    listFault(schema, value, at, inner) ??
    mapFault(schema, value, at, inner)
  )
}

type Inner = (schema: Json | undefined, part: Json, at?: string) => SchemaFault | null

function referenceFault(schema: Schema, root: Schema, check: (found: Json) => SchemaFault | null): SchemaFault | null {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return null
  const found = reference
    .slice(2)
    .split('/')
    .reduce<Json>((at, key) => mapOf(at)[key] ?? null, root)
  return check(found)
}

function valueFault(schema: Schema, value: Json, at: string): SchemaFault | null {
  const allowed = 'const' in schema ? [schema['const'] ?? null] : schema['enum']
  if (Array.isArray(allowed) && !allowed.some((one) => canonicalJson(one) === canonicalJson(value))) {
    return { at, problem: `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.map(shown).join(', ')}` }
  }
  const types = [schema['type']].flat().filter((type) => typeof type === 'string')
  if (types.length === 0 || types.some((type) => isOf(type, value))) return null
  return { at, problem: `must be ${types.map((type) => NOUNS[type] ?? type).join(' or ')}` }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

function isOf(type: string, value: Json): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return value !== null && typeof value === 'object' && !Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

/** Of a union, the branch that was meant: the one whose fault lies deepest. */
function unionFault(schema: Schema, value: Json, at: string, inner: Inner): SchemaFault | null {
  for (const part of listOf(schema['allOf'])) {
    const fault = inner(part, value)
    if (fault !== null) return fault
  }
  const branches = listOf(schema['anyOf'] ?? schema['oneOf'])
  if (branches.length === 0) return null
  const faults = branches.map((branch) => inner(branch, value))
  if (faults.includes(null)) return null
  const deep = faults.find((fault) => fault !== null && fault.at !== at)
  if (deep != null) return deep
  const problems = [...new Set(faults.map((fault) => fault?.problem ?? ''))]
  return { at, problem: problems.join(', or ') }
}

function numberFault(schema: Schema, value: Json, at: string): SchemaFault | null {
  if (typeof value !== 'number') return null
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema
  if (typeof minimum === 'number' && value < minimum) return { at, problem: `must be at least ${minimum}` }
  if (typeof maximum === 'number' && value > maximum) return { at, problem: `must be at most ${maximum}` }
  if (typeof above === 'number' && value <= above) return { at, problem: `must be more than ${above}` }
  if (typeof below === 'number' && value >= below) return { at, problem: `must be less than ${below}` }
  return null
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/

function textFault(schema: Schema, value: Json, at: string): SchemaFault | null {
  if (typeof value !== 'string') return null
  const { minLength, maxLength, format } = schema
  const { length } = [...value]
  if (typeof minLength === 'number' && length < minLength)
    return { at, problem: `needs at least ${plural(minLength, 'character')}` }
  if (typeof maxLength === 'number' && length > maxLength)
    return { at, problem: `may have at most ${plural(maxLength, 'character')}` }
  if (format === 'date' && !DATE.test(value)) return { at, problem: 'must be a date such as 2026-11-21' }
  if (format === 'date-time' && !MOMENT.test(value))
    return { at, problem: 'must be a moment such as 2026-11-21T10:00:00Z' }
  return null
}

function listFault(schema: Schema, value: Json, at: string, inner: Inner): SchemaFault | null {
  if (!Array.isArray(value)) return null
  const { minItems, maxItems, items } = schema
  if (typeof minItems === 'number' && value.length < minItems)
    return { at, problem: `needs at least ${plural(minItems, 'item')}` }
  if (typeof maxItems === 'number' && value.length > maxItems)
    return { at, problem: `may have at most ${plural(maxItems, 'item')}` }
  for (const [i, item] of value.entries()) {
    const own = listOf(schema['prefixItems'])[i]
    const fault = inner(own ?? items, item, `${at}[${i}]`)
    if (fault !== null) return fault
  }
  return null
}

function mapFault(schema: Schema, value: Json, at: string, inner: Inner): SchemaFault | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const lacking = listOf(schema['required']).find((name) => typeof name === 'string' && !Object.hasOwn(value, name))
  if (typeof lacking === 'string') return { at, problem: `needs the field ${lacking}` }
  const known = mapOf(schema['properties'])
  for (const [name, part] of Object.entries(value)) {
    const isKnown = Object.hasOwn(known, name)
    if (!isKnown && schema['additionalProperties'] === false) return { at, problem: `has no field ${name}` }
    const fault = inner(
      isKnown ? known[name] : schema['additionalProperties'],
      part,
      at === '' ? name : `${at}.${name}`,
    )
    if (fault !== null) return fault
  }
  return null
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

const mapOf = (value: Json | undefined): Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The values that a schema lists, when that is all that it allows; null otherwise. Of a union with null, null too. */
export function choicesOf(given: Json | undefined): readonly Json[] | null {
  const schema = mapOf(given)
  if (Array.isArray(schema['enum'])) return schema['enum']
  if ('const' in schema) return [schema['const'] ?? null]
  if (schema['type'] === 'null') return [null]
  if (schema['type'] === 'boolean') return [true, false]
  const branches = listOf(schema['anyOf'] ?? schema['oneOf'])
  if (branches.length === 0) return null
  const parts = branches.map(choicesOf)
  return parts.includes(null) ? null : parts.flatMap((part) => part ?? [])
}

/** Whether values of a schema are short: texts, numbers and the like, but no lists and objects. */
export function isLine(given: Json | undefined): boolean {
  const schema = mapOf(given)
  const branches = listOf(schema['anyOf'] ?? schema['oneOf'])
  if (branches.length > 0) return branches.every(isLine)
  const types = [schema['type']].flat()
  return types.every((type) => typeof type === 'string' && type !== 'array' && type !== 'object')
}

/** A value of the shape that a schema asks for, as an example to type over: `{"train": 0, "test": 0}`. */
export function exampleOf(given: Json | undefined): string {
  return JSON.stringify(example(given, 0)).replaceAll(/([,:])(?=\S)/g, '$1 ')
}

const EXAMPLE_DEPTH = 3

function example(given: Json | undefined, depth: number): Json {
  const schema = mapOf(given)
  const [first] = choicesOf(schema) ?? []
  if (first !== undefined) return first
  const branches = listOf(schema['anyOf'] ?? schema['oneOf'])
  if (branches.length > 0) return example(branches[0], depth + 1)
  const [type] = [schema['type']].flat()
  if (depth > EXAMPLE_DEPTH) return null
  if (type === 'object') {
    const fields = Object.entries(mapOf(schema['properties']))
    return Object.fromEntries(fields.map(([name, field]) => [name, example(field, depth + 1)]))
  }
  if (type === 'array') return [example(schema['items'], depth + 1)]
  if (type === 'integer' || type === 'number') return 0
  return type === 'string' ? 'text' : null
}
