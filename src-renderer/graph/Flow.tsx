import '@xyflow/react/dist/base.css'
import { type OnMove, ReactFlow, type ReactFlowProps, useStore, useStoreApi } from '@xyflow/react'
import { type MouseEvent, type ReactNode, type RefObject, useCallback, useRef } from 'react'
import { Controls } from './Controls.tsx'
import { type Detail, DetailContext, detailAt, readableZoom } from './contexts.ts'
import { Dots } from './Dots.tsx'
import classes from './Flow.module.css'
import { Overview } from './Overview.tsx'
import { Painted } from './painted/Painted.tsx'
import { usePainted } from './painted/use-painted.ts'
import { type StepFlowNode, StepNode } from './StepNode.tsx'
import { setPicture } from './show.ts'
import { MIN_ZOOM, useFit } from './use-fit.ts'
import { Wire, type WireEdge } from './Wire.tsx'

const nodeTypes = { step: StepNode }
const edgeTypes = { wire: Wire }

/** From here on a picture does not fit on a screen. */
const MINIMAP_FROM = 30
const MAX_ZOOM = 2

export interface FlowProps extends ReactFlowProps<StepFlowNode, WireEdge> {
  /** The picture is fitted when this changes */
  readonly fitKey: string | number
  readonly controls?: ReactNode
  readonly onTidy?: (() => void) | undefined
  readonly isTidying?: boolean
  readonly label: string
  /** What comes while it grows is brought into view */
  readonly follows?: boolean
}

/** The canvas with nodes and lines that the builder and the run view share. */
export function Flow({
  fitKey,
  controls,
  onTidy,
  isTidying = false,
  label,
  follows = false,
  children,
  ...props
}: FlowProps) {
  const isEditable = props.nodesConnectable === true
  const detail = useStore((store): Detail => detailAt(store.transform[2], isEditable))
  const all = props.nodes ?? NO_NODES
  setPicture(useStoreApi(), all)
  const picture = usePainted({ nodes: all, edges: props.edges ?? NO_EDGES, detail, onNodesChange: props.onNodesChange })
  const hasMap = all.length >= MINIMAP_FROM
  const box = useRef<HTMLElement>(null)
  const onTouched = useFit({ fitKey, nodes: all, box, least: readableZoom(isEditable), follows })
  const { onMoveStart, onMoveEnd } = useMoving(box, onTouched)
  const onPaneClick = useTap(props, picture.boxUnder)
  return (
    <DetailContext.Provider value={detail}>
      <section
        ref={box}
        className={classes.flow}
        aria-label={label}
        aria-busy={isTidying}
        data-detail={detail}
        onPointerMove={picture.onPointerMove}
      >
        <ReactFlow<StepFlowNode, WireEdge>
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onlyRenderVisibleElements
          minZoom={MIN_ZOOM}
          maxZoom={MAX_ZOOM}
          panOnScroll
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          elevateNodesOnSelect={false}
          attributionPosition={hasMap ? 'bottom-center' : 'bottom-right'}
          onMoveStart={onMoveStart}
          onMoveEnd={onMoveEnd}
          {...props}
          nodes={picture.nodes}
          edges={picture.edges}
          onPaneClick={onPaneClick}
        >
          {picture.scene === null ? <Dots /> : <Painted scene={picture.scene} detail={detail} />}
          {hasMap && <Overview nodes={all} />}
          <Controls onTidy={onTidy} isTidying={isTidying}>
            {controls}
          </Controls>
          {children}
        </ReactFlow>
      </section>
    </DetailContext.Provider>
  )
}

/** While the picture moves, its box says so. */
function useMoving(box: RefObject<HTMLElement | null>, onTouched: OnMove) {
  const onMoveStart = useCallback<OnMove>(
    (event, viewport) => {
      box.current?.setAttribute('data-moving', '')
      onTouched(event, viewport)
    },
    [box, onTouched],
  )
  const onMoveEnd = useCallback(() => box.current?.removeAttribute('data-moving'), [box])
  return { onMoveStart, onMoveEnd }
}

const NO_NODES: StepFlowNode[] = []
const NO_EDGES: WireEdge[] = []

/** A tap on what is painted: without a pointer that moved there before, as on a touch screen, it is no element yet. */
function useTap(
  props: Pick<FlowProps, 'nodes' | 'onNodesChange' | 'onNodeClick' | 'onPaneClick'>,
  boxUnder: ReturnType<typeof usePainted>['boxUnder'],
) {
  return (event: MouseEvent): void => {
    const box = boxUnder(event)
    const node = box === null ? undefined : props.nodes?.find((one) => one.id === box.id)
    if (node === undefined) return props.onPaneClick?.(event)
    props.onNodesChange?.((props.nodes ?? []).map(({ id }) => ({ type: 'select', id, selected: id === node.id })))
    props.onNodeClick?.(event, node)
  }
}
