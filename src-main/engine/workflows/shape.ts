import { z } from 'zod'
import { Definition, type Json } from '../../../src-shared/contract/index.ts'
import { type Path, workflowNameOf } from '../../../src-shared/definition/index.ts'
import type { Fault, Faults } from './faults.ts'
import { meant, nearest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** Checks the shape of a definition: fields, types, formats. Null when it has faults. */
export function checkShape(value: Json, faults: Faults): Definition | null {
  const result = Definition.safeParse(value)
  if (result.success) return result.data
  const found = result.error.issues.slice(0, MAX_ISSUES).flatMap((issue) => faultsOf(issue, [], value))
  for (const fault of found) if (!isMisspelled(fault, found)) faults.add(fault)
  return null
}

/** Issues of the schema that are looked at: one slip repeated in 10,000 steps is said often enough. */
const MAX_ISSUES = 1000

/** Whether a field is missing only because it was misspelled, which is said by the unknown field beside it. */
function isMisspelled(missing: Fault, all: readonly Fault[]): boolean {
  const field = /^`(\w+)` is missing$/.exec(missing.message)?.[1]
  if (missing.code !== 'missing_field' || field === undefined) return false
  const parent = JSON.stringify(missing.path)
  return all.some(
    (other) =>
      other.code === 'unknown_field' &&
      JSON.stringify(other.path.slice(0, -1)) === parent &&
      nearest(String(other.path.at(-1)), [field]) !== null,
  )
}

function faultsOf(issue: Issue, prefix: Path, root: Json): Fault[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  const given = valueAt(root, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(path, key))
    case 'invalid_union':
      return unionFaults(issue, path, root, given)
    case 'invalid_key':
      return [badName(path, issue.issues[0]?.message ?? '')]
    case 'invalid_type':
      return [wrongType(path, given, issue.expected)]
    case 'invalid_value':
      return [wrongValue(path, given, issue.values.map(String))]
    case 'invalid_format':
      if (path.length === 1 && path[0] === 'name') return [badWorkflowName(path, given, issue.message)]
      return [fault('bad_format', path, `${show(given)} is not ${issue.message}`, `Write ${issue.message}.`)]
    case 'too_small':
      return [
        given !== undefined && Array.isArray(given) && given.length === 0
          ? emptyList(path)
          : fault('too_small', path, sizeMessage(given, issue.origin, 'at least', issue.minimum), 'Change the value.'),
      ]
    case 'too_big':
      return [fault('too_big', path, sizeMessage(given, issue.origin, 'at most', issue.maximum), 'Change the value.')]
    default:
      return [fault('invalid', path, issue.message, 'Change the value.')]
  }
}

const fault = (code: string, path: Path, message: string, fix: string): Fault => ({ code, path, message, fix })

function sizeMessage(given: Json | undefined, origin: string, word: string, limit: number | bigint): string {
  if (origin === 'array') return `the list must have ${word} ${limit} items`
  if (origin === 'string') return `the text must have ${word} ${limit} characters`
  return `${show(given)} must be ${word} ${limit}`
}

function emptyList(path: Path): Fault {
  const isPatterns = path.at(-1) === 'files' && path.at(-3) === 'outputs'
  if (!isPatterns) return fault('too_small', path, 'the list is empty', 'Add at least one item.')
  const message = 'the output has no file pattern, so that no file can belong to it'
  return fault('too_small', path, message, 'Add one, such as `plots/*.png`, or remove the output.')
}

function badWorkflowName(path: Path, given: Json | undefined, rule: string): Fault {
  const better = typeof given === 'string' ? workflowNameOf(given) : ''
  const fix = better === '' ? 'Choose a name such as `weather-2024`.' : `Write \`${better}\`.`
  return fault('bad_format', path, `a workflow cannot be called ${show(given)}: a name has only ${rule}`, fix)
}

function unknownField(parent: Path, key: string): Fault {
  const known = fieldsAt(parent)
  const at = [...parent, key]
  if (known.includes(key)) {
    const others = known.filter((field) => field !== key).map((field) => `\`${field}\``)
    const fix = `Keep one of \`${key}\` and ${others.join(', ')}.`
    return {
      code: 'unknown_field',
      path: at,
      message: `\`${key}\` cannot stand beside the other fields here`,
      fix,
      on: 'key',
    }
  }
  const elsewhere = known.length > 0 && nearest(key, known) === null ? placeFor(key) : null
  const fix = elsewhere ?? meant(key, known, 'field')
  return { code: 'unknown_field', path: at, message: `unknown field \`${key}\``, fix, on: 'key' }
}

/** A field that exists one level higher or lower: the usual slip of indentation. */
function placeFor(key: string): string | null {
  if (fieldsAt(['steps', '']).includes(key)) return `\`${key}\` belongs to a step: check the indentation.`
  if (fieldsAt([]).includes(key)) return `\`${key}\` belongs to the workflow itself: check the indentation.`
  return null
}

function badName(path: Path, rule: string): Fault {
  const name = String(path.at(-1) ?? '')
  const better = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^[^A-Za-z]+/, '')
  const fix = better === '' || better === name ? `Use ${rule}.` : `Write \`${better}\`.`
  return { code: 'bad_name', path, message: `\`${name}\` is no valid name: it must be ${rule}`, fix, on: 'key' }
}

function wrongType(path: Path, given: Json | undefined, expected: string): Fault {
  const wanted = NOUNS[expected] ?? expected
  if (given === undefined) {
    const field = String(path.at(-1) ?? 'value')
    return {
      code: 'missing_field',
      path: path.slice(0, -1),
      message: `\`${field}\` is missing`,
      fix: `Add \`${field}:\` with ${wanted}.`,
      on: 'key',
    }
  }
  if (given === null) {
    return {
      code: 'wrong_type',
      path,
      message: `the field is empty, but must be ${wanted}`,
      fix: 'Give it a value, or remove it.',
      on: 'key',
    }
  }
  const quote = expected === 'string' && typeof given !== 'object'
  const fix = quote ? `Put it into quotes: "${String(given)}".` : `Write ${wanted}.`
  return fault('wrong_type', path, `${show(given)} is ${nounOf(given)}, but must be ${wanted}`, fix)
}

function wrongValue(path: Path, given: Json | undefined, allowed: readonly string[]): Fault {
  const known = allowed.map((value) => `\`${value}\``).join(', ')
  const best = typeof given === 'string' ? nearest(given, allowed) : null
  const fix = best === null ? `Use one of ${known}.` : `Did you mean \`${best}\`?`
  return fault('bad_value', path, `${show(given)} is none of ${known}`, fix)
}

/** Of a union, the branch that was most likely meant: the one whose own type fits, then the one with least faults. */
function unionFaults(
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  root: Json,
  given: Json | undefined,
): Fault[] {
  const fits = issue.errors.filter(
    (branch) => !branch.some((one) => one.code === 'invalid_type' && one.path.length === 0),
  )
  const best = fits.toSorted((a, b) => weight(a) - weight(b))[0]
  if (best && (fits.length === 1 || weight(best) < MANY)) return best.flatMap((one) => faultsOf(one, path, root))
  const expected = new Set(issue.errors.flatMap((branch) => branch.map((one) => branchNoun(one))))
  const message = given === undefined ? 'a value is missing' : `${show(given)} does not fit here`
  if (path.at(-1) === 'forEach')
    return [fault('wrong_type', path, message, 'Write a list, or an expression such as `${{ range(3) }}`.')]
  return [fault('wrong_type', path, message, `Write ${[...expected].filter((noun) => noun !== '').join(', or ')}.`)]
}

/** More than this, and no branch of a union can be said to be meant. */
const MANY = 100

/** An unknown field says more against a branch than a missing one. */
const weight = (branch: readonly Issue[]): number =>
  branch.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? 3 * one.keys.length : 1), 0)

function branchNoun(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.path.length === 0) return NOUNS[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_type') return `a map with \`${issue.path.join('.')}\``
  return issue.code === 'invalid_format' ? issue.message : ''
}

const NOUNS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

function nounOf(value: Json): string {
  if (Array.isArray(value)) return 'a list'
  if (value === null) return 'empty'
  if (typeof value === 'object') return 'a map'
  return NOUNS[typeof value] ?? typeof value
}

/** Characters of a value that a message shows. */
const SHOWN = 60

function show(value: Json | undefined): string {
  if (value === undefined) return 'the value'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `\`${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}\``
}

function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root
  for (const part of path) {
    if (value === null || typeof value !== 'object') return undefined
    value = Array.isArray(value) ? value[Number(part)] : Object.hasOwn(value, part) ? value[String(part)] : undefined
  }
  return value
}

/** The fields that the schema knows at a place. */
export function fieldsAt(path: Path): string[] {
  let schemas: z.core.$ZodType[] = [Definition]
  for (const part of path) schemas = schemas.flatMap(options).flatMap((schema) => step(schema, String(part)))
  return [
    ...new Set(
      schemas.flatMap(options).flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])),
    ),
  ]
}

function options(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return options(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(options)
  return [schema]
}

function step(schema: z.core.$ZodType, part: string): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const field: unknown = schema.shape[part]
    return field instanceof z.ZodType ? [field] : []
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType]
  return schema instanceof z.ZodArray ? [schema.element] : []
}
