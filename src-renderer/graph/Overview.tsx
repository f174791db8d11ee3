import { useComputedColorScheme } from '@mantine/core'
import { Panel, useReactFlow, useStoreApi } from '@xyflow/react'
import { type PointerEvent, useLayoutEffect, useMemo, useRef } from 'react'
import classes from './Flow.module.css'
import { type Colours, coloursNow } from './painted/colours.ts'
import { fitCanvas, useFrame } from './painted/use-frame.ts'
import type { StepFlowNode } from './StepNode.tsx'
import { heightOf, NODE_WIDTH } from './size.ts'
import { boundsOf } from './use-fit.ts'

const WIDTH = 200
const HEIGHT = 150
/** Of the picture, around it */
const PADDING = 0.04

/**
 * The whole picture in a corner, with what is seen of it. A press or a drag goes there. Nodes are painted when they change;
 * a move paints only the frame of what is seen.
 */
export function Overview({ nodes }: { readonly nodes: readonly StepFlowNode[] }) {
  const store = useStoreApi()
  const { setCenter, getZoom, zoomTo } = useReactFlow()
  const scheme = useComputedColorScheme()
  const canvas = useRef<HTMLCanvasElement>(null)
  const fit = useMemo(() => fitOf(nodes), [nodes])
  const kept = useRef<Still | null>(null)
  const draw = useFrame(() => {
    const context = canvas.current?.getContext('2d')
    const room = canvas.current?.parentElement
    if (context == null || room == null) return
    kept.current = stillNow(kept.current, nodes, room)
    const { still, colours } = kept.current
    const { transform, width, height } = store.getState()
    const [x, y, zoom] = transform
    fitCanvas(context, WIDTH, HEIGHT)
    context.clearRect(0, 0, WIDTH, HEIGHT)
    context.drawImage(still, 0, 0, WIDTH, HEIGHT)
    const left = (-x / zoom) * fit.scale + fit.x
    const top = (-y / zoom) * fit.scale + fit.y
    const seen: Seen = [left, top, (width / zoom) * fit.scale, (height / zoom) * fit.scale]
    shade(context, seen, colours)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is painted has changed, or its colours
  useLayoutEffect(draw.soon, [nodes, scheme, draw])
  useLayoutEffect(() => store.subscribe(draw.soon), [store, draw])
  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId)
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const x = (event.clientX - left - fit.x) / fit.scale
    const y = (event.clientY - top - fit.y) / fit.scale
    void setCenter(x, y, { zoom: getZoom() })
  }
  return (
    <Panel position="bottom-right" className={classes.minimap ?? ''}>
      <canvas
        ref={canvas}
        width={WIDTH}
        height={HEIGHT}
        style={{ display: 'block', width: WIDTH, height: HEIGHT }}
        role="img"
        aria-label="Overview"
        onPointerDown={go}
        onPointerMove={go}
        onWheel={(event) => void zoomTo(getZoom() * 2 ** (-event.deltaY * WHEEL))}
      />
    </Panel>
  )
}

const WHEEL = 0.002

interface Fit {
  readonly x: number
  readonly y: number
  readonly scale: number
}

function fitOf(nodes: readonly StepFlowNode[]): Fit {
  const bounds = boundsOf(nodes)
  const scale = (1 - 2 * PADDING) * Math.min(WIDTH / bounds.width, HEIGHT / bounds.height)
  return {
    x: (WIDTH - bounds.width * scale) / 2 - bounds.x * scale,
    y: (HEIGHT - bounds.height * scale) / 2 - bounds.y * scale,
    scale,
  }
}

/** The nodes, painted when they or the colours change. */
interface Still {
  readonly still: OffscreenCanvas
  readonly colours: Colours
  readonly nodes: readonly StepFlowNode[]
}

function stillNow(known: Still | null, nodes: readonly StepFlowNode[], room: HTMLElement): Still {
  const colours = coloursNow(known?.colours ?? null, room)
  if (known?.nodes === nodes && known.colours === colours) return known
  return { still: stillOf(nodes, fitOf(nodes), colours), colours, nodes }
}

function stillOf(nodes: readonly StepFlowNode[], { x, y, scale }: Fit, colours: Colours): OffscreenCanvas {
  const ratio = devicePixelRatio
  const still = new OffscreenCanvas(Math.round(WIDTH * ratio), Math.round(HEIGHT * ratio))
  const context = still.getContext('2d')
  if (context === null) return still
  context.scale(ratio, ratio)
  for (const { position, selected, data } of nodes) {
    context.fillStyle = selected === true ? colours.accent : data.mark === null ? colours.mini : colours.failed
    const width = Math.max(1, NODE_WIDTH * scale)
    const height = Math.max(1, heightOf(data.step) * scale)
    context.fillRect(position.x * scale + x, position.y * scale + y, width, height)
  }
  return still
}

type Seen = readonly [left: number, top: number, width: number, height: number]

/** What is not seen is dimmed, what is seen has a frame. */
function shade(context: CanvasRenderingContext2D, [left, top, width, height]: Seen, colours: Colours): void {
  context.fillStyle = colours.mask
  context.beginPath()
  context.rect(0, 0, WIDTH, HEIGHT)
  context.rect(left, top, width, height)
  context.fill('evenodd')
  context.strokeStyle = colours.accent
  context.strokeRect(left, top, width, height)
}
