/** A source of items in the order of time, in batches; opened when the merge comes to its beginning. */
export interface Source<T> {
  readonly startsAt: number
  open(): AsyncIterator<readonly T[]>
}

/** How many items are handed out together at least, while there are more. */
const ITEMS_AT_ONCE = 1_000

interface Open<T> {
  readonly iterator: AsyncIterator<readonly T[]>
  batch: readonly T[]
  next: number
}

/**
 * Merges sources by time. A source is opened only when everything that is older was handed out, so that a run with a
 * thousand executions does not open a thousand logs at once. Works on stretches of one source, and not item by item,
 * because a log may have a million lines.
 * @param sources in the order of `startsAt`
 */
export async function* mergeByTime<T extends { readonly at: number }>(
  sources: readonly Source<T>[],
): AsyncGenerator<readonly T[], void, undefined> {
  const open: Open<T>[] = []
  let waiting = 0
  let out: T[] = []
  try {
    for (;;) {
      const oldest = oldestOf(open)
      const head = open[oldest]
      const nextSource = sources[waiting]
      if (nextSource !== undefined && (head === undefined || nextSource.startsAt <= timeOf(head))) {
        waiting += 1
        const opened: Open<T> = { iterator: nextSource.open(), batch: [], next: 0 }
        open.push(opened)
        if (!(await refill(opened))) open.pop()
        continue
      }
      if (head === undefined) break
      const end = stretch(open, oldest, nextSource?.startsAt ?? Number.POSITIVE_INFINITY)
      for (let index = head.next; index < end; index++) out.push(head.batch[index] as T)
      head.next = end
      if (out.length >= ITEMS_AT_ONCE) {
        yield out
        out = []
      }
      if (head.next === head.batch.length && !(await refill(head))) open.splice(oldest, 1)
    }
    if (out.length > 0) yield out
  } finally {
    for (const { iterator } of open) await iterator.return?.()
  }
}

/** False when there is no more. */
async function refill<T>(source: Open<T>): Promise<boolean> {
  for (;;) {
    const result = await source.iterator.next()
    if (result.done === true) return false
    if (result.value.length === 0) continue
    source.batch = result.value
    source.next = 0
    return true
  }
}

const timeOf = <T extends { readonly at: number }>({ batch, next }: Open<T>): number =>
  batch[next]?.at ?? Number.POSITIVE_INFINITY

/** Index of the source whose next item is the oldest; of several the one that was opened first. -1 for none. */
function oldestOf<T extends { readonly at: number }>(open: readonly Open<T>[]): number {
  let oldest = -1
  let time = Number.POSITIVE_INFINITY
  for (const [index, source] of open.entries()) {
    const at = timeOf(source)
    if (oldest !== -1 && at >= time) continue
    oldest = index
    time = at
  }
  return oldest
}

/** Where the items of one source end that come before those of all others and before the next source begins. */
function stretch<T extends { readonly at: number }>(open: readonly Open<T>[], which: number, begins: number): number {
  let before = begins
  let until = Number.POSITIVE_INFINITY
  for (const [index, source] of open.entries()) {
    if (index < which) before = Math.min(before, timeOf(source))
    else if (index > which) until = Math.min(until, timeOf(source))
  }
  const { batch, next } = open[which] as Open<T>
  let end = next + 1
  for (let at = batch[end]?.at; at !== undefined && at < before && at <= until; at = batch[end]?.at) end += 1
  return end
}
