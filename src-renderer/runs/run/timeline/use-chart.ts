import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { isOver, type RunStore, useRunStore } from '../data/run-store.ts'
import { type ChartInput, ChartView } from './chart-view.ts'
import type { Picture } from './draw.ts'
import { listenToPointer, type PointerTarget } from './pointer.ts'

/** What the buttons and keys around the chart can do with it. */
export interface Chart {
  readonly zoomBy: (factor: number) => void
  readonly panBy: (part: number) => void
  readonly fit: () => void
  readonly picture: () => Picture | null
}

/** While a run goes on, its bars grow this often. */
const GROW_MS = 100

/** Draws the timeline beside React, and only when something that is seen has changed. */
export function useChart(input: ChartInput): Chart {
  const store = useRunStore()
  const latest = useRef(input)
  latest.current = input
  const view = useMemo(() => new ChartView(store, () => latest.current), [store])
  const { scroller, canvas, scheme, rows, selected } = input
  useLayoutEffect(() => {
    if (scroller === null || canvas.current === null) return
    return listen(view, store, scroller, canvas.current, () => latest.current)
  }, [view, store, scroller, canvas])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours are read then
  useEffect(() => view.recolor(), [view, scheme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are drawn
  useEffect(() => view.draw(), [view, rows, selected])
  return view
}

/** Draws again when the run, the size or the scroll place changed. Answers how to stop. */
function listen(
  view: ChartView,
  store: RunStore,
  scroller: HTMLDivElement,
  canvas: HTMLCanvasElement,
  input: () => ChartInput,
): () => void {
  const stopPointer = listenToPointer(scroller, canvas, pointerTarget(view, input))
  const observer = new ResizeObserver(view.draw)
  observer.observe(canvas)
  scroller.addEventListener('scroll', view.draw, { passive: true })
  const unsubscribe = store.subscribe(view.draw)
  const timer = setInterval(() => {
    const { head } = store.getState()
    if (head !== null && !isOver(head.status) && !document.hidden) view.draw()
  }, GROW_MS)
  // Texts that were drawn before their font was there are drawn again.
  void document.fonts.ready.then(view.draw)
  view.draw()
  return () => {
    stopPointer()
    observer.disconnect()
    scroller.removeEventListener('scroll', view.draw)
    unsubscribe()
    clearInterval(timer)
    view.stopDrawing()
  }
}

function pointerTarget(view: ChartView, input: () => ChartInput): PointerTarget {
  return {
    zoomAt: (x, factor) => view.zoomAt(x, factor),
    panBy: (px) => view.panByPx(px),
    hover(at) {
      const found = at === null ? null : view.hit(at.x, at.y)
      view.hover(found?.row ?? null)
      input().onHover(
        at === null || found === null ? null : { step: found.step, bar: found.bar, x: at.clientX, y: at.clientY },
      )
    },
    click(x, y) {
      const found = view.hit(x, y)
      if (found !== null) input().onSelect(found.step.key)
    },
    doubleClick(x, y) {
      const bar = view.hit(x, y)?.bar
      if (bar != null) view.show(bar)
    },
  }
}
