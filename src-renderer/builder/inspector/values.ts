import type { Json } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/index.ts'

/*
 * Values as they are typed into a field: plain texts without quotes, numbers and switches as they are, lists and maps as
 * JSON. What is typed is kept whatever it is: what cannot be read as something else is a text.
 */

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** What a typed text means. */
export function readValue(typed: string): Json {
  const text = typed.trim()
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text)
  if (/^[[{"]/.test(text)) return readJson(text) ?? typed
  return typed
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined // not finished yet, or a text that only begins like a list
  }
}

/** Longest list or map that stands on one line of a field. */
const ONE_LINE = 48

/** A value as it is typed; `readValue` gives it back. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return readValue(value) === value ? value : JSON.stringify(value)
  if (value === null || typeof value !== 'object') return String(value)
  const short = spaced(value)
  return short.length <= ONE_LINE ? short : JSON.stringify(value, null, 2)
}

/** JSON on one line, with spaces after commas and colons. */
function spaced(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b))

/** A number when it is one, otherwise the text as typed: it is kept, and the field says what is wrong with it. */
export function readNumber(typed: string): number | string {
  const text = typed.trim()
  return NUMBER.test(text) ? Number(text) : typed
}

/** Whether a text holds a `${{ }}` that is one (`$${{` writes the characters). */
export const hasExpression = (value: unknown): boolean => typeof value === 'string' && /(?<!\$)\$\{\{/.test(value)

/** A map of the definition, or an empty one when something else stands there. */
export function mapOf(value: unknown): Readonly<Record<string, Json>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, Json>) : {}
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A name that is free: `input`, `input2`, `input3` … */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const used = new Set(taken)
  if (!used.has(wanted)) return wanted
  for (let i = 2; ; i++) if (!used.has(`${wanted}${i}`)) return `${wanted}${i}`
}
