import '@xyflow/react/dist/base.css'
import {
  Background,
  BackgroundVariant,
  MiniMap,
  type OnMove,
  ReactFlow,
  type ReactFlowProps,
  useStore,
} from '@xyflow/react'
import { type ReactNode, useCallback, useRef } from 'react'
import { Controls } from './Controls.tsx'
import { type Detail, DetailContext, detailAt, readableZoom } from './contexts.ts'
import classes from './Flow.module.css'
import { type StepFlowNode, StepNode } from './StepNode.tsx'
import { MIN_ZOOM, useFit } from './use-fit.ts'
import { Wire, type WireEdge } from './Wire.tsx'

const nodeTypes = { step: StepNode }
const edgeTypes = { wire: Wire }

/** From here on a picture does not fit on a screen. */
const MINIMAP_FROM = 30
const GRID = 20
const MAX_ZOOM = 2

export interface FlowProps extends ReactFlowProps<StepFlowNode, WireEdge> {
  /** The picture is fitted when this changes */
  readonly fitKey: string | number
  readonly controls?: ReactNode
  readonly onTidy?: (() => void) | undefined
  readonly isTidying?: boolean
  readonly label: string
}

/** The canvas with nodes and lines that the builder and the run view share. */
export function Flow({ fitKey, controls, onTidy, isTidying = false, label, children, ...props }: FlowProps) {
  const isEditable = props.nodesConnectable === true
  const detail = useStore((store): Detail => detailAt(store.transform[2], isEditable))
  const count = props.nodes?.length ?? 0
  const hasMap = count >= MINIMAP_FROM
  const box = useRef<HTMLElement>(null)
  const onTouched = useFit({ fitKey, nodes: props.nodes ?? NONE, box, least: readableZoom(isEditable) })
  const onMoveStart = useCallback<OnMove>(
    (event, viewport) => {
      box.current?.setAttribute('data-moving', '')
      onTouched(event, viewport)
    },
    [onTouched],
  )
  const onMoveEnd = useCallback(() => box.current?.removeAttribute('data-moving'), [])
  return (
    <DetailContext.Provider value={detail}>
      <section ref={box} className={classes.flow} aria-label={label} aria-busy={isTidying} data-detail={detail}>
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
        >
          <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.2} color="var(--weir-grid)" />
          {hasMap && (
            <MiniMap
              pannable
              zoomable
              className={classes.minimap ?? ''}
              nodeColor={miniColor}
              nodeBorderRadius={8}
              maskColor="var(--mask)"
              ariaLabel="Overview"
            />
          )}
          <Controls onTidy={onTidy} isTidying={isTidying}>
            {controls}
          </Controls>
          {children}
        </ReactFlow>
      </section>
    </DetailContext.Provider>
  )
}

const NONE: readonly StepFlowNode[] = []

const miniColor = (node: StepFlowNode): string =>
  node.selected === true ? 'var(--weir-accent)' : node.data.mark === null ? 'var(--mini)' : 'var(--weir-failed)'
