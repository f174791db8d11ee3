import { useEffect, useRef } from 'react'
import type { Point } from '../graph/simple-layout.ts'
import classes from './Canvas.module.css'
import { Palette } from './Palette.tsx'
import type { PaletteItem } from './palette-items.ts'

interface PullPaletteProps {
  readonly at: Point
  readonly onPick: (item: PaletteItem) => void
  readonly onClose: () => void
}

const WIDTH = 300
const HEIGHT = 360
const MARGIN = 8

/** The palette where a line was let go in the void. */
export function PullPalette({ at, onPick, onClose }: PullPaletteProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true) onClose()
    }
    window.addEventListener('pointerdown', onDown)
    return () => window.removeEventListener('pointerdown', onDown)
  }, [onClose])
  const left = Math.max(MARGIN, Math.min(at.x, window.innerWidth - WIDTH - MARGIN))
  const top = Math.max(MARGIN, Math.min(at.y, window.innerHeight - HEIGHT - MARGIN))
  return (
    <div ref={box} className={classes.pulled} style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}>
      <Palette onPick={onPick} onClose={onClose} isDrawer={false} />
    </div>
  )
}
