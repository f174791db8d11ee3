import type { Json } from '../../src-shared/contract/index.ts'
import { canonicalJson } from '../../src-shared/definition/index.ts'

type JsonMap = { readonly [key: string]: Json }

const mapOf = (value: Json | undefined): JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const differs = (a: Json | undefined, b: Json | undefined): boolean =>
  a !== b && (a === undefined || b === undefined || canonicalJson(a) !== canonicalJson(b))

/** How many things of a definition differ from another one: each step, parameter and output, and every other field. */
export function changesBetween(before: Json | undefined, after: Json | undefined): number {
  const [old, now] = [mapOf(before), mapOf(after)]
  let count = 0
  for (const key of keysOf(old, now)) {
    const isTable = key === 'steps' || key === 'params' || key === 'outputs'
    if (isTable) count += tableChanges(mapOf(old[key]), mapOf(now[key]))
    else if (differs(old[key], now[key])) count++
  }
  return count
}

function tableChanges(old: JsonMap, now: JsonMap): number {
  let count = 0
  for (const key of keysOf(old, now)) if (differs(old[key], now[key])) count++
  return count
}

const keysOf = (a: JsonMap, b: JsonMap): Set<string> => new Set([...Object.keys(a), ...Object.keys(b)])

/** What a document is, as far as changes are counted. */
export interface Version {
  readonly source: string
  readonly value: Json | undefined
  readonly layout: unknown
  readonly files: unknown
}

/** Changes since the version that a draft was made from. Comments, and places of nodes, count as one each. */
export function changesSince(base: Version | null, now: Version): number {
  const values = changesBetween(base?.value, now.value)
  const text = values === 0 && base !== null && base.source !== now.source ? 1 : 0
  const layout = JSON.stringify(base?.layout ?? {}) === JSON.stringify(now.layout) ? 0 : 1
  const files = JSON.stringify(base?.files ?? []) === JSON.stringify(now.files) ? 0 : 1
  return values + text + layout + files
}
