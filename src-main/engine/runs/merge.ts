/** A source of items in the order of time, opened when the merge comes to its beginning. */
export interface Source<T> {
  readonly startsAt: number
  open(): AsyncIterator<T>
}

/**
 * Merges sources by time. A source is opened only when everything that is older was handed out, so that a run with a
 * thousand executions does not open a thousand logs at once.
 * @param sources in the order of `startsAt`
 */
export async function* mergeByTime<T extends { readonly at: number }>(
  sources: readonly Source<T>[],
): AsyncGenerator<T> {
  const open: { iterator: AsyncIterator<T>; next: T }[] = []
  let waiting = 0
  try {
    for (;;) {
      let oldest = -1
      for (const [index, source] of open.entries()) {
        const best = open[oldest]
        if (best === undefined || source.next.at < best.next.at) oldest = index
      }
      const head = open[oldest]
      const nextSource = sources[waiting]
      if (nextSource !== undefined && (head === undefined || nextSource.startsAt <= head.next.at)) {
        waiting += 1
        const iterator = nextSource.open()
        const first = await iterator.next()
        if (first.done !== true) open.push({ iterator, next: first.value })
        continue
      }
      if (head === undefined) return
      yield head.next
      const following = await head.iterator.next()
      if (following.done === true) open.splice(oldest, 1)
      else head.next = following.value
    }
  } finally {
    for (const { iterator } of open) await iterator.return?.()
  }
}
