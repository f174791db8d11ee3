/** A stretch of time that is shown, in ms since 1970. */
export interface View {
  readonly from: number
  readonly to: number
}

/** Nothing is shown finer than a hundredth of a millisecond a pixel, or coarser than a year. */
const LEAST_MS = 5
const MOST_MS = 366 * 24 * 3_600_000

export const xOf = (at: number, view: View, width: number): number => ((at - view.from) / (view.to - view.from)) * width
export const timeAt = (x: number, view: View, width: number): number => view.from + (x / width) * (view.to - view.from)

/** All of a run with a little air at the end. */
export function fitView(from: number, to: number): View {
  const length = Math.max(LEAST_MS * 10, to - from)
  return { from: from - length * 0.01, to: from + length * 1.04 }
}

/** Zooms so that the moment under the pointer stays where it is. @param factor under 1: closer */
export function zoom(view: View, at: number, factor: number): View {
  const length = view.to - view.from
  const wanted = Math.min(MOST_MS, Math.max(LEAST_MS, length * factor))
  const ratio = wanted / length
  return { from: at - (at - view.from) * ratio, to: at + (view.to - at) * ratio }
}

/** Moves by a part of what is shown, but never so far that nothing of `bounds` is left. */
export function pan(view: View, ms: number, bounds: View): View {
  const length = view.to - view.from
  const from = Math.min(bounds.to - length * 0.1, Math.max(bounds.from - length * 0.9, view.from + ms))
  return { from, to: from + length }
}

export interface Tick {
  readonly at: number
  /** Time since the start, e.g. `+1.5 s` */
  readonly label: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 30, 100].map((n) => n * DAY),
]
const COARSEST = 1000 * DAY
/** Least distance of two ticks in pixels, so that their labels have room. */
const TICK_PX = 84

/**
 * Round distances from where a round began.
 * @param end of the round, where that is not open
 */
export function ticks(view: View, width: number, origin: number, end = Number.POSITIVE_INFINITY): Tick[] {
  const msPerPx = (view.to - view.from) / Math.max(1, width)
  const size = STEPS.find((one) => one / msPerPx >= TICK_PX) ?? COARSEST
  const found: Tick[] = []
  for (let n = Math.ceil((view.from - origin) / size); origin + n * size <= Math.min(view.to, end); n++) {
    if (n >= 0) found.push({ at: origin + n * size, label: n === 0 ? '0' : offset(n * size, size) })
  }
  return found
}

/** `+250 ms`, `+1.5 s`, `+2:30 min`, `+3:05 h`, `+2 d` */
function offset(ms: number, size: number): string {
  if (ms < SECOND) return `+${ms} ms`
  if (ms < MINUTE) return `+${Number((ms / SECOND).toFixed(size < SECOND ? 3 : 0))} s`
  if (ms < HOUR) {
    const rest = (ms % MINUTE) / SECOND
    return rest === 0
      ? `+${Math.floor(ms / MINUTE)} min`
      : `+${Math.floor(ms / MINUTE)}:${pad(rest, size < SECOND ? 3 : 0)} min`
  }
  if (ms < DAY) return `+${Math.floor(ms / HOUR)}:${pad(Math.floor((ms % HOUR) / MINUTE), 0)} h`
  const hours = Math.round((ms % DAY) / HOUR)
  return `+${Math.floor(ms / DAY)} d${hours === 0 ? '' : ` ${hours} h`}`
}

function pad(value: number, digits: number): string {
  const text = String(Number(value.toFixed(digits)))
  return text.split('.')[0]?.length === 1 ? `0${text}` : text
}
