interface PointerTarget {
  zoomAt(x: number, factor: number): void
  panBy(px: number): void
  /** Null: the pointer has left */
  hover(at: { readonly x: number; readonly y: number; readonly clientX: number; readonly clientY: number } | null): void
  click(x: number, y: number): void
  doubleClick(x: number, y: number): void
}

/** From here on a press that moves is a drag, not a click. */
const DRAG_PX = 4
/** How much one notch of a wheel zooms. */
const WHEEL_ZOOM = 0.0016

/**
 * Wheel and pointer on the chart. The wheel zooms with Ctrl (as a pinch does), and alone where there is nothing to scroll;
 * sideways it moves. Answers how to stop listening.
 */
export function listenToPointer(scroller: HTMLElement, canvas: HTMLElement, target: PointerTarget): () => void {
  let pressed: { x: number; moved: boolean; last: number } | null = null
  const place = (event: MouseEvent): { x: number; y: number; clientX: number; clientY: number } => {
    const box = canvas.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top, clientX: event.clientX, clientY: event.clientY }
  }
  const onWheel = (event: WheelEvent): void => {
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const canScroll = scroller.scrollHeight > scroller.clientHeight + 1
    if (isSideways || event.shiftKey) {
      event.preventDefault()
      target.panBy(isSideways ? event.deltaX : event.deltaY)
    } else if (event.ctrlKey || event.metaKey || !canScroll) {
      event.preventDefault()
      target.zoomAt(place(event).x, Math.exp(event.deltaY * WHEEL_ZOOM))
    }
  }
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    pressed = { x: event.clientX, moved: false, last: event.clientX }
  }
  const onMove = (event: PointerEvent): void => {
    if (pressed === null) {
      target.hover(place(event))
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
    const { x, y } = place(event)
    if (wasClick) target.click(x, y)
  }
  const onCancel = (): void => {
    pressed = null
    target.hover(null)
  }
  const onDouble = (event: MouseEvent): void => {
    const { x, y } = place(event)
    target.doubleClick(x, y)
  }
  canvas.addEventListener('wheel', onWheel, { passive: false })
  canvas.addEventListener('pointerdown', onDown)
  canvas.addEventListener('pointermove', onMove)
  canvas.addEventListener('pointerup', onUp)
  canvas.addEventListener('pointercancel', onCancel)
  canvas.addEventListener('pointerleave', onCancel)
  canvas.addEventListener('dblclick', onDouble)
  return () => {
    canvas.removeEventListener('wheel', onWheel)
    canvas.removeEventListener('pointerdown', onDown)
    canvas.removeEventListener('pointermove', onMove)
    canvas.removeEventListener('pointerup', onUp)
    canvas.removeEventListener('pointercancel', onCancel)
    canvas.removeEventListener('pointerleave', onCancel)
    canvas.removeEventListener('dblclick', onDouble)
  }
}
