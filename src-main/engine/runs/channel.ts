/** How much waits for a slow reader before the writers wait too. */
const HIGH_WATER = 4_000

/** A bounded queue between several writers and one reader. */
export interface Channel<T> extends AsyncIterable<T> {
  /** Resolves when there is room. False when the reader has gone. */
  push(item: T): Promise<boolean>
  /** No more comes; the reader ends after what is there. */
  end(): void
  fail(error: unknown): void
  /** The reader goes, perhaps before it has begun: nobody waits for room any more. */
  leave(): void
}

/** @param sizeOf how much an item counts, e.g. the lines of a batch */
export function createChannel<T>(sizeOf: (item: T) => number = () => 1): Channel<T> {
  let items: T[] = []
  let size = 0
  let ended = false
  let gone = false
  let fault: { error: unknown } | null = null
  let wakeReader: (() => void) | null = null
  let wakeWriters: (() => void)[] = []

  const notify = (): void => {
    wakeReader?.()
    wakeReader = null
  }
  const leave = (): void => {
    gone = true
    for (const wake of wakeWriters) wake()
    wakeWriters = []
  }
  return {
    leave,
    async push(item) {
      while (size >= HIGH_WATER && !gone) await new Promise<void>((resolve) => wakeWriters.push(resolve))
      if (gone) return false
      items.push(item)
      size += sizeOf(item)
      notify()
      return true
    },
    end() {
      ended = true
      notify()
    },
    fail(error) {
      fault ??= { error }
      notify()
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const ready = items
          items = []
          size = 0
          const writers = wakeWriters
          wakeWriters = []
          for (const wake of writers) wake()
          yield* ready
          if (items.length > 0) continue
          if (fault !== null) throw fault.error
          if (ended) return
          await new Promise<void>((resolve) => {
            wakeReader = resolve
          })
        }
      } finally {
        leave()
      }
    },
  }
}
