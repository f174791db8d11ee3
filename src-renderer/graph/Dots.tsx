import { useStoreApi } from '@xyflow/react'
import { useLayoutEffect, useRef } from 'react'
import classes from './Dots.module.css'

const GAP = 20

/**
 * The dots behind the picture: a background that is painted once for a zoom and then only moved. The flow library's own is
 * painted anew at each frame of a move.
 */
export function Dots() {
  const store = useStoreApi()
  const dots = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const place = ({ transform: [x, y, zoom] }: { readonly transform: readonly [number, number, number] }): void => {
      const element = dots.current
      if (element === null) return
      const gap = GAP * zoom
      const size = `${gap}px`
      if (element.dataset['gap'] !== size) {
        element.dataset['gap'] = size
        element.style.setProperty('--gap', size)
        element.style.setProperty('--dot', `${Math.max(0.6, DOT * zoom)}px`)
      }
      // Between whole pixels a moved layer is blurred, and costs more.
      element.style.transform = `translate(${Math.round(x % gap)}px, ${Math.round(y % gap)}px)`
    }
    place(store.getState())
    return store.subscribe(place)
  }, [store])
  return (
    <div className={classes.room} aria-hidden>
      <div ref={dots} className={classes.dots} />
    </div>
  )
}

const DOT = 0.9
