import { createHash } from 'node:crypto'
import type { Json } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/index.ts'

/** SHA-256 of a text (UTF-8), in lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-256 of a value, independent of the order of its keys. */
export const digestOf = (value: Json): string => sha256(canonicalJson(value))

/** Whether lists and maps lie deeper inside each other than `limit`. Needs no recursion: the value is from outside. */
export function isDeeperThan(value: Json, limit: number): boolean {
  const open: { value: Json; depth: number }[] = [{ value, depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.value === null || typeof next.value !== 'object') continue
    if (next.depth >= limit) return true
    for (const item of Object.values(next.value)) open.push({ value: item, depth: next.depth + 1 })
  }
  return false
}
