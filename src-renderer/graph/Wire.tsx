import { BaseEdge, type Edge, type EdgeProps, getSmoothStepPath } from '@xyflow/react'
import { memo, useContext } from 'react'
import { DetailContext } from './contexts.ts'
import { roundedPath } from './route.ts'
import type { Point } from './simple-layout.ts'
import type { EdgeKind } from './types.ts'
import classes from './Wire.module.css'

export interface WireData extends Record<string, unknown> {
  readonly kind: EdgeKind
  /** The way around the nodes that the layout has found; null after a node was moved */
  readonly route: readonly Point[] | null
  /** It leads from or to what is selected */
  readonly isOnPath: boolean
}

export type WireEdge = Edge<WireData, 'wire'>

const CORNER = 8
/** Wider than what is seen, so that it can be hit. */
const HIT_WIDTH = 14

/** What flows from step to step: orthogonal and solid. */
export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props
  const route = data?.route ?? null
  const [smooth] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: CORNER,
  })
  const path = route === null ? smooth : roundedPath(route, CORNER)
  const className = [
    classes.wire,
    classes[data?.kind ?? 'data'],
    data?.isOnPath === true ? classes.onPath : '',
    selected === true ? classes.selected : '',
  ].join(' ')
  return (
    <BaseEdge
      id={id}
      path={path}
      className={className}
      interactionWidth={useContext(DetailContext) === 'full' ? HIT_WIDTH : 0}
    />
  )
})
