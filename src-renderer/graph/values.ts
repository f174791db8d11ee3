import type { Json } from '../../src-shared/contract/index.ts'

export type JsonMap = { readonly [key: string]: Json }

const EMPTY: JsonMap = {}

/** A map, or an empty one for anything else: definitions that are being typed hold anything. */
export const mapOf = (value: Json | undefined): JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : EMPTY

export const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)

export const numberOf = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null)

/** All texts in a value, however deep. */
export function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* textsIn(item)
}

/** A value as a short text on one line. */
export function shortText(value: Json | undefined, limit = 60): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
