import { useEffect, useMemo, useRef } from 'react'

interface Frame {
  now(): void
  /** With the next frame, once however often it is asked for. */
  soon(): void
}

/** When a canvas is painted. The newest `draw` is called. */
export function useFrame(draw: () => void): Frame {
  const latest = useRef(draw)
  latest.current = draw
  const asked = useRef<number | null>(null)
  useEffect(
    () => () => {
      if (asked.current !== null) cancelAnimationFrame(asked.current)
      asked.current = null
    },
    [],
  )
  return useMemo(
    () => ({
      now: () => latest.current(),
      soon() {
        asked.current ??= requestAnimationFrame(() => {
          asked.current = null
          latest.current()
        })
      },
    }),
    [],
  )
}

/** As many pixels as the screen has there; changing the size empties it. */
export function fitCanvas(context: CanvasRenderingContext2D, width: number, height: number): void {
  const { canvas } = context
  const ratio = devicePixelRatio
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
}
