import { getViewportForBounds, type OnMove, type Rect, useReactFlow, useStore, type Viewport } from '@xyflow/react'
import { useCallback, useLayoutEffect, useMemo, useRef } from 'react'
import { fitOptions, fitting } from './fit.ts'
import type { StepFlowNode } from './StepNode.tsx'
import { heightOf, NODE_WIDTH } from './size.ts'

export const MIN_ZOOM = 0.02

interface Fit {
  readonly fitKey: string | number
  readonly nodes: readonly StepFlowNode[]
  readonly box: { readonly current: HTMLElement | null }
  /** A picture that would be smaller than this is shown in part */
  readonly least: number
  /** It grows while it is watched: what comes is brought into view */
  readonly follows?: boolean
}

/** Shows everything when the picture was laid out anew, and while nobody has moved the view also in another size. */
export function useFit({ fitKey, nodes, box, least, follows = false }: Fit): OnMove {
  const { setViewport } = useReactFlow()
  const width = useStore((store) => store.width)
  const height = useStore((store) => store.height)
  const fitted = useRef<{ readonly key: string | number; readonly size: string; readonly extent: string } | null>(null)
  const isTouched = useRef(false)
  // Not those of the library's store: it has them only after this.
  const latest = useRef(nodes)
  latest.current = nodes
  const isEmpty = nodes.length === 0
  const extent = useMemo(() => (follows ? JSON.stringify(boundsOf(nodes)) : ''), [follows, nodes])
  useLayoutEffect(() => {
    const before = fitted.current
    if (isEmpty || width === 0) return
    const size = `${width} ${height}`
    const isAnew = before?.key !== fitKey
    const isSame = before?.size === size && before.extent === extent
    if (!isAnew && (isTouched.current || isSame)) return
    fitted.current = { key: fitKey, size, extent }
    if (isAnew) isTouched.current = false
    const isSmooth = before !== null && (isAnew || before.extent !== extent)
    void setViewport(
      viewOf(latest.current, { width, height }, least),
      isSmooth ? { duration: fitOptions.duration } : {},
    )
    // Until here the picture would be seen at a place that it leaves at once.
    box.current?.setAttribute('data-shown', '')
  }, [fitKey, isEmpty, width, height, extent, setViewport, box, least])
  return useCallback((event) => {
    // Without an event it was moved by the program.
    if (event !== null) isTouched.current = true
  }, [])
}

interface Room {
  readonly width: number
  readonly height: number
}

/** All of it; of a picture that would be too small to read, what is selected, else its beginning. */
export function viewOf(nodes: readonly StepFlowNode[], room: Room, least: number): Viewport {
  const whole = boundsOf(nodes)
  const all = getViewportForBounds(whole, room.width, room.height, MIN_ZOOM, fitting.maxZoom, fitting.padding)
  if (all.zoom >= least) return all
  const selected = nodes.filter((node) => node.selected)
  return partOf(whole, selected.length === 0 ? null : boundsOf(selected), room, least)
}

export function boundsOf(nodes: readonly StepFlowNode[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { position, data } of nodes) {
    left = Math.min(left, position.x)
    top = Math.min(top, position.y)
    right = Math.max(right, position.x + NODE_WIDTH)
    bottom = Math.max(bottom, position.y + heightOf(data.step))
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Where a picture is put that is larger than its room: its start at the edge, unless the target would be out of sight. */
function partOf(whole: Rect, target: Rect | null, room: Room, zoom: number): Viewport {
  const along = (at: 'x' | 'y', size: 'width' | 'height'): number => {
    const length = whole[size] * zoom
    if (length + 2 * EDGE <= room[size]) return (room[size] - length) / 2 - whole[at] * zoom
    const start = EDGE - whole[at] * zoom
    if (target === null || (target[at] + target[size]) * zoom + start <= room[size] - EDGE) return start
    const centred = room[size] / 2 - (target[at] + target[size] / 2) * zoom
    return Math.max(centred, room[size] - EDGE - (whole[at] + whole[size]) * zoom)
  }
  return { x: along('x', 'width'), y: along('y', 'height'), zoom }
}

/** Pixels between the start of such a picture and the edge of its room */
const EDGE = 24
