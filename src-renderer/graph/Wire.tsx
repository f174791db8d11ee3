import { BaseEdge, type Edge, type EdgeProps, getSmoothStepPath } from '@xyflow/react'
import { memo, useContext } from 'react'
import { DetailContext } from './contexts.ts'
import { halfWay, loopAround, roundedPath } from './route.ts'
import type { Point } from './simple-layout.ts'
import type { EdgeKind } from './types.ts'
import classes from './Wire.module.css'

export interface WireData extends Record<string, unknown> {
  readonly kind: EdgeKind
  /** The way around the nodes that the layout has found; null after a node was moved */
  readonly route: readonly Point[] | null
  /** It leads from or to what is selected */
  readonly isOnPath: boolean
  /** It leads back to where it comes from */
  readonly isLoop: boolean
  /** How many calls it stands for; null for a line that is one thing */
  readonly count: number | null
  /** A sentence, on hover */
  readonly title: string | null
  readonly isDim: boolean
}

export type WireEdge = Edge<WireData, 'wire'>

const CORNER = 8
/** Wider than what is seen, so that it can be hit. */
const HIT_WIDTH = 14

/** What flows from step to step: orthogonal and solid. What code does beside calling is dotted or dashed. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, selected } = props
  const detail = useContext(DetailContext)
  const { path, middle } = wayOf(props)
  const className = [
    classes.wire,
    classes[data?.kind ?? 'data'],
    data?.isOnPath === true ? classes.onPath : '',
    selected === true ? classes.selected : '',
    data?.isDim === true ? classes.dim : '',
  ].join(' ')
  const count = data?.count ?? null
  return (
    <g>
      {data?.title != null && <title>{data.title}</title>}
      <BaseEdge id={id} path={path} className={className} interactionWidth={detail === 'full' ? HIT_WIDTH : 0} />
      {count !== null && count > 1 && detail === 'full' && data?.isDim !== true && <Count count={count} at={middle} />}
    </g>
  )
})

interface Way {
  readonly path: string
  readonly middle: Point
}

function wayOf({ data, ...ends }: EdgeProps<WireEdge>): Way {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = ends
  if (data?.isLoop === true) {
    const points = loopAround({ x: sourceX, y: sourceY }, { x: targetX, y: targetY })
    return { path: roundedPath(points, CORNER), middle: halfWay(points) }
  }
  if (data?.route != null) return { path: roundedPath(data.route, CORNER), middle: halfWay(data.route) }
  const [path, x, y] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: CORNER,
  })
  return { path, middle: { x, y } }
}

/** Room of a count on its line, in the picture's pixels */
const DIGIT = 7
const LABEL_PADDING = 10
const LABEL_HEIGHT = 16

/** How many calls a line stands for, on its middle. */
function Count({ count, at }: { readonly count: number; readonly at: Point }) {
  const text = `×${count.toLocaleString('en')}`
  const width = text.length * DIGIT + LABEL_PADDING
  return (
    <g transform={`translate(${at.x - width / 2} ${at.y - LABEL_HEIGHT / 2})`} className={classes.count}>
      <rect width={width} height={LABEL_HEIGHT} rx={LABEL_HEIGHT / 2} />
      <text x={width / 2} y={LABEL_HEIGHT / 2} textAnchor="middle" dominantBaseline="central">
        {text}
      </text>
    </g>
  )
}
