import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import {
  drawn,
  type Extent,
  endOf,
  isExact,
  moved,
  type Place,
  placeOfScroll,
  revealed,
  scrollOfPlace,
} from './place.ts'

/** Of one row without wrapping; the style sheet says the same. */
export const ROW_HEIGHT = 20
/** Less than this from the end is the end. */
const AT_END_PX = 2

export interface PlaceControl {
  readonly place: Place
  readonly extent: Extent
  readonly from: number
  readonly to: number
  /** Goes there; the tail is followed again when it is the end */
  goTo(place: Place): void
  goToEnd(): void
  reveal(row: number): void
  moveBy(pixels: number): void
}

interface Options {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly layer: RefObject<HTMLDivElement | null>
  readonly rows: number
  readonly isWrapped: boolean
  readonly following: boolean
  /** The person has gone away from the end, or to it */
  onFollow(following: boolean): void
}

/** Moves a window over the rows: by the bar, the wheel, the keys, and by itself while the tail is followed. */
export function usePlace(options: Options): PlaceControl {
  const { scroller, layer, rows, isWrapped, following, onFollow } = options
  const viewport = useViewport(scroller)
  const extent: Extent = { rows, rowHeight: ROW_HEIGHT, viewport, isWrapped }
  const [wanted, setPlace] = useState<Place>({ row: 0, px: 0 })
  const place = following ? endOf(extent) : wanted.row < rows ? wanted : endOf(extent)
  const { from, to } = drawn(place, extent)
  const now = useRef({ place, extent, following, onFollow, barAt: 0 })
  now.current = { ...now.current, extent, following, onFollow, place }
  const heights = useCallback((row: number) => heightOf(layer.current, row), [layer])

  const goTo = useCallback((next: Place, isFollowing = false) => {
    setPlace(next)
    if (now.current.following !== isFollowing) now.current.onFollow(isFollowing)
  }, [])

  const moveBy = useCallback(
    (pixels: number) => {
      const { place: here, extent: whole } = now.current
      const next = moved(here, pixels, whole, heights)
      const isEnd = whole.isWrapped ? pixels > 0 && isBottomInSight(layer.current, whole, pixels) : isAtEnd(next, whole)
      goTo(next, pixels > 0 && isEnd)
    },
    [goTo, heights, layer],
  )

  useBar(scroller, now, goTo, moveBy)
  useArrangement(scroller, layer, now, setPlace)

  return {
    place,
    extent,
    from,
    to,
    goTo: useCallback((next: Place) => goTo(next), [goTo]),
    goToEnd: useCallback(() => goTo(endOf(now.current.extent), true), [goTo]),
    reveal: useCallback(
      (row: number) => {
        const { place: here, extent: whole } = now.current
        goTo(revealed(row, here, whole))
      },
      [goTo],
    ),
    moveBy,
  }
}

const isAtEnd = (place: Place, extent: Extent): boolean => {
  const end = endOf(extent)
  return (end.row - place.row) * extent.rowHeight + end.px - place.px < AT_END_PX
}

/** Whether moving by these pixels brings the end of wrapped rows into sight. */
function isBottomInSight(layer: HTMLDivElement | null, extent: Extent, by: number): boolean {
  const last = layer?.querySelector<HTMLElement>(`[data-row="${extent.rows - 1}"]`)
  if (layer === null || last === null || last === undefined) return false
  const bottom = last.getBoundingClientRect().bottom - (layer.parentElement?.getBoundingClientRect().top ?? 0)
  return bottom - by <= extent.viewport + AT_END_PX
}

function heightOf(layer: HTMLDivElement | null, row: number): number {
  const drawnRow = layer?.querySelector<HTMLElement>(`[data-row="${row}"]`)
  return drawnRow === null || drawnRow === undefined ? ROW_HEIGHT : drawnRow.offsetHeight
}

function useViewport(scroller: RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = (): void => setHeight(element.clientHeight)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  return height
}

interface Now {
  place: Place
  extent: Extent
  following: boolean
  onFollow(following: boolean): void
  /** Where the bar was put: a scroll event that finds it there was our own */
  barAt: number
}

/** The scrollbar and the wheel. */
function useBar(
  scroller: RefObject<HTMLDivElement | null>,
  now: RefObject<Now>,
  goTo: (place: Place, following: boolean) => void,
  moveBy: (pixels: number) => void,
): void {
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const onScroll = (): void => {
      const { extent, barAt } = now.current
      if (Math.abs(element.scrollTop - barAt) < 1) return
      now.current.barAt = element.scrollTop
      const atEnd = element.scrollTop >= element.scrollHeight - element.clientHeight - AT_END_PX
      goTo(atEnd ? endOf(extent) : placeOfScroll(element.scrollTop, extent), atEnd)
    }
    // Where the bar's pixels are not those of the list, the wheel still moves by pixels of the list.
    const onWheel = (event: WheelEvent): void => {
      if (isExact(now.current.extent) || event.deltaY === 0 || event.ctrlKey || event.shiftKey) return
      event.preventDefault()
      const unit = event.deltaMode === 1 ? ROW_HEIGHT : event.deltaMode === 2 ? now.current.extent.viewport : 1
      moveBy(event.deltaY * unit)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('wheel', onWheel)
    }
  }, [scroller, now, goTo, moveBy])
}

/** Puts the drawn rows and the bar where the place says, before anything is painted. */
function useArrangement(
  scroller: RefObject<HTMLDivElement | null>,
  layer: RefObject<HTMLDivElement | null>,
  now: RefObject<Now>,
  setPlace: (place: Place) => void,
): void {
  useLayoutEffect(() => {
    const element = layer.current
    const bar = scroller.current
    if (element === null || bar === null) return
    const { place, extent, following } = now.current
    const first = element.firstElementChild
    const anchor = element.querySelector<HTMLElement>(`[data-row="${place.row}"]`)
    const above = first instanceof HTMLElement && anchor !== null ? anchor.offsetTop - first.offsetTop : 0
    let shift = -above - place.px
    if (extent.isWrapped) {
      const last = element.lastElementChild
      const isLast = last instanceof HTMLElement && Number(last.dataset['row']) === extent.rows - 1
      const bottom = shift + element.offsetHeight
      // The end of wrapped rows is only known when they are drawn.
      if (isLast && bottom < extent.viewport) {
        shift = Math.min(0, shift + extent.viewport - bottom)
        const there = rowAt(element, -shift)
        if (!following && there !== null && (there.row !== place.row || Math.abs(there.px - place.px) > 1))
          setPlace(there)
        if (there !== null) now.current.place = there
      }
    }
    element.style.transform = `translateY(${shift}px)`
    const wanted = following ? bar.scrollHeight - bar.clientHeight : scrollOfPlace(now.current.place, extent)
    if (Math.abs(bar.scrollTop - wanted) >= 1) bar.scrollTop = wanted
    now.current.barAt = bar.scrollTop
  })
}

/** The drawn row at this many pixels below the top of the first one. */
function rowAt(layer: HTMLDivElement, y: number): Place | null {
  for (const child of layer.children) {
    if (!(child instanceof HTMLElement)) continue
    if (child.offsetTop + child.offsetHeight > y) return { row: Number(child.dataset['row']), px: y - child.offsetTop }
  }
  return null
}
