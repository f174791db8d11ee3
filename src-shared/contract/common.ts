import { z } from 'zod'

/** Any JSON value. What crosses the API, a journal event or a step boundary is always one of these. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** How deep a value may be nested: what walks through it must not run out of stack. */
const MAX_LEVELS = 1_000
/** Handed on as it came: a copy by key would lose one that is named `__proto__`. */
export const Json: z.ZodType<Json> = z
  .unknown()
  .refine(isJson, `a JSON value, nested at most ${MAX_LEVELS} deep`) as z.ZodType<Json>

function isJson(given: unknown): given is Json {
  let level: unknown[] = [given]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return false
    const below: unknown[] = []
    for (const value of level) {
      if (value === null || typeof value === 'string' || typeof value === 'boolean') continue
      if (typeof value === 'number') {
        if (!Number.isFinite(value)) return false
      } else if (Array.isArray(value)) for (const item of value) below.push(item)
      else if (!isPlain(value)) return false
      else for (const item of Object.values(value)) below.push(item)
    }
    level = below
  }
  return true
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Stands where an argument was left out: the code's own default holds. See docs/worker-protocol.md, "Values". */
export const ABSENT: Json = { $weir: 'absent' }

/** What an encoded value is that plain JSON cannot say (`integer`, `bytes`, `step`, `stored`, …); null for plain JSON. */
export function markOf(value: Json | undefined): string | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const mark = value['$weir']
  return typeof mark === 'string' ? mark : null
}

export const isAbsent = (value: Json | undefined): boolean => markOf(value) === 'absent'

/** A moment as ISO 8601 in UTC with milliseconds, e.g. `2026-11-21T10:00:00.000Z`. */
export const Time = z.iso.datetime({ precision: 3 })

/** SHA-256 in lower-case hex: the name of a blob. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest: 64 hexadecimal digits')

/** Names of projects and workspaces: short, lower case, safe as a folder name on every platform. */
export const Name = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,62}$/, 'lower-case letters, digits, ".", "_", "-", "/"')

/** Run identifiers: eight characters without look-alikes (no 0, 1, i, l, o, u). */
export const RunId = z
  .string()
  .regex(
    /^[2-9a-hjkmnp-tv-z]{8}$/,
    'a run identifier such as k3m9abcd: eight digits and small letters, without 0, 1, i, l, o, u',
  )

/**
 * One unit inside a run: a step's name, and for an item of a fan-out its zero-based index: `stats` or `stats[3]`.
 */
export const StepKey = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*(\[\d+\])?$/, 'a step name, or an item of a fan-out such as stats[3]')

/** An error of the API, as RFC 9457 problem details with Weir's extensions. */
export const Problem = z.object({
  type: z.string().describe('Address of the page that explains the code'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('Stable, machine-readable name of the error'),
  detail: z.string().describe('What happened and why, in a sentence'),
  field: z.string().optional().describe('The field at fault, as a path such as body.params.year'),
  fix: z.string().optional().describe('What to do about it, in a sentence'),
  line: z.int().optional(),
  column: z.int().optional(),
  problems: z.array(Json).optional().describe('Several faults found at once, e.g. by workflow validation'),
})
export type Problem = z.infer<typeof Problem>

/** Query of every list: at most `limit` items, continuing after `cursor` of the page before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().max(500).optional(),
})

export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('Cursor of the next page, or null') })

export interface Page<T> {
  items: T[]
  next: string | null
}

/** Proves to the compiler that every case was handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
