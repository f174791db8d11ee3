import { useComputedColorScheme } from '@mantine/core'
import { useStoreApi } from '@xyflow/react'
import { useContext, useLayoutEffect, useRef } from 'react'
import { type Detail, StepStatesContext } from '../contexts.ts'
import { type Colours, coloursNow } from './colours.ts'
import classes from './Painted.module.css'
import { paint } from './paint.ts'
import type { Scene } from './scene.ts'
import { fitCanvas, useFrame } from './use-frame.ts'

interface PaintedProps {
  readonly scene: Scene
  readonly detail: Detail
}

/**
 * The picture on one canvas, below the nodes that are elements. A thousand nodes as elements are a thousand layers, which the
 * browser sorts anew at each frame of a move.
 */
export function Painted({ scene, detail }: PaintedProps) {
  const store = useStoreApi()
  const states = useContext(StepStatesContext)
  const scheme = useComputedColorScheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = useRef<Colours | null>(null)
  const draw = useFrame(() => {
    const context = canvas.current?.getContext('2d', { alpha: false })
    const room = canvas.current?.parentElement
    if (context == null || room == null) return
    colours.current = coloursNow(colours.current, room)
    const { transform, width, height } = store.getState()
    fitCanvas(context, width, height)
    const [x, y, zoom] = transform
    const stateOf = (step: string) => states?.get(step) ?? null
    paint(scene, { context, view: { x, y, zoom, width, height }, colours: colours.current, detail, stateOf })
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is painted has changed
  useLayoutEffect(draw.now, [scene, detail, draw])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page has its new colours with the next frame
  useLayoutEffect(draw.soon, [scheme, draw])
  useLayoutEffect(() => store.subscribe(draw.soon), [store, draw])
  useLayoutEffect(() => states?.subscribe(draw.soon), [states, draw])
  return <canvas ref={canvas} className={classes.canvas} aria-hidden data-painted />
}
