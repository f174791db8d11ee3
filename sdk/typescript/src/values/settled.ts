import type { Handle } from '../handle.ts'
import type { Json } from '../protocol.ts'

type Leaf = string | number | bigint | boolean | null | undefined | Date | Uint8Array | ((...args: never[]) => unknown)

/** A result as it is seen from outside of the run: where it has handles, there are the results of their steps. */
export type Settled<T> =
  T extends Handle<infer U>
    ? Settled<U>
    : T extends Leaf | ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>
      ? T
      : T extends object
        ? { [K in keyof T]: Settled<T[K]> }
        : T

/** Steps of a run that a value refers to, by their run. */
export function referencesIn(json: Json): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const look = (value: Json): void => {
    if (value === null || typeof value !== 'object') return
    if (Array.isArray(value)) value.forEach(look)
    else if (value['$weir'] === 'step') {
      const run = value['run'] as string
      found.set(run, (found.get(run) ?? new Set()).add(value['step'] as string))
    } else Object.values(value).forEach(look)
  }
  look(json)
  return found
}
