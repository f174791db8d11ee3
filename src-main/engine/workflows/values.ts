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
  | Map<string, CelValue>
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
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toJson(item, depth + 1)]))
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
  let copy: Map<string, Json> | null = null
  for (const [key, item] of Object.entries(map)) {
    const json = toJson(item, depth + 1)
    if (json !== item) copy ??= new Map(Object.entries(map as { [key: string]: Json }))
    copy?.set(key, json)
  }
  // Not by assignment: a key may be `__proto__`.
  return copy === null ? (map as { [key: string]: Json }) : Object.fromEntries(copy)
}

/** Whether a record somewhere in a value has a key that CEL's library takes for its class. */
export function hasMisleadingKey(value: unknown): boolean {
  const stack: unknown[] = [value]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next !== 'object' || next === null) continue
    if (!Array.isArray(next) && Object.hasOwn(next, MISLEADING)) return true
    for (const item of Object.values(next)) stack.push(item)
  }
  return false
}

const MISLEADING = 'constructor'

/** The same value with its records as maps where CEL's library would mistake them; the rest is not copied. */
export function withMaps(value: Json): CelValue {
  if (typeof value !== 'object' || value === null || !hasMisleadingKey(value)) return value
  if (Array.isArray(value)) return value.map(withMaps)
  const entries = Object.entries(value).map(([key, item]) => [key, withMaps(item)] as const)
  return Object.hasOwn(value, MISLEADING) ? new Map(entries) : Object.fromEntries(entries)
}
