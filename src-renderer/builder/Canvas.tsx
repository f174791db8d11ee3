import { ConnectionLineType, type NodeChange, useReactFlow } from '@xyflow/react'
import { type DragEvent, useCallback, useMemo, useRef, useState } from 'react'
import { Flow } from '../graph/Flow.tsx'
import { flowEdges, flowNodes } from '../graph/flow-elements.ts'
import type { StepFlowNode } from '../graph/StepNode.tsx'
import type { Point } from '../graph/simple-layout.ts'
import { BODY_PORT_Y, isParams } from '../graph/size.ts'
import { useLayout } from '../graph/use-layout.ts'
import type { WireEdge } from '../graph/Wire.tsx'
import { Loading } from '../ui/Notes.tsx'
import classes from './Canvas.module.css'
import { useDocument, useDocumentStore } from './document-context.tsx'
import { DRAG_TYPE, usePaletteItems } from './Palette.tsx'
import { PullPalette } from './PullPalette.tsx'
import { useCanvasKeys } from './use-canvas-keys.ts'
import { useClipboard } from './use-clipboard.ts'
import { useConnecting } from './use-connecting.ts'
import { useGraph, useMarks } from './use-graph.ts'
import { useReveal } from './use-reveal.ts'
import { placesOf, type Shown, type StepActions, useSteps } from './use-steps.ts'

interface CanvasProps {
  /** Opens the inspector */
  readonly onOpen: () => void
  readonly onAdd: (search: string) => void
  /** Handed out for buttons beside the canvas */
  readonly actionsRef: { current: StepActions | null }
}

/** The picture in which a workflow is drawn. */
export function Canvas({ onOpen, onAdd, actionsRef }: CanvasProps) {
  const store = useDocumentStore()
  const graph = useGraph()
  const marks = useMarks()
  const layout = useDocument((state) => state.layout)
  const isEditable = useDocument((state) => !state.isReadOnly)
  const { positions, routes, isReady, isWorking, note, round } = useLayout(graph, layout)
  const shown = useRef<Shown>({ graph, positions })
  shown.current = { graph, positions }
  const steps = useSteps(shown)
  actionsRef.current = steps
  const [dragged, setDragged] = useState<Readonly<Record<string, Point>> | null>(null)
  const { screenToFlowPosition } = useReactFlow()
  const elements = useElements({ graph, positions, routes, marks, dragged, isEditable })
  const onNodesChange = useNodeChanges(setDragged)
  const pull = useConnecting(shown, steps)
  const onKeyDown = useCanvasKeys({ shown, steps, onOpen, onAdd })
  const clipboard = useClipboard(steps)
  useReveal(shown)
  const items = usePaletteItems()

  const onDrop = (event: DragEvent): void => {
    const item = items.find((one) => one.id === event.dataTransfer.getData(DRAG_TYPE))
    if (item === undefined) return
    event.preventDefault()
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY })
    steps.add(item, { x: point.x - GRAB_X, y: point.y - BODY_PORT_Y })
  }

  if (!isReady) return <Loading what="Laying out the picture…" />
  return (
    <div
      className={classes.canvas}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is one control with keys of its own
      tabIndex={0}
      role="application"
      aria-label="Canvas. Arrow keys move the selection from step to step, Enter opens a step, A adds one."
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.focus({ preventScroll: true })}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault()
      }}
      onDrop={onDrop}
      {...clipboard}
      data-weir-canvas
    >
      <Flow
        label="Steps of the workflow"
        {...elements}
        fitKey={round}
        isTidying={isWorking}
        onTidy={isEditable ? () => store.getState().actions.tidy() : undefined}
        nodesDraggable={isEditable}
        nodesConnectable={isEditable}
        selectionOnDrag={false}
        multiSelectionKeyCode={MULTI_KEYS}
        selectNodesOnDrag={false}
        nodeDragThreshold={4}
        connectionRadius={28}
        onNodesChange={onNodesChange}
        onNodeDragStop={(_, __, nodes) => {
          const moved = Object.fromEntries(nodes.map((node) => [node.id, rounded(node.position)]))
          store.getState().actions.move({ ...placesOf(positions), ...placesOf(moved) })
          setDragged(null)
        }}
        onNodeDoubleClick={onOpen}
        onEdgeClick={(_, edge) => store.getState().actions.select({ kind: 'edge', id: edge.id })}
        onPaneClick={() => {
          store.getState().actions.select({ kind: 'workflow' })
          pull.close()
        }}
        isValidConnection={pull.isValid}
        onConnectStart={pull.onStart}
        onConnect={pull.onConnect}
        onConnectEnd={pull.onEnd}
        connectionLineStyle={LINE}
        connectionLineType={ConnectionLineType.SmoothStep}
        controls={note === null ? null : <span className={classes.note}>{note}</span>}
      >
        {pull.sentence !== null && (
          <div className={`${classes.sentence} ${pull.sentence.ok ? '' : classes.refused}`} role="status">
            {pull.sentence.text}
          </div>
        )}
      </Flow>
      {pull.void !== null && (
        <PullPalette
          at={pull.void.screen}
          onPick={(item) => {
            if (pull.void !== null) steps.add(item, pull.void.flow, pull.void.from)
            pull.close()
          }}
          onClose={pull.close}
        />
      )}
    </div>
  )
}

const GRAB_X = 40
const MULTI_KEYS = ['Shift', 'Meta', 'Control']
const LINE = { stroke: 'var(--weir-accent)', strokeWidth: 2 }

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) })

interface ElementInputs extends Shown {
  readonly routes: Parameters<typeof flowEdges>[0]['routes']
  readonly marks: ReturnType<typeof useMarks>
  readonly dragged: Readonly<Record<string, Point>> | null
  readonly isEditable: boolean
}

/** Nodes and lines for the flow library. */
function useElements({ graph, positions, routes, marks, dragged, isEditable }: ElementInputs) {
  const selection = useDocument((state) => state.selection)
  const nodes = useRef<StepFlowNode[]>([])
  const edges = useRef<WireEdge[]>([])
  const selected = useMemo(() => new Set(selection.kind === 'steps' ? selection.names : []), [selection])
  nodes.current = useMemo(() => {
    const places = dragged === null ? positions : { ...positions, ...dragged }
    return flowNodes({ graph, positions: places, selected, marks, isEditable }, nodes.current)
  }, [graph, positions, dragged, selected, marks, isEditable])
  const selectedEdge = selection.kind === 'edge' ? selection.id : null
  edges.current = useMemo(() => {
    // A route leads to where the node was before it was dragged.
    const used = dragged === null ? routes : NO_ROUTES
    return flowEdges({ graph, routes: used, selected, selectedEdge, isEditable: true }, edges.current)
  }, [graph, routes, dragged, selected, selectedEdge])
  return { nodes: nodes.current, edges: edges.current }
}

const NO_ROUTES = {}

/** Selection goes into the document; places go there when the drag ends. */
function useNodeChanges(
  setDragged: (update: (before: Readonly<Record<string, Point>> | null) => Readonly<Record<string, Point>>) => void,
) {
  const store = useDocumentStore()
  return useCallback(
    (changes: NodeChange<StepFlowNode>[]) => {
      const moved: Record<string, Point> = {}
      const { selection, actions } = store.getState()
      const names = new Set(selection.kind === 'steps' ? selection.names : [])
      let isSelecting = false
      for (const change of changes) {
        if (change.type === 'position' && change.position !== undefined && change.dragging === true) {
          moved[change.id] = change.position
        } else if (change.type === 'select' && !isParams(change.id)) {
          isSelecting = true
          if (change.selected) names.add(change.id)
          else names.delete(change.id)
        }
      }
      if (Object.keys(moved).length > 0) setDragged((before) => ({ ...before, ...moved }))
      if (isSelecting) {
        actions.select(names.size === 0 ? { kind: 'workflow' } : { kind: 'steps', names: [...names] })
      }
    },
    [store, setDragged],
  )
}
