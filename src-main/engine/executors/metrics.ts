import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { errnoOf } from './failure.ts'
import { executionFolder } from './folder.ts'

/** Names that are kept apart; values under further ones are only counted. */
const MOST_SERIES = 500

/** `[ms since 1970, value, x]`; x is null where the code gave none */
export type MetricPoint = readonly [number, number, number | null]

export interface MetricSeries {
  readonly name: string
  /** Of values that were measured */
  readonly count: number
  readonly min: number
  readonly max: number
  /** In the order in which they came; of many, those that stand out */
  readonly points: readonly MetricPoint[]
}

/**
 * What an execution measured, from `metrics.jsonl` in its folder. A series of more than `most` points is thinned out: of each
 * stretch the lowest and the highest stay, and so do the first and the last, so that no peak is lost. Memory does not grow with
 * the file. No file is no series; a line that a crash tore is passed over.
 */
export async function readMetrics(root: string, most: number): Promise<MetricSeries[]> {
  const found = new Map<string, Thinned>()
  const file = createReadStream(executionFolder(root).metrics)
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      const [at, name, value, x] = parse(line)
      if (typeof at !== 'number' || typeof name !== 'string' || typeof value !== 'number') continue
      const series = found.get(name) ?? (found.size < MOST_SERIES ? new Thinned(most) : null)
      if (series === null) continue
      found.set(name, series)
      series.add([at, value, typeof x === 'number' ? x : null])
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  return [...found].map(([name, series]) => series.view(name))
}

function parse(line: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(line)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return [] // the tail of a file whose writer was killed
  }
}

/** A series that stays small: when it has twice as many points as wanted, of four neighbours the lowest and highest stay. */
class Thinned {
  readonly #most: number
  #points: MetricPoint[] = []
  #first: MetricPoint | null = null
  #last: MetricPoint | null = null
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  constructor(most: number) {
    this.#most = most
  }

  add(point: MetricPoint): void {
    const [, value] = point
    this.#first ??= point
    this.#last = point
    this.#count += 1
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    this.#points.push(point)
    if (this.#points.length >= 2 * this.#most) this.#points = thinned(this.#points)
  }

  view(name: string): MetricSeries {
    let points = this.#points
    while (points.length > this.#most) points = thinned(points)
    const [first, last] = [this.#first, this.#last]
    if (first !== null && points[0] !== first) points = [first, ...points]
    if (last !== null && points.at(-1) !== last) points = [...points, last]
    return { name, count: this.#count, min: this.#min, max: this.#max, points }
  }
}

function thinned(points: readonly MetricPoint[]): MetricPoint[] {
  const kept: MetricPoint[] = []
  for (let from = 0; from < points.length; from += 4) {
    const group = points.slice(from, from + 4)
    let [lowest, highest] = [0, 0]
    for (const [index, [, value]] of group.entries()) {
      if (value < (group[lowest]?.[1] ?? 0)) lowest = index
      if (value > (group[highest]?.[1] ?? 0)) highest = index
    }
    for (const index of lowest === highest ? [lowest] : [lowest, highest].sort((a, b) => a - b)) {
      const point = group[index]
      if (point !== undefined) kept.push(point)
    }
  }
  return kept
}
