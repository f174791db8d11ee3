/**
 * How many marks are remembered: some seconds of a run that changes 200 times a second. Who asks for older changes is told
 * to take the whole.
 */
const MARKS_KEPT = 20_000

/**
 * Which of many things changed after a cursor, for as long as that is remembered. Answering costs what has changed since,
 * not what there is.
 */
export interface ChangeLog<T extends object> {
  /** Notes that something changed at a cursor, which is not below that of the call before. */
  mark(thing: T, cursor: number): void
  /** Notes that everything may be another: who has seen less than `cursor` needs the whole. */
  markAll(cursor: number): void
  /** What changed after the cursor, each once; null when that is not remembered. */
  after(cursor: number): ReadonlySet<T> | null
}

export function createChangeLog<T extends object>(kept = MARKS_KEPT): ChangeLog<T> {
  let marks: { readonly thing: T; readonly cursor: number }[] = []
  /** Changes after this cursor are all in `marks` */
  let floor = 0
  const newest = new WeakMap<T, number>()
  return {
    mark(thing, cursor) {
      if (newest.get(thing) === cursor) return
      newest.set(thing, cursor)
      marks.push({ thing, cursor })
      // Forgotten by halves, so that it costs next to nothing a mark.
      if (marks.length <= 2 * kept) return
      floor = Math.max(floor, marks[marks.length - kept - 1]?.cursor ?? 0)
      marks = marks.slice(-kept)
    },
    markAll(cursor) {
      floor = Math.max(floor, cursor)
      marks = []
    },
    after(cursor) {
      if (cursor < floor) return null
      let low = 0
      let high = marks.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((marks[middle]?.cursor ?? 0) > cursor) high = middle
        else low = middle + 1
      }
      return new Set(marks.slice(low).map((mark) => mark.thing))
    },
  }
}
