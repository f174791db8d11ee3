import type { Json, JsonObject } from '../protocol.ts'
import { Duration, PlainDate, PlainDateTime, ZonedDateTime } from './classes.ts'
import { set } from './encode.ts'

/**
 * Schemas say with this key which class of TypeScript a plain value stands for: a form or the command line can only
 * give a text for a date.
 */
export const CLASS_KEY = 'x-typescript'

/**
 * A value as the parameter's type wants it: `5` for a bigint, a text for a Date, a list for a Set. What does not fit stays
 * as it is: types are not checked here.
 *
 * @throws TypeError when a text cannot be what it stands for, with the name
 */
export function coerce(value: unknown, schema: JsonObject, name: string): unknown {
  const wanted = schema[CLASS_KEY]
  if (typeof wanted === 'string') return ofClass(value, wanted, schema, name)
  if (Array.isArray(value) && isSchema(schema['items'])) {
    const items = schema['items']
    return needsCoercion(items) ? value.map((item, at) => coerce(item, items, `${name}[${at}]`)) : value
  }
  const { properties } = schema
  if (isPlain(value) && isSchema(properties) && needsCoercion(properties)) return fields(value, properties, name)
  const variants = schema['anyOf']
  if (Array.isArray(variants)) return ofVariants(value, variants.filter(isSchema), name)
  return value
}

function fields(value: { [key: string]: unknown }, properties: JsonObject, name: string): unknown {
  const out: { [key: string]: unknown } = {}
  for (const key of Object.keys(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    set(out, key, isSchema(property) ? coerce(value[key], property, `${name}.${key}`) : value[key])
  }
  return out
}

/** The only variant that has a class, when the value is none of the plain ones: `Date | null`. */
function ofVariants(value: unknown, variants: readonly JsonObject[], name: string): unknown {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  if (variants.some((variant) => variant['type'] === kind && variant[CLASS_KEY] === undefined)) return value
  const classes = variants.filter((variant) => variant[CLASS_KEY] !== undefined)
  const [only] = classes
  return classes.length === 1 && only !== undefined ? coerce(value, only, name) : value
}

function ofClass(value: unknown, wanted: string, schema: JsonObject, name: string): unknown {
  try {
    return converted(value, wanted, schema, name)
  } catch (error) {
    throw new TypeError(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function converted(value: unknown, wanted: string, schema: JsonObject, name: string): unknown {
  const isText = typeof value === 'string'
  switch (wanted) {
    case 'bigint':
      return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
    case 'Date':
      if (value instanceof ZonedDateTime) return value.toDate()
      return isText ? dateOf(value) : value
    case 'PlainDate':
      return isText ? new PlainDate(value) : value
    case 'PlainDateTime':
      return isText ? new PlainDateTime(value) : value
    case 'ZonedDateTime':
      if (value instanceof Date) return new ZonedDateTime(value.toISOString())
      return isText ? new ZonedDateTime(value) : value
    case 'Duration':
      return typeof value === 'number' ? new Duration(value) : value
    case 'Uint8Array':
      return isText ? new Uint8Array(Buffer.from(value, 'base64')) : value
    default:
      return collection(value, wanted, schema, name)
  }
}

function collection(value: unknown, wanted: string, schema: JsonObject, name: string): unknown {
  if (wanted === 'Set' && Array.isArray(value)) {
    const { items } = schema
    return new Set(isSchema(items) ? value.map((item, at) => coerce(item, items, `${name}[${at}]`)) : value)
  }
  if (wanted === 'Map' && isPlain(value)) {
    const values = schema['additionalProperties']
    const entries = Object.entries(value)
    return new Map(
      entries.map(([key, item]) => [key, isSchema(values) ? coerce(item, values, `${name}.${key}`) : item]),
    )
  }
  return value
}

function dateOf(text: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new TypeError(`"${text}" is no date: write it as 2026-11-21T10:00:00Z.`)
  return date
}

const isSchema = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const needsCoercion = (schema: JsonObject): boolean => JSON.stringify(schema).includes(CLASS_KEY)
