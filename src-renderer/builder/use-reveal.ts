import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useEffect } from 'react'
import { heightOf, NODE_WIDTH } from '../graph/size.ts'
import { useDocument } from './document-context.tsx'
import type { Shown } from './use-steps.ts'

const MARGIN = 24

/** Moves the picture when a step is selected that cannot be seen: one just added, or chosen in the YAML. */
export function useReveal(shown: { readonly current: Shown }): void {
  const selection = useDocument((state) => state.selection)
  const name = selection.kind === 'steps' && selection.names.length === 1 ? (selection.names[0] ?? null) : null
  const isThere = useDocument((state) => name !== null && state.parsed.steps.some((step) => step.name === name))
  const { setCenter } = useReactFlow()
  const store = useStoreApi()
  useEffect(() => {
    if (name === null || !isThere) return
    // After the layout has placed a new step.
    const timer = setTimeout(() => {
      const { graph, positions } = shown.current
      const node = graph.nodes.find((one) => one.id === name)
      const place = positions[name]
      if (node === undefined || place === undefined) return
      const { transform, width, height } = store.getState()
      const [x, y, zoom] = transform
      const left = place.x * zoom + x
      const top = place.y * zoom + y
      const right = left + NODE_WIDTH * zoom
      const bottom = top + heightOf(node) * zoom
      const isSeen = left >= MARGIN && top >= MARGIN && right <= width - MARGIN && bottom <= height - MARGIN
      if (!isSeen) void setCenter(place.x + NODE_WIDTH / 2, place.y + heightOf(node) / 2, { zoom, duration: 160 })
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [name, isThere, shown, setCenter, store])
}

const SETTLE_MS = 120
