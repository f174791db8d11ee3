import { isAsset, type Json, type Param } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/canonical.ts'
import { plural } from '../format.ts'
import { jsonFault } from './json-fault.ts'
import { type FieldValues, isRequired, type Params, shortText } from './param-values.ts'
import { matchesPattern } from './patterns.ts'
import { choicesOf, faultInWords, isLine, schemaFault } from './schema-check.ts'
import { fieldsOf, fieldValues, itemOf, listValues } from './shape.ts'

/** A value as the engine takes it, or what is wrong with it; `undefined`: nothing is given, and nothing has to be. */
export type Reading =
  | { readonly value: Json | undefined }
  /** `isMissing`: not wrong yet, only not filled in */
  | { readonly problem: string; readonly isMissing?: true }

/** Reads what stands in a field with the rules of the engine (src-main/engine/workflows/param-value.ts). */
export function readParam(param: Param, given: Json | undefined): Reading {
  if (given === null && param.type === 'json' && schemaFault(param.schema ?? {}, null) === null) return { value: null }
  const parts = readParts(param, given)
  if (parts !== null) return parts
  if (given === undefined || given === null || isBlank(param, given)) {
    if (isRequired(param) && param.default === undefined) return { problem: missing(param), isMissing: true }
    return { value: undefined }
  }
  const typed = readType(param, given)
  if ('problem' in typed || typed.value === undefined) return typed
  const fault = limitFault(param, typed.value)
  return fault === null ? typed : { problem: fault }
}

/** What was given part by part: the fields of an object, the entries of a list. Null for all else. */
function readParts(param: Param, given: Json | undefined): Reading | null {
  const fields = fieldsOf(param)
  if (fields !== null && (given !== undefined || (isRequired(param) && param.default === undefined))) {
    const values = fieldValues(given)
    return values === null ? null : readFields(param, fields, values)
  }
  const item = itemOf(param)
  const entries = item === null || given === undefined || given === '' ? null : listValues(given)
  return item === null || entries === null ? null : readEntries(param, item, entries)
}

function readFields(param: Param, fields: Params, values: FieldValues): Reading {
  const { params, problems } = readParams(fields, values)
  const [first] = Object.entries(problems)
  if (first !== undefined) {
    const isMissing = Object.keys(problems).every((name) => isStillEmpty(fields, values, name))
    return { problem: `${first[0]}: ${first[1]}`, ...(isMissing ? { isMissing } : {}) }
  }
  const others = Object.entries(values).filter(([name]) => !Object.hasOwn(fields, name))
  return fitting(param.schema ?? {}, { ...Object.fromEntries(others), ...params })
}

function isStillEmpty(fields: Params, values: FieldValues, name: string): boolean {
  const field = fields[name]
  const reading = field === undefined ? null : readParam(field, values[name])
  return reading !== null && 'problem' in reading && reading.isMissing === true
}

function readEntries(param: Param, item: Param, entries: readonly Json[]): Reading {
  const read: Json[] = []
  for (const [at, entry] of entries.entries()) {
    const reading = readParam({ ...item, required: true }, entry)
    if ('problem' in reading) return { problem: `Entry ${at + 1}: ${reading.problem}` }
    read.push(reading.value ?? null)
  }
  return fitting(param.type === 'json' ? (param.schema ?? {}) : {}, read)
}

export interface ReadParams {
  /** Ready to be sent */
  readonly params: Record<string, Json>
  readonly problems: Readonly<Record<string, string>>
}

/** All fields of a form. Names that the form does not have are left out. */
export function readParams(params: Params, values: FieldValues): ReadParams {
  const read: Record<string, Json> = {}
  const problems: Record<string, string> = {}
  for (const [name, param] of Object.entries(params)) {
    const reading = readParam(param, values[name])
    if ('problem' in reading) problems[name] = reading.problem
    else if (reading.value !== undefined) read[name] = reading.value
  }
  return { params: read, problems }
}

/** An empty field says nothing, except for a text that has a default: there it says "empty". */
function isBlank(param: Param, given: Json): boolean {
  if (typeof given !== 'string') return false
  if (param.type === 'string') return given === '' && param.default === undefined
  return param.type === 'secret' ? given === '' : given.trim() === ''
}

const MISSING: Record<Param['type'], string> = {
  string: 'Fill this in.',
  integer: 'Fill in a whole number.',
  number: 'Fill in a number.',
  boolean: 'Choose yes or no.',
  array: 'Fill in a list, such as [1, 2].',
  object: 'Fill in an object, such as {"a": 1}.',
  json: 'Fill in a value, as JSON.',
  file: 'Choose a file.',
  directory: 'Choose a folder.',
  secret: 'Fill this in.',
}

function missing({ type, enum: choices, schema }: Param): string {
  if (choices !== undefined || (type === 'json' && choicesOf(schema) !== null)) return 'Choose one.'
  return type === 'json' && schema !== undefined && isLine(schema) ? 'Fill this in.' : MISSING[type]
}

function readType(param: Param, given: Json): Reading {
  switch (param.type) {
    case 'string':
    case 'secret':
      return typeof given === 'string' ? { value: given } : { problem: 'This must be a text.' }
    case 'integer':
    case 'number':
      return readNumber(param.type, given)
    case 'boolean':
      if (typeof given === 'boolean') return { value: given }
      if (given === 'true' || given === 'false') return { value: given === 'true' }
      return { problem: 'This must be yes or no.' }
    case 'array':
    case 'object':
      return readCollection(param.type, given)
    case 'json':
      return readJson(param, given)
    case 'file':
    case 'directory':
      return readFiles(param, given)
  }
}

/** A number as JSON writes it: what the engine reads, and nothing that only JavaScript would. */
const NUMBER = /^[-+]?\d+(\.\d+)?([eE][+-]?\d+)?$/

function readNumber(type: 'integer' | 'number', given: Json): Reading {
  const number = typeof given === 'number' ? given : typeof given === 'string' ? numberOf(given) : Number.NaN
  if (type === 'integer') {
    if (Number.isSafeInteger(number)) return { value: number }
    if (Number.isInteger(number))
      return { problem: `Whole numbers go up to ${Number.MAX_SAFE_INTEGER.toLocaleString()}.` }
    return { problem: 'This must be a whole number, such as 12.' }
  }
  return Number.isFinite(number) ? { value: number } : { problem: 'This must be a number, such as 1.5.' }
}

/** What separates the decimals where this person lives. */
const DECIMAL = new Intl.NumberFormat().formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'

/** Reads a number as people write it here: a point always, a comma where that is the custom; never groups of thousands. */
export function numberOf(text: string, decimal = DECIMAL): number {
  const trimmed = text.trim().replace('−', '-')
  const pointed = decimal !== '.' && !trimmed.includes('.') ? trimmed.replace(decimal, '.') : trimmed
  return NUMBER.test(pointed) ? Number(pointed) : Number.NaN
}

/** JSON, or a text as it is where one is allowed: nobody writes quotes around a date. */
function readJson({ schema = {} }: Param, given: Json): Reading {
  if (typeof given !== 'string') return fitting(schema, given)
  const fault = jsonFault(given)
  const read = fault === null ? fitting(schema, JSON.parse(given) as Json) : notJson(fault)
  if ('value' in read) return read
  // What begins like a list, an object or a quoted text was meant as one.
  const asText = /^\s*[[{"]/.test(given) ? read : fitting(schema, given)
  return 'value' in asText ? asText : isLine(schema) && fault !== null ? asText : read
}

function fitting(schema: NonNullable<Param['schema']>, value: Json): Reading {
  const fault = schemaFault(schema, value)
  return fault === null ? { value } : { problem: faultInWords(fault) }
}

const notJson = ({ message, line, column }: { message: string; line: number; column: number }): Reading => ({
  problem: `This is no JSON yet: ${message} (line ${line}, column ${column}).`,
})

function readCollection(type: 'array' | 'object', given: Json): Reading {
  let value: Json = given
  if (typeof given === 'string') {
    const fault = jsonFault(given)
    if (fault !== null) return notJson(fault)
    value = JSON.parse(given) as Json
  }
  const isList = Array.isArray(value)
  if (value !== null && typeof value === 'object' && isList === (type === 'array')) return { value }
  return {
    problem: type === 'array' ? 'This must be a list, such as [1, 2].' : 'This must be an object, such as {"a": 1}.',
  }
}

function readFiles({ type, multiple = false }: Param, given: Json): Reading {
  if (typeof given === 'string') return { value: given }
  if (!isAsset(given)) return { problem: missing({ type }) }
  if (type === 'file' && !multiple && given.files.length !== 1) return { problem: 'This must be one file.' }
  return { value: given as unknown as Json }
}

function limitFault(param: Param, value: Json): string | null {
  const { minimum, maximum, minLength, maxLength, pattern } = param
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) return `This must be at least ${minimum}.`
    if (maximum !== undefined && value > maximum) return `This must be at most ${maximum}.`
  }
  if (typeof value === 'string' && (param.type === 'string' || param.type === 'secret')) {
    const length = [...value].length
    if (minLength !== undefined && length < minLength)
      return `This needs at least ${plural(minLength, 'character')}; it has ${length}.`
    if (maxLength !== undefined && length > maxLength)
      return `This may have at most ${plural(maxLength, 'character')}; it has ${length}.`
    if (pattern !== undefined && matchesPattern(pattern, value) === false) return `This must match ${pattern}`
  }
  if (param.enum === undefined) return null
  const text = canonicalJson(value)
  if (param.enum.some((one) => canonicalJson(one) === text)) return null
  return `This must be one of ${param.enum.map(shortText).join(', ')}.`
}

/** The limits of a parameter in words, to be read before anything is wrong; null when there are none. */
export function limitsInWords({ type, minimum, maximum, minLength, maxLength, pattern }: Param): string | null {
  const parts: string[] = []
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}`)
  else if (minimum !== undefined) parts.push(`at least ${minimum}`)
  else if (maximum !== undefined) parts.push(`at most ${maximum}`)
  if (type === 'string' || type === 'secret') {
    if (minLength !== undefined && minLength > 1) parts.push(`at least ${minLength} characters`)
    if (maxLength !== undefined) parts.push(`at most ${plural(maxLength, 'character')}`)
    if (pattern !== undefined) parts.push(`matches ${pattern}`)
  }
  return parts.length === 0 ? null : parts.join(', ')
}
