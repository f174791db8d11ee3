import type { NodeChange } from '@xyflow/react'
import { useCallback, useMemo, useRef, useState } from 'react'
import { flowEdges, flowNodes } from '../graph/flow-elements.ts'
import type { StepFlowNode } from '../graph/StepNode.tsx'
import type { Point } from '../graph/simple-layout.ts'
import { isParams } from '../graph/size.ts'
import type { WireEdge } from '../graph/Wire.tsx'
import { useDocument, useDocumentStore } from './document-context.tsx'
import type { useMarks } from './use-graph.ts'
import { placesOf, type Shown } from './use-steps.ts'

type Places = Readonly<Record<string, Point>>

interface ElementInputs extends Shown {
  readonly routes: Parameters<typeof flowEdges>[0]['routes']
  readonly marks: ReturnType<typeof useMarks>
  readonly isEditable: boolean
}

/** Nodes and lines for the flow library, and what it does with them. */
export function useElements({ graph, positions, routes, marks, isEditable }: ElementInputs) {
  const [dragged, setDragged] = useState<Places | null>(null)
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
  const onNodesChange = useNodeChanges(setDragged)
  const store = useDocumentStore()
  const onNodeDragStop = useCallback(
    (_: unknown, __: unknown, moved: StepFlowNode[]) => {
      const places = Object.fromEntries(moved.map((node) => [node.id, rounded(node.position)]))
      // All are kept where they are seen: else the layout would move the others away from the one that was placed.
      store.getState().actions.move({ ...placesOf(positions), ...placesOf(places) })
      setDragged(null)
    },
    [store, positions],
  )
  return { nodes: nodes.current, edges: edges.current, onNodesChange, onNodeDragStop }
}

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) })

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
