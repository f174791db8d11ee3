/** What of a message is new. */
export interface Unseen<T> {
  readonly items: readonly T[]
  /** How far all has come with it */
  readonly position: number
  /** How much between what is known and this never came */
  readonly missing: number
}

/**
 * Leaves out what was written before: a worker whose connection broke says again what it has no answer for.
 *
 * @param from how far the worker had come before these; undefined when they follow what came last
 * @param position how far is written
 * @param lengthOf how far one goes
 */
export function unseen<T>(
  items: readonly T[],
  from: number | undefined,
  position: number,
  lengthOf: (item: T) => number,
): Unseen<T> {
  let at = from ?? position
  const missing = Math.max(0, at - position)
  let known = 0
  for (const item of items) {
    const end = at + lengthOf(item)
    // One that leads nowhere (no text) is new when what comes before it ends there.
    if (end <= position && at < position) known += 1
    at = end
  }
  return { items: known === 0 ? items : items.slice(known), position: Math.max(at, position), missing }
}
