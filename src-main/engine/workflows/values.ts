import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import type { Json } from '../../../src-shared/contract/index.ts'
import { MAX_DEPTH } from '../../../src-shared/definition/index.ts'

/** What CEL computes with: JSON, and its own whole numbers, times and durations. */
export type CelValue =
  | Json
  | bigint
  | Date
  | Duration
  | UnsignedInt
  | Uint8Array
  | CelValue[]
  | { [key: string]: CelValue }

/**
 * A result of CEL as JSON. Whole numbers become numbers, times ISO 8601, durations `90s`. A JSON value comes back as
 * it is, not copied, unless something in it had to change.
 * @throws Error for what JSON cannot hold: not-a-number, numbers beyond 2^53, bytes, types
 */
export function toJson(value: CelValue, depth = 0): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return finite(value)
    case 'bigint':
      return whole(value)
    default:
      return value === null ? null : objectToJson(value, depth)
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`the result is ${value}, which is no JSON number`)
  return value
}

function whole(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error(`the number ${value} is beyond 2^53 and would lose digits`)
  return number
}

function objectToJson(value: Exclude<CelValue, null | string | number | boolean | bigint>, depth: number): Json {
  if (depth > MAX_DEPTH) throw new Error(`the value is nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return listToJson(value, depth)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Duration) return value.toString()
  if (value instanceof UnsignedInt) return whole(value.value)
  if (value instanceof Uint8Array) throw new Error('the result is bytes; use .base64() or .string()')
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new Error('the result is a type, not a value')
  return mapToJson(value, depth)
}

function listToJson(list: CelValue[], depth: number): Json {
  let copy: Json[] | null = null
  for (let i = 0; i < list.length; i++) {
    const item = list[i] ?? null
    const json = toJson(item, depth + 1)
    if (copy === null && json !== item) copy = list.slice(0, i) as Json[]
    copy?.push(json)
  }
  return copy ?? (list as Json[])
}

function mapToJson(map: { [key: string]: CelValue }, depth: number): Json {
  let copy: { [key: string]: Json } | null = null
  for (const [key, item] of Object.entries(map)) {
    const json = toJson(item, depth + 1)
    if (json !== item) copy ??= { ...(map as { [key: string]: Json }) }
    if (copy) copy[key] = json
  }
  return copy ?? (map as { [key: string]: Json })
}
