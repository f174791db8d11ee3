import type { Run } from '../../../../src-shared/contract/index.ts'
import { roundStarts } from '../data/step-times.ts'
import type { View } from './scale.ts'

/** A round of the run on the axis. Times are ms since 1970, `at` is where it begins on the axis, in ms of its own count. */
export interface AxisPart {
  readonly from: number
  readonly to: number
  readonly at: number
}

/**
 * The time axis. It shows time of work: the pause before a re-run, which may be days, is a narrow mark. Within a round a
 * millisecond of the axis is one of the clock.
 */
export interface Axis {
  readonly parts: readonly AxisPart[]
  /** Places on the axis where a pause was cut short, with how long it was */
  readonly breaks: readonly { readonly from: number; readonly to: number; readonly ms: number }[]
  /** From ms since 1970 to a place on the axis, and back */
  readonly placeOf: (time: number) => number
  readonly timeOf: (place: number) => number
}

/** How wide a pause is drawn, as a part of the rounds before re-runs. */
const BREAK_PART = 0.08

export function axisOf(run: Pick<Run, 'rounds' | 'createdAt'>, now: number): Axis {
  const starts = roundStarts(run)
  const ends = run.rounds.map(({ finishedAt }, i) =>
    Math.max(starts[i] ?? 0, finishedAt === null ? now : Date.parse(finishedAt)),
  )
  // Of rounds that are over, so that it stays as wide while the last one goes on.
  const closed = starts.slice(0, -1).reduce((sum, from, i) => sum + (ends[i] ?? from) - from, 0)
  const parts: AxisPart[] = []
  const breaks: { from: number; to: number; ms: number }[] = []
  let at = starts[0] ?? now
  for (const [i, from] of starts.entries()) {
    const to = ends[i] ?? from
    const before = parts.at(-1)
    if (before !== undefined) {
      const ms = Math.max(0, from - before.to)
      const width = Math.min(ms, closed * BREAK_PART)
      breaks.push({ from: at, to: at + width, ms })
      at += width
    }
    parts.push({ from, to, at })
    at += to - from
  }
  return { parts, breaks, ...translation(parts, breaks) }
}

function translation(parts: Axis['parts'], breaks: Axis['breaks']): Pick<Axis, 'placeOf' | 'timeOf'> {
  const lastBefore = (holds: (part: AxisPart) => boolean): number => Math.max(0, parts.findLastIndex(holds))
  return {
    placeOf(time) {
      const i = lastBefore(({ from }) => from <= time)
      const part = parts[i]
      if (part === undefined) return time
      const pause = breaks[i]
      const over = time - part.to
      if (pause === undefined || over <= 0) return part.at + time - part.from
      return pause.from + (pause.ms === 0 ? 0 : (over / pause.ms) * (pause.to - pause.from))
    },
    timeOf(place) {
      const i = lastBefore(({ at }) => at <= place)
      const part = parts[i]
      if (part === undefined) return place
      const pause = breaks[i]
      if (pause === undefined || place <= pause.from) return part.from + place - part.at
      return part.to + ((place - pause.from) / Math.max(1e-9, pause.to - pause.from)) * pause.ms
    },
  }
}

/** All of the axis that there is. */
export function endsOf({ parts }: Axis): View {
  const first = parts[0]
  const last = parts.at(-1)
  if (first === undefined || last === undefined) return { from: 0, to: 0 }
  return { from: first.at, to: last.at + last.to - last.from }
}
