import { type NodeChange, useStore, useStoreApi } from '@xyflow/react'
import { type MouseEvent, type PointerEvent, useCallback, useEffect, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Detail } from '../contexts.ts'
import type { StepFlowNode } from '../StepNode.tsx'
import type { WireEdge } from '../Wire.tsx'
import { type Box, boxAt, type Scene, sceneOf } from './scene.ts'

/** With more nodes than these a picture that is seen from afar is painted. Fewer are elements at any distance. */
const PAINTED_FROM = 150

interface Elements {
  readonly nodes: StepFlowNode[]
  readonly edges: WireEdge[]
  readonly detail: Detail
  readonly onNodesChange: ((changes: NodeChange<StepFlowNode>[]) => void) | undefined
}

/**
 * Whether the picture is painted, and which of its nodes are elements nevertheless: those that are selected, and the one
 * below the pointer, so that all that can be done with a node can be done with any.
 */
export function usePainted({ nodes, edges, detail, onNodesChange }: Elements) {
  const isPainted = nodes.length >= PAINTED_FROM && detail !== 'full'
  const scene = useMemo<Scene | null>(() => (isPainted ? sceneOf(nodes, edges) : null), [isPainted, nodes, edges])
  const { pointed, onPointerMove, boxUnder } = usePointed(scene)
  useBoxSelection(scene, onNodesChange)
  const shown = useMemo(
    () => (isPainted ? nodes.filter((node) => node.selected === true || node.id === pointed) : nodes),
    [isPainted, nodes, pointed],
  )
  return { scene, nodes: shown, edges: isPainted ? NO_EDGES : edges, onPointerMove, boxUnder }
}

const NO_EDGES: WireEdge[] = []

function usePointed(scene: Scene | null) {
  const store = useStoreApi()
  const [pointed, setPointed] = useState<string | null>(null)
  const boxUnder = useCallback(
    (event: MouseEvent): Box | null => {
      const { domNode, transform } = store.getState()
      if (scene === null || domNode === null) return null
      const { left, top } = domNode.getBoundingClientRect()
      const [x, y, zoom] = transform
      return boxAt(scene, { x: (event.clientX - left - x) / zoom, y: (event.clientY - top - y) / zoom })
    },
    [store, scene],
  )
  const onPointerMove = useCallback(
    (event: PointerEvent) => {
      // While something is dragged it stays what it is.
      if (scene === null || event.buttons !== 0) return
      const found = boxUnder(event)?.id ?? null
      // At once: the press may be the next thing that happens, and must find the node.
      if (found !== pointed) flushSync(() => setPointed(found))
    },
    [scene, boxUnder, pointed],
  )
  return { pointed, onPointerMove, boxUnder }
}

/** The flow library selects what a drawn box covers among its elements; this does it for what is painted. */
function useBoxSelection(scene: Scene | null, onNodesChange: Elements['onNodesChange']): void {
  const drawn = useStore((store) => (scene === null ? null : store.userSelectionRect))
  const store = useStoreApi()
  useEffect(() => {
    if (scene === null || drawn === null || drawn.width === 0 || drawn.height === 0) return
    const [x, y, zoom] = store.getState().transform
    const left = (drawn.x - x) / zoom
    const top = (drawn.y - y) / zoom
    const right = left + drawn.width / zoom
    const bottom = top + drawn.height / zoom
    const isIn = (box: Box): boolean =>
      box.x >= left && box.y >= top && box.x + box.width <= right && box.y + box.height <= bottom
    const changes = scene.boxes
      .filter((box) => isIn(box) !== box.isSelected)
      .map((box): NodeChange<StepFlowNode> => ({ type: 'select', id: box.id, selected: !box.isSelected }))
    if (changes.length > 0) onNodesChange?.(changes)
  }, [scene, drawn, store, onNodesChange])
}
