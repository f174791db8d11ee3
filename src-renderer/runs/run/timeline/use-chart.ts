import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { isOver, type RunHead, useRunStore } from '../data/run-store.ts'
import type { Row } from '../steps/rows.ts'
import { type Bar, barAt, barsOf } from './bars.ts'
import { AXIS_PX, drawTimeline, type Picture, ROW_PX } from './draw.ts'
import { readPalette } from './palette.ts'
import { listenToPointer } from './pointer.ts'
import { fitView, pan, timeAt, type View, zoom } from './scale.ts'
import { canvasSurface } from './surface.ts'

export interface Hover {
  readonly step: RunStep
  readonly bar: Bar | null
  readonly x: number
  readonly y: number
}

/** What the buttons and keys around the chart can do with it. */
export interface Chart {
  readonly zoomBy: (factor: number) => void
  readonly panBy: (part: number) => void
  readonly fit: () => void
  /** What is drawn now; null before the first time */
  readonly picture: () => Picture | null
}

interface ChartInput {
  readonly scroller: HTMLDivElement | null
  readonly canvas: RefObject<HTMLCanvasElement | null>
  readonly rows: readonly Row[]
  readonly scheme: 'light' | 'dark'
  readonly selected: string | undefined
  readonly onHover: (hover: Hover | null) => void
  readonly onSelect: (key: string) => void
}

/** While a run goes on, its bars grow this often. */
const GROW_MS = 100
/** How near a thin bar counts as hit. */
const SLACK_PX = 3

/** Draws the timeline beside React: at most once a frame, and only when something that is seen has changed. */
export function useChart(input: ChartInput): Chart {
  const store = useRunStore()
  const latest = useRef(input)
  latest.current = input
  const machine = useMemo(() => createChart(store, latest), [store])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it listens to this element
  useLayoutEffect(() => machine.mount(), [machine, input.scroller])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours are read then
  useEffect(() => machine.recolor(), [machine, input.scheme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are drawn
  useEffect(() => machine.draw(), [machine, input.rows, input.selected])
  return machine
}

const startOfRun = (head: RunHead): number => Date.parse(head.startedAt ?? head.createdAt)

function createChart(store: ReturnType<typeof useRunStore>, latest: RefObject<ChartInput>) {
  /** Null: all of the run, also while it grows */
  let chosen: View | null = null
  let palette = readPalette()
  let frame = 0
  let hovered: number | null = null

  const bounds = (): View => {
    const { head } = store.getState()
    const now = Date.now()
    if (head === null) return fitView(now, now)
    return fitView(startOfRun(head), head.finishedAt === null ? now : Date.parse(head.finishedAt))
  }
  const view = (): View => chosen ?? bounds()

  const picture = (): Picture | null => {
    const { head, book } = store.getState()
    const { scroller, canvas, rows, selected } = latest.current
    if (head === null || scroller === null || canvas.current === null) return null
    const now = Date.now()
    return {
      rows,
      book,
      view: view(),
      runAt: startOfRun(head),
      now,
      nowLine: isOver(head.status) ? null : now,
      left: 0,
      width: canvas.current.clientWidth,
      height: canvas.current.clientHeight,
      scrollTop: scroller.scrollTop,
      selected,
      hovered,
      palette,
    }
  }
  const paint = (): void => {
    frame = 0
    const shown = picture()
    const canvas = latest.current.canvas.current
    const context = canvas?.getContext('2d') ?? null
    if (shown === null || canvas === null || context === null) return
    const scale = devicePixelRatio
    const [w, h] = [Math.round(shown.width * scale), Math.round(shown.height * scale)]
    if (canvas.width !== w) canvas.width = w
    if (canvas.height !== h) canvas.height = h
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, shown.width, shown.height)
    drawTimeline(canvasSurface(context), shown)
  }
  const draw = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  const show = (next: View | null): void => {
    chosen = next
    draw()
  }
  const hit = (x: number, y: number): { row: number; step: RunStep | undefined; bar: Bar | null } => {
    const shown = picture()
    const row = Math.floor((y - AXIS_PX + (shown?.scrollTop ?? 0)) / ROW_PX)
    const key = y < AXIS_PX ? undefined : shown?.rows[row]?.key
    const step = key === undefined ? undefined : shown?.book.byKey.get(key)
    if (shown === null || step === undefined) return { row, step: undefined, bar: null }
    const bars = barsOf(step, (name) => shown.book.byKey.get(name), shown.runAt)
    const slack = (SLACK_PX / shown.width) * (shown.view.to - shown.view.from)
    return { row, step, bar: barAt(bars, timeAt(x, shown.view, shown.width), shown.now, slack) }
  }

  const chart: Chart & { mount(): () => void; draw(): void; recolor(): void } = {
    draw,
    recolor() {
      palette = readPalette()
      draw()
    },
    picture,
    fit: () => show(null),
    zoomBy(factor) {
      const now = view()
      show(zoom(now, (now.from + now.to) / 2, factor))
    },
    panBy(part) {
      const now = view()
      show(pan(now, (now.to - now.from) * part, bounds()))
    },
    mount() {
      const { scroller, canvas } = latest.current
      if (scroller === null || canvas.current === null) return () => undefined
      const off = listenToPointer(scroller, canvas.current, {
        zoomAt(x, factor) {
          const now = view()
          show(zoom(now, timeAt(x, now, canvas.current?.clientWidth ?? 1), factor))
        },
        panBy(px) {
          const now = view()
          show(pan(now, (px / (canvas.current?.clientWidth ?? 1)) * (now.to - now.from), bounds()))
        },
        hover(at) {
          const found = at === null ? null : hit(at.x, at.y)
          const next = found?.step === undefined ? null : found.row
          if (next !== hovered) {
            hovered = next
            draw()
          }
          const { step, bar } = found ?? {}
          latest.current.onHover(
            step === undefined || at === null ? null : { step, bar: bar ?? null, x: at.clientX, y: at.clientY },
          )
        },
        click(x, y) {
          const { step } = hit(x, y)
          if (step !== undefined) latest.current.onSelect(step.key)
        },
        doubleClick(x, y) {
          const { bar } = hit(x, y)
          if (bar !== null) show(fitView(bar.from, bar.to ?? Date.now()))
        },
      })
      const observer = new ResizeObserver(draw)
      observer.observe(canvas.current)
      scroller.addEventListener('scroll', draw, { passive: true })
      const unsubscribe = store.subscribe(draw)
      const timer = setInterval(() => {
        const { head } = store.getState()
        if (head !== null && !isOver(head.status) && !document.hidden) draw()
      }, GROW_MS)
      void document.fonts.ready.then(draw)
      draw()
      return () => {
        off()
        observer.disconnect()
        scroller.removeEventListener('scroll', draw)
        unsubscribe()
        clearInterval(timer)
        cancelAnimationFrame(frame)
        frame = 0
      }
    },
  }
  return chart
}
