import type { RefObject } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { isOver, type RunStore } from '../data/run-store.ts'
import { roundStarts } from '../data/step-times.ts'
import { type Axis, axisOf, endsOf } from './axis.ts'
import { type Bar, barAt, barsOf } from './bars.ts'
import { AXIS_PX, drawTimeline, type Picture, ROW_PX } from './draw.ts'
import { readPalette } from './palette.ts'
import { fitView, pan, timeAt, type View, zoom } from './scale.ts'
import { canvasSurface } from './surface.ts'
import type { TimeRow } from './time-rows.ts'

export interface Hover {
  readonly step: RunStep
  readonly bar: Bar | null
  readonly x: number
  readonly y: number
}

export interface ChartInput {
  readonly scroller: HTMLDivElement | null
  readonly canvas: RefObject<HTMLCanvasElement | null>
  readonly rows: readonly TimeRow[]
  readonly scheme: 'light' | 'dark'
  readonly selected: string | undefined
  readonly onHover: (hover: Hover | null) => void
  readonly onSelect: (key: string) => void
}

interface Hit {
  readonly row: number
  readonly step: RunStep
  readonly bar: Bar | null
}

/** How near a thin bar counts as hit. */
const SLACK_PX = 3

/** What of the run is in sight, and its picture. Drawn at most once a frame. */
export class ChartView {
  readonly #store: RunStore
  readonly #input: () => ChartInput
  /** Null: all of the run, also while it grows */
  #chosen: View | null = null
  #palette = readPalette()
  #frame = 0
  #hovered: number | null = null

  constructor(store: RunStore, input: () => ChartInput) {
    this.#store = store
    this.#input = input
  }

  readonly draw = (): void => {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint())
  }

  stopDrawing(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  recolor(): void {
    this.#palette = readPalette()
    this.draw()
  }

  readonly fit = (): void => this.#show(null)

  /** Around the middle of what is seen. */
  readonly zoomBy = (factor: number): void => {
    const { from, to } = this.#view()
    this.#show(zoom({ from, to }, (from + to) / 2, factor))
  }

  /** By a part of what is seen. */
  readonly panBy = (part: number): void => {
    const view = this.#view()
    this.#show(pan(view, (view.to - view.from) * part, this.#bounds()))
  }

  zoomAt(x: number, factor: number): void {
    const view = this.#view()
    this.#show(zoom(view, timeAt(x, view, this.#width()), factor))
  }

  panByPx(px: number): void {
    this.panBy(px / this.#width())
  }

  show(bar: Bar): void {
    const axis = this.#axis()
    this.#show(fitView(axis.placeOf(bar.from), axis.placeOf(bar.to ?? Date.now())))
  }

  /** Marks the row that is pointed at. */
  hover(row: number | null): void {
    if (row === this.#hovered) return
    this.#hovered = row
    this.draw()
  }

  /** What is at a place of the canvas; null where nothing is. */
  hit(x: number, y: number): Hit | null {
    const picture = this.picture()
    if (picture === null || y < AXIS_PX) return null
    const { rows, book, view, axis, width, now, starts, scrollTop } = picture
    const row = Math.floor((y - AXIS_PX + scrollTop) / ROW_PX)
    const key = rows[row]?.key
    const step = key === undefined ? undefined : book.byKey.get(key)
    if (step === undefined) return null
    const bars = barsOf(step, (name) => book.byKey.get(name), starts)
    const slack = (SLACK_PX / width) * (view.to - view.from)
    return { row, step, bar: barAt(bars, axis.timeOf(timeAt(x, view, width)), now, slack) }
  }

  /** What is drawn now; null before the first time. */
  readonly picture = (): Picture | null => {
    const { head, book } = this.#store.getState()
    const { scroller, canvas, rows, selected } = this.#input()
    if (head === null || scroller === null || canvas.current === null) return null
    const now = Date.now()
    return {
      rows,
      book,
      view: this.#view(),
      axis: this.#axis(),
      starts: roundStarts(head),
      now,
      nowLine: isOver(head.status) ? null : now,
      left: 0,
      width: canvas.current.clientWidth,
      height: canvas.current.clientHeight,
      scrollTop: scroller.scrollTop,
      selected,
      hovered: this.#hovered,
      palette: this.#palette,
    }
  }

  #paint(): void {
    this.#frame = 0
    const picture = this.picture()
    const canvas = this.#input().canvas.current
    const context = canvas?.getContext('2d') ?? null
    if (picture === null || canvas === null || context === null) return
    const scale = devicePixelRatio
    const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
    // Setting a size clears and reallocates, also when it is the same.
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, picture.width, picture.height)
    drawTimeline(canvasSurface(context), picture)
  }

  #show(view: View | null): void {
    this.#chosen = view
    this.draw()
  }

  #view(): View {
    return this.#chosen ?? this.#bounds()
  }

  #bounds(): View {
    const { from, to } = endsOf(this.#axis())
    return fitView(from, to)
  }

  #axis(): Axis {
    const { head } = this.#store.getState()
    const now = Date.now()
    return axisOf(head ?? { rounds: [], createdAt: new Date(now).toISOString() }, now)
  }

  #width(): number {
    return Math.max(1, this.#input().canvas.current?.clientWidth ?? 1)
  }
}
