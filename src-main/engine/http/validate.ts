import { z } from 'zod'
import { type Json, ProblemError, type Route } from '../../../src-shared/contract/index.ts'

/** The parts of a request that a route may describe. */
type Part = 'params' | 'query' | 'body'

/** Checks one request of a route; made once per route, when it is mounted. */
export type Validate = (part: Part, value: unknown) => unknown

/** Most faults that are told at once. */
const MAX_FAULTS = 20

export function validatorOf(route: Route): Validate {
  const schemas: Record<Part, z.ZodType | undefined> = {
    params: route.params,
    // A misspelt query field would be ignored in silence otherwise.
    query: (route.query ?? z.object({})).strict(),
    body: route.body === 'bytes' ? undefined : route.body,
  }
  return (part, value) => {
    const schema = schemas[part]
    if (schema === undefined) return undefined
    const result = parse(schema, part, value)
    if (result.success) return result.data
    throw refusal(part, result.error.issues, value)
  }
}

function parse(schema: z.ZodType, part: Part, value: unknown): ReturnType<z.ZodType['safeParse']> {
  try {
    return schema.safeParse(value)
  } catch (error) {
    // Values nest as deep as their text; checking them does too, until the stack ends.
    if (!(error instanceof RangeError)) throw error
    throw new ProblemError('bad_request', `The ${part} is nested too deeply to be read.`, {
      field: part,
      fix: 'Send flatter data, or put it into a file.',
    })
  }
}

function refusal(part: Part, issues: readonly z.core.$ZodIssue[], value: unknown): ProblemError {
  const faults = issues.slice(0, MAX_FAULTS).map((issue) => faultOf(part, issue, value))
  const first = faults[0] ?? { field: part, detail: `The ${part} is not valid.`, fix: 'See /api/docs.' }
  const others: Json[] = faults.length > 1 ? faults.map((fault) => ({ ...fault })) : []
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new ProblemError('bad_request', first.detail + more, {
    field: first.field,
    fix: first.fix,
    ...(others.length > 0 ? { problems: others } : {}),
  })
}

interface Fault {
  readonly field: string
  readonly detail: string
  readonly fix: string
}

function faultOf(part: Part, issue: z.core.$ZodIssue, value: unknown): Fault {
  const field = [part, ...issue.path.map(String)].join('.')
  const given = at(value, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => `"${key}"`).join(', ')
    const field = [part, ...issue.path.map(String), issue.keys[0] ?? ''].join('.')
    return {
      field,
      detail: `${names} is no field of ${nameOf(part, issue.path)}.`,
      fix: 'Check the spelling, or leave it out.',
    }
  }
  if (given === undefined && part === 'body' && issue.path.length === 0) {
    return { field, detail: 'The body is missing.', fix: 'Send a JSON object with Content-Type: application/json.' }
  }
  if (given === undefined) return { field, detail: `${field} is missing.`, fix: `Give ${wanted(issue)}.` }
  return {
    field,
    detail: `${field} is not valid: ${show(given)} was given, wanted is ${wanted(issue)}.`,
    fix: `Give ${wanted(issue)}.`,
  }
}

const nameOf = (part: Part, path: readonly PropertyKey[]): string => [part, ...path.map(String)].join('.')

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int'
        ? 'a whole number'
        : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    case 'invalid_value':
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.map(show).join(', ')}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'invalid_format':
      // The contract's own patterns say in their message what they want.
      return issue.message.startsWith('Invalid') ? `a valid ${issue.format}` : issue.message
    default:
      return issue.message.replace(/^Invalid input(: )?/, '').replace(/^expected /, '') || 'another value'
  }
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' items' : ''

/** Longest piece of a refused value that is repeated. */
const SHOWN_CHARS = 60

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Record<PropertyKey, unknown>)[key]
  }
  return current
}
