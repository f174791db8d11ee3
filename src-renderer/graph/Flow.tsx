import '@xyflow/react/dist/base.css'
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  type ReactFlowProps,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Controls } from './Controls.tsx'
import { type Detail, DetailContext, detailAt } from './contexts.ts'
import classes from './Flow.module.css'
import { fitOptions, fitting } from './fit.ts'
import { type StepFlowNode, StepNode } from './StepNode.tsx'
import { Wire, type WireEdge } from './Wire.tsx'

const nodeTypes = { step: StepNode }
const edgeTypes = { wire: Wire }

/** From here on a picture does not fit on a screen. */
const MINIMAP_FROM = 30
const GRID = 20
const MIN_ZOOM = 0.02
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
  const detail = useStore((store): Detail => detailAt(store.transform[2]))
  const count = props.nodes?.length ?? 0
  useFit(fitKey, count)
  return (
    <DetailContext.Provider value={detail}>
      <section className={classes.flow} aria-label={label} data-detail={detail}>
        <ReactFlow<StepFlowNode, WireEdge>
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onlyRenderVisibleElements
          minZoom={MIN_ZOOM}
          maxZoom={MAX_ZOOM}
          fitView
          fitViewOptions={fitting}
          panOnScroll
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          elevateNodesOnSelect={false}
          attributionPosition="bottom-center"
          {...props}
        >
          <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.2} color="var(--weir-grid)" />
          {count >= MINIMAP_FROM && (
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

const miniColor = (node: StepFlowNode): string =>
  node.selected === true ? 'var(--weir-accent)' : node.data.mark === null ? 'var(--mini)' : 'var(--weir-failed)'

/** Shows everything when the picture was laid out anew. */
function useFit(fitKey: string | number, count: number): void {
  const { fitView } = useReactFlow()
  const fitted = useRef<string | number | null>(null)
  useEffect(() => {
    if (count === 0 || fitted.current === fitKey) return
    const isFirst = fitted.current === null
    fitted.current = fitKey
    // The first time by the library itself, as soon as it knows its size.
    if (isFirst) return
    const frame = requestAnimationFrame(() => void fitView(fitOptions))
    return () => cancelAnimationFrame(frame)
  }, [fitKey, count, fitView])
}
