import '@xyflow/react/dist/base.css'
import {
  Background,
  BackgroundVariant,
  getViewportForBounds,
  MiniMap,
  type OnMove,
  ReactFlow,
  type ReactFlowProps,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react'
import { type ReactNode, useCallback, useLayoutEffect, useRef } from 'react'
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
  const box = useRef<HTMLElement>(null)
  const onTouched = useFit(fitKey, count, box)
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
      <section ref={box} className={classes.flow} aria-label={label} data-detail={detail}>
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
          attributionPosition="bottom-center"
          onMoveStart={onMoveStart}
          onMoveEnd={onMoveEnd}
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

/** Shows everything when the picture was laid out anew, and while nobody has moved the view also in another size. */
function useFit(fitKey: string | number, count: number, box: { readonly current: HTMLElement | null }): OnMove {
  const show = useShow()
  const size = useStore((store) => `${store.width} ${store.height}`)
  const fitted = useRef<{ readonly key: string | number; readonly size: string } | null>(null)
  const isTouched = useRef(false)
  useLayoutEffect(() => {
    const before = fitted.current
    if (count === 0 || size.startsWith('0 ')) return
    const isAnew = before?.key !== fitKey
    if (!isAnew && (isTouched.current || before.size === size)) return
    fitted.current = { key: fitKey, size }
    if (isAnew) isTouched.current = false
    show(before !== null && isAnew)
    // Until here the picture would be seen at a place that it leaves at once.
    box.current?.setAttribute('data-shown', '')
  }, [fitKey, count, size, show, box])
  return useCallback((event) => {
    // Without an event it was moved by the program.
    if (event !== null) isTouched.current = true
  }, [])
}

/** All of it; of a picture that would be too small to read, its beginning. */
function useShow(): (isSmooth: boolean) => void {
  const { getNodes, getNodesBounds, setViewport } = useReactFlow()
  const store = useStoreApi()
  return useCallback(
    (isSmooth) => {
      const bounds = getNodesBounds(getNodes())
      const { width, height } = store.getState()
      const all = getViewportForBounds(bounds, width, height, MIN_ZOOM, fitting.maxZoom, fitting.padding)
      const zoom = Math.max(all.zoom, READABLE_ZOOM)
      const isWhole = zoom === all.zoom
      const viewport = isWhole
        ? all
        : {
            x: BEGIN - bounds.x * zoom,
            y: (height - Math.min(bounds.height * zoom, height)) / 2 - bounds.y * zoom,
            zoom,
          }
      void setViewport(viewport, isSmooth ? { duration: fitOptions.duration } : {})
    },
    [getNodes, getNodesBounds, setViewport, store],
  )
}

/** Names can be read from here on. */
const READABLE_ZOOM = 0.3
const BEGIN = 40
