/** Within the canvas, and within the window */
export interface Place {
  readonly x: number
  readonly y: number
  readonly clientX: number
  readonly clientY: number
}

export interface PointerTarget {
  zoomAt(x: number, factor: number): void
  panBy(px: number): void
  /** Null: the pointer has left */
  hover(at: Place | null): void
  click(x: number, y: number): void
  doubleClick(x: number, y: number): void
}

/** From here on a press that moves is a drag, not a click. */
const DRAG_PX = 4
/** How much one notch of a wheel zooms. */
const WHEEL_ZOOM = 0.0016

const placeIn = (canvas: HTMLElement, { clientX, clientY }: MouseEvent): Place => {
  const box = canvas.getBoundingClientRect()
  return { x: clientX - box.left, y: clientY - box.top, clientX, clientY }
}

/** Wheel and pointer on the chart. Answers how to stop listening. */
export function listenToPointer(scroller: HTMLElement, canvas: HTMLElement, target: PointerTarget): () => void {
  const stop = new AbortController()
  const { signal } = stop
  canvas.addEventListener('wheel', (event) => onWheel(event, scroller, canvas, target), { passive: false, signal })
  canvas.addEventListener(
    'dblclick',
    (event) => {
      const { x, y } = placeIn(canvas, event)
      target.doubleClick(x, y)
    },
    { signal },
  )
  listenToDrag(canvas, target, signal)
  return () => stop.abort()
}

/** The wheel zooms with Ctrl (as a pinch does), and alone where there is nothing to scroll; sideways it moves. */
function onWheel(event: WheelEvent, scroller: HTMLElement, canvas: HTMLElement, target: PointerTarget): void {
  const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
  const canScroll = scroller.scrollHeight > scroller.clientHeight + 1
  if (isSideways || event.shiftKey) {
    event.preventDefault()
    target.panBy(isSideways ? event.deltaX : event.deltaY)
  } else if (event.ctrlKey || event.metaKey || !canScroll) {
    event.preventDefault()
    target.zoomAt(placeIn(canvas, event).x, Math.exp(event.deltaY * WHEEL_ZOOM))
  }
}

/** A press that moves drags, one that does not is a click, and without a press there is something to point at. */
function listenToDrag(canvas: HTMLElement, target: PointerTarget, signal: AbortSignal): void {
  let pressed: { readonly x: number; moved: boolean; last: number } | null = null
  const onMove = (event: PointerEvent): void => {
    if (pressed === null) {
      target.hover(placeIn(canvas, event))
      return
    }
    if (!pressed.moved && Math.abs(event.clientX - pressed.x) < DRAG_PX) return
    if (!pressed.moved) {
      pressed.moved = true
      canvas.setPointerCapture(event.pointerId)
      target.hover(null)
    }
    target.panBy(pressed.last - event.clientX)
    pressed.last = event.clientX
  }
  const onUp = (event: PointerEvent): void => {
    const wasClick = pressed !== null && !pressed.moved
    pressed = null
    const { x, y } = placeIn(canvas, event)
    if (wasClick) target.click(x, y)
  }
  const onCancel = (): void => {
    pressed = null
    target.hover(null)
  }
  canvas.addEventListener(
    'pointerdown',
    ({ button, clientX }) => {
      if (button === 0) pressed = { x: clientX, moved: false, last: clientX }
    },
    { signal },
  )
  canvas.addEventListener('pointermove', onMove, { signal })
  canvas.addEventListener('pointerup', onUp, { signal })
  canvas.addEventListener('pointercancel', onCancel, { signal })
  canvas.addEventListener('pointerleave', onCancel, { signal })
}
