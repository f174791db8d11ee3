import type { Machine } from '../../../src-shared/contract/index.ts'

/** A look at the machine, in shares of what there is (0 to 1); null where it is not known. */
export interface Sample {
  readonly at: number
  readonly cpu: number | null
  readonly memory: number
}

/** How far back the lines go. */
export const SPAN_MS = 3 * 60_000
/** A line that has just begun fills the box from here on. */
const LEAST_SPAN_MS = 30_000

export const sampleOf = ({ at, cpuPercent, memory }: Machine): Sample => ({
  at: Date.parse(at),
  cpu: cpuPercent === null ? null : cpuPercent / 100,
  memory: memory.total === 0 ? 0 : memory.used / memory.total,
})

/** The samples with a new one at the end; those that are too old, and one that is there already, left out. */
export function remembered(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last !== undefined && next.at <= last.at) return samples
  return [...samples.filter(({ at }) => next.at - at <= SPAN_MS), next]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** The points of a line in a box, the newest at the right edge; a gap where a value was not known. */
export function pointsOf(
  samples: readonly Sample[],
  value: (sample: Sample) => number | null,
  width: number,
  height: number,
): readonly Point[] {
  const now = samples.at(-1)?.at ?? 0
  const span = Math.min(SPAN_MS, Math.max(LEAST_SPAN_MS, now - (samples[0]?.at ?? now)))
  return samples.flatMap((sample) => {
    const share = value(sample)
    if (share === null) return []
    const x = width * (1 - (now - sample.at) / span)
    return [{ x: round(x), y: round(height * (1 - Math.min(1, Math.max(0, share)))) }]
  })
}

const round = (value: number): number => Math.round(value * 10) / 10
