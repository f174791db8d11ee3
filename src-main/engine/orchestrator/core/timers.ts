/** A moment at which something is due. */
export interface Timer<T> {
  /** ms since 1970, steady */
  readonly at: number
  readonly kind: 'wake' | 'timeout'
  readonly target: T
  /** For `timeout`: the attempt that it belongs to */
  readonly token: string | null
}

/**
 * A binary heap by time. Timers are not taken out one by one: whoever takes a due one checks whether it still means
 * anything, which keeps starting and ending an attempt at O(log n). `prune` drops those that do not, all at once.
 */
export interface Timers<T> {
  add(timer: Timer<T>): void
  /** Moment of the earliest, or null. */
  next(): number | null
  /** Takes the earliest if it is due at `now`. */
  take(now: number): Timer<T> | null
  /** Moves all timers of a kind by some milliseconds. */
  shift(kind: Timer<T>['kind'], byMs: number): void
  /** Drops the timers that do not mean anything any more. */
  prune(keep: (timer: Timer<T>) => boolean): void
  readonly size: number
}

export function createTimers<T>(): Timers<T> {
  const heap: Timer<T>[] = []
  return {
    add(timer) {
      heap.push(timer)
      rise(heap, heap.length - 1)
    },
    next: () => heap[0]?.at ?? null,
    take(now) {
      const first = heap[0]
      if (first === undefined || first.at > now) return null
      const last = heap.pop() as Timer<T>
      if (heap.length > 0) {
        heap[0] = last
        sink(heap, 0)
      }
      return first
    },
    shift(kind, byMs) {
      for (const [index, timer] of heap.entries())
        if (timer.kind === kind) heap[index] = { ...timer, at: timer.at + byMs }
      order(heap)
    },
    prune(keep) {
      const kept = heap.filter(keep)
      heap.length = 0
      for (const timer of kept) heap.push(timer)
      order(heap)
    },
    get size() {
      return heap.length
    },
  }
}

type Heap = Timed[]
type Timed = { readonly at: number }

const at = (heap: Heap, index: number): number => heap[index]?.at ?? Number.POSITIVE_INFINITY

function swap(heap: Heap, a: number, b: number): void {
  const first = heap[a] as Timed
  heap[a] = heap[b] as Timed
  heap[b] = first
}

/** Moves an entry up to where it belongs. */
function rise(heap: Heap, from: number): void {
  let index = from
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (at(heap, parent) <= at(heap, index)) return
    swap(heap, parent, index)
    index = parent
  }
}

/** Moves an entry down to where it belongs. */
function sink(heap: Heap, from: number): void {
  let index = from
  for (;;) {
    const left = 2 * index + 1
    const smaller = at(heap, left + 1) < at(heap, left) ? left + 1 : left
    if (at(heap, smaller) >= at(heap, index)) return
    swap(heap, smaller, index)
    index = smaller
  }
}

/** Makes a heap of entries in any order. */
function order(heap: Heap): void {
  for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(heap, index)
}
