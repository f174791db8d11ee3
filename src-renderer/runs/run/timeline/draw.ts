import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { formatDuration } from '../../../ui/format.ts'
import type { StepBook } from '../data/step-book.ts'
import { hasEnded, type RoundStarts } from '../data/step-times.ts'
import type { Axis } from './axis.ts'
import { type Bar, barsOf, density } from './bars.ts'
import { ticks, type View, xOf } from './scale.ts'
import type { Surface } from './surface.ts'
import type { TimeRow } from './time-rows.ts'

export const ROW_PX = 26
export const AXIS_PX = 26
const BAR_PX = 14
/** What is shorter is drawn this wide all the same: a step that took 2 ms must be seen. */
const LEAST_PX = 2

/** Colours, read from the tokens of the screens. */
export interface Palette {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly panel: string
  readonly selected: string
  readonly accent: string
  readonly ofStatus: (status: Bar['status']) => string
}

export interface Picture {
  readonly rows: readonly TimeRow[]
  readonly book: StepBook
  /** What is seen of the axis */
  readonly view: View
  readonly axis: Axis
  readonly starts: RoundStarts
  readonly now: number
  /** Null once the run has ended */
  readonly nowLine: number | null
  readonly left: number
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  readonly selected: string | undefined
  readonly hovered: number | null
  readonly palette: Palette
}

/** Draws the rows that are seen. What it costs depends on the size of the picture, not of the run. */
export function drawTimeline(surface: Surface, picture: Picture): void {
  const { rows, left, width, height, scrollTop, palette } = picture
  surface.clip(left, 0, width, height)
  drawAxis(surface, picture)
  surface.unclip()
  surface.clip(left, AXIS_PX, width, height - AXIS_PX)
  const first = Math.max(0, Math.floor(scrollTop / ROW_PX))
  const last = Math.min(rows.length, Math.ceil((scrollTop + height - AXIS_PX) / ROW_PX))
  for (let i = first; i < last; i++) {
    const row = rows[i]
    const step = row === undefined ? undefined : picture.book.byKey.get(row.key)
    if (row === undefined || (step === undefined && row.bundle === undefined)) continue
    const y = AXIS_PX + i * ROW_PX - scrollTop
    if (row.key === picture.selected) surface.rect(left, y, width, ROW_PX, palette.selected)
    else if (i === picture.hovered) surface.rect(left, y, width, ROW_PX, palette.line, { alpha: 0.35 })
    if (step !== undefined) drawRow(surface, picture, step, y)
    else if (row.bundle !== undefined) drawBundle(surface, picture, row.bundle, y)
  }
  drawNow(surface, picture)
  surface.unclip()
}

const LABEL_PX = 60
/** Room that the label of a pause takes on the axis, to its left. */
const PAUSE_LABEL_PX = 72

function drawAxis(surface: Surface, picture: Picture): void {
  const { axis, view, left, width, height, palette } = picture
  for (const [i, part] of axis.parts.entries()) {
    const pause = axis.breaks[i]
    const end = part.at + part.to - part.from
    const pauseX = pause === undefined ? Number.POSITIVE_INFINITY : left + xOf(pause.from, view, width)
    for (const { at, label } of ticks(view, width, part.at, pause === undefined ? undefined : end)) {
      const x = Math.round(left + xOf(at, view, width)) + 0.5
      surface.line(x, AXIS_PX, x, height, palette.line)
      const isStart = label === '0'
      if (!isStart && x + PAUSE_LABEL_PX > pauseX) continue
      // A label that would be cut off stands beside its line.
      const align = isStart ? 'left' : left + width - x < LABEL_PX / 2 ? 'right' : 'center'
      const text = isStart && i > 0 ? 'Re-run' : label
      surface.text(align === 'right' ? x - 4 : x, AXIS_PX / 2, text, palette.dim, { align })
    }
  }
  drawPauses(surface, picture)
  surface.line(left, AXIS_PX - 0.5, left + width, AXIS_PX - 0.5, palette.line)
}

/** Where the axis leaves out the time before a re-run. */
function drawPauses(surface: Surface, { axis, view, left, width, height, palette }: Picture): void {
  for (const { from, to, ms } of axis.breaks) {
    const x1 = left + xOf(from, view, width)
    const x2 = left + xOf(to, view, width)
    if (x2 < left || x1 > left + width) continue
    surface.rect(x1, AXIS_PX, x2 - x1, height - AXIS_PX, palette.line, { alpha: 0.45 })
    surface.line(x1, AXIS_PX, x1, height, palette.dim, true)
    surface.line(x2, AXIS_PX, x2, height, palette.dim, true)
    surface.text(x2 - 6, AXIS_PX / 2, `pause ${formatDuration(ms)}`, palette.dim, { align: 'right' })
  }
}

function drawRow(surface: Surface, picture: Picture, step: RunStep, y: number): void {
  const find = (key: string): RunStep | undefined => picture.book.byKey.get(key)
  const bars = barsOf(step, find, picture.starts)
  const top = y + (ROW_PX - BAR_PX) / 2
  for (const bar of bars) {
    if (step.fanOut !== undefined && bar.kind === 'span') drawFanOut(surface, picture, step, bar, top)
    else drawBar(surface, picture, step, bar, top)
  }
}

function place({ view, axis, left, width, now }: Picture, { from, to }: Bar): { x: number; w: number } | null {
  const x1 = left + xOf(axis.placeOf(from), view, width)
  const x2 = left + xOf(axis.placeOf(to ?? now), view, width)
  if (x2 < left - 1 || x1 > left + width + 1) return null
  // Canvases and files draw far outside of themselves without need, and lose precision there.
  const x = Math.max(left - 10, x1)
  return { x, w: Math.max(LEAST_PX, Math.min(left + width + 10, x2) - x) }
}

function drawBar(surface: Surface, picture: Picture, step: RunStep, bar: Bar, top: number): void {
  const at = place(picture, bar)
  if (at === null) return
  const color = picture.palette.ofStatus(bar.status)
  if (bar.kind === 'queued' || bar.kind === 'between') {
    // A wait too short to be seen is none; a step that was as short has been there.
    if (at.w > LEAST_PX) surface.rect(at.x, top + 3, at.w, BAR_PX - 6, color, { hatched: true })
    return
  }
  // A pause or a question is time in which nothing is computed.
  const isIdle = bar.kind === 'span' && (step.kind === 'approval' || step.kind === 'sleep')
  surface.rect(at.x, top, at.w, BAR_PX, color, { radius: 3, alpha: isIdle ? 0.45 : 1 })
  if (bar.execution !== null && step.executions.length > 1 && at.w > 16) {
    surface.text(at.x + at.w / 2, top + BAR_PX / 2 + 0.5, String(bar.execution.attempt), picture.palette.panel, {
      align: 'center',
      size: 10,
      weight: 600,
    })
  }
}

/** Pixels of one column of a fan-out's picture. */
const COLUMN_PX = 3
/** Rarer items than the most at once are drawn at least this high. */
const LEAST_HEIGHT = 0.22

/** A fan-out that is folded: how many of its items were at work when. */
function drawFanOut(surface: Surface, picture: Picture, step: RunStep, bar: Bar, top: number): void {
  const at = place(picture, bar)
  if (at === null) return
  const color = picture.palette.ofStatus(bar.status)
  surface.rect(at.x, top, at.w, BAR_PX, color, { radius: 3, alpha: 0.16 })
  drawDensity(surface, picture, picture.book.items.get(step.name) ?? [], color, top)
}

/** Many calls in one row: how many of them were at work when. */
function drawBundle(surface: Surface, picture: Picture, bundle: NonNullable<TimeRow['bundle']>, y: number): void {
  drawDensity(surface, picture, bundle.keys, picture.palette.ofStatus(bundle.status), y + (ROW_PX - BAR_PX) / 2)
}

function drawDensity(surface: Surface, picture: Picture, keys: readonly string[], color: string, top: number): void {
  const { book, axis, view, width, left, now } = picture
  const columns = Math.max(1, Math.ceil(width / COLUMN_PX))
  const counts = density(spansOf(book, keys, axis, now), view, columns)
  let most = 0
  for (const count of counts) if (count > most) most = count
  for (let i = 0; i < columns; i++) {
    const count = counts[i] ?? 0
    if (count === 0) continue
    const h = Math.max(LEAST_HEIGHT, count / most) * BAR_PX
    surface.rect(left + i * COLUMN_PX, top + BAR_PX - h, COLUMN_PX, h, color, { alpha: 0.85 })
  }
}

type Span = readonly [from: number, to: number | null]
const known = new WeakMap<RunStep, readonly Span[]>()

/** When the items of a fan-out were at work: every attempt. */
function* spansOf(
  book: StepBook,
  keys: readonly string[],
  axis: Axis,
  now: number,
): Generator<readonly [number, number]> {
  for (const key of keys) {
    const step = book.byKey.get(key)
    if (step === undefined) continue
    let spans = known.get(step)
    if (spans === undefined) {
      spans = workOf(step)
      known.set(step, spans)
    }
    for (const [from, to] of spans) yield [axis.placeOf(from), axis.placeOf(to ?? now)]
  }
}

function workOf(step: RunStep): readonly Span[] {
  const ms = (time: string | null | undefined): number | null => (time == null ? null : Date.parse(time))
  const spans: Span[] = [...(step.earlier ?? []), ...step.executions].map(({ startedAt, finishedAt }) => [
    Date.parse(startedAt),
    ms(finishedAt),
  ])
  const began = ms(step.startedAt)
  if (began !== null) spans.push([began, hasEnded(step) ? ms(step.finishedAt) : null])
  return spans
}

function drawNow(surface: Surface, { nowLine, axis, view, left, width, height, palette }: Picture): void {
  if (nowLine === null) return
  const x = Math.round(left + xOf(axis.placeOf(nowLine), view, width)) + 0.5
  if (x < left || x > left + width) return
  surface.line(x, AXIS_PX, x, height, palette.accent, true)
}
