import { type PointerEvent as ReactPointerEvent, type RefObject, useCallback, useRef, useState } from 'react'
import { type PlaceControl, ROW_HEIGHT } from './use-place.ts'

/** Whole rows, `to` not included. */
export interface RowSelection {
  readonly from: number
  readonly to: number
}

/** How often rows move on while the pointer is held beyond an edge. */
const DRAG_MS = 40

/**
 * Rows are selected by their numbers: click, drag (beyond the edges, too), or Shift and a click anywhere. Parts of
 * lines in sight are selected as in any text.
 */
export function useRowSelection(
  scroller: RefObject<HTMLDivElement | null>,
  control: PlaceControl,
): [RowSelection | null, (event: ReactPointerEvent) => void, (selection: RowSelection | null) => void] {
  const [selection, setSelection] = useState<RowSelection | null>(null)
  const anchor = useRef<number | null>(null)
  const latest = useRef(control)
  latest.current = control

  const extendTo = useCallback((row: number) => {
    const start = anchor.current ?? row
    setSelection({ from: Math.min(start, row), to: Math.max(start, row) + 1 })
  }, [])

  const onPointerDown = useCallback(
    (event: ReactPointerEvent): void => {
      if (event.button !== 0 || !(event.target instanceof HTMLElement)) return
      const row = rowOf(event.target)
      if (row === null) return
      const isNumber = event.target.closest('[data-gutter]') !== null
      if (event.shiftKey && anchor.current !== null) {
        event.preventDefault()
        getSelection()?.removeAllRanges()
        scroller.current?.focus({ preventScroll: true })
        return extendTo(row)
      }
      anchor.current = row
      if (!isNumber) return setSelection(null)
      event.preventDefault()
      scroller.current?.focus({ preventScroll: true })
      extendTo(row)
      dragFrom(scroller, latest, extendTo)
    },
    [scroller, extendTo],
  )
  return [selection, onPointerDown, setSelection]
}

function rowOf(target: Element): number | null {
  const text = target.closest<HTMLElement>('[data-row]')?.dataset['row']
  return text === undefined ? null : Number(text)
}

/** Until the pointer is let go: extends to the row under it, and moves on where it is beyond an edge. */
function dragFrom(
  scroller: RefObject<HTMLDivElement | null>,
  control: RefObject<PlaceControl>,
  extendTo: (row: number) => void,
): void {
  let at = { x: 0, y: 0 }
  let isMoving = false
  const look = (): void => {
    const box = scroller.current?.getBoundingClientRect()
    if (box === undefined || !isMoving) return
    const beyond = at.y < box.top ? at.y - box.top : at.y > box.bottom ? at.y - box.bottom : 0
    if (beyond !== 0) control.current.moveBy(Math.sign(beyond) * Math.max(ROW_HEIGHT, Math.abs(beyond)))
    const y = Math.max(box.top + 2, Math.min(box.bottom - ROW_HEIGHT, at.y))
    const under = document.elementFromPoint(box.left + 8, y)
    const row = under === null ? null : rowOf(under)
    if (row !== null) extendTo(row)
  }
  const timer = setInterval(look, DRAG_MS)
  const onMove = (event: PointerEvent): void => {
    at = { x: event.clientX, y: event.clientY }
    isMoving = true
  }
  const end = (): void => {
    clearInterval(timer)
    window.removeEventListener('pointermove', onMove)
    window.removeEventListener('pointerup', end)
    window.removeEventListener('pointercancel', end)
  }
  window.addEventListener('pointermove', onMove)
  window.addEventListener('pointerup', end)
  window.addEventListener('pointercancel', end)
}
