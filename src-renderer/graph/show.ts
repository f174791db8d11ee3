import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react'
import { useMemo } from 'react'
import { fitOptions } from './fit.ts'
import type { StepFlowNode } from './StepNode.tsx'
import { heightOf, NODE_WIDTH } from './size.ts'
import { boundsOf, MIN_ZOOM } from './use-fit.ts'

type Store = ReturnType<typeof useStoreApi>

/**
 * Nodes of each picture: the flow library knows only those that are elements. By this function of its store, because each
 * hook gets another object for the same store.
 */
const pictures = new WeakMap<Store['getState'], readonly StepFlowNode[]>()

export const setPicture = ({ getState }: Store, nodes: readonly StepFlowNode[]): void =>
  void pictures.set(getState, nodes)

export interface Show {
  all(): void
  step(id: string, zoom: number): void
}

/** Moves the view of the picture, also from beside it. */
export function useShow(): Show {
  const store = useStoreApi()
  const { setViewport, setCenter } = useReactFlow()
  return useMemo(
    () => ({
      all() {
        const nodes = pictures.get(store.getState) ?? []
        if (nodes.length === 0) return
        const { width, height } = store.getState()
        const { maxZoom, padding, duration } = fitOptions
        const view = getViewportForBounds(boundsOf(nodes), width, height, MIN_ZOOM, maxZoom, padding)
        void setViewport(view, { duration })
      },
      step(id, zoom) {
        const node = pictures.get(store.getState)?.find((one) => one.id === id)
        if (node === undefined) return
        const { position, data } = node
        void setCenter(position.x + NODE_WIDTH / 2, position.y + heightOf(data.step) / 2, {
          zoom,
          duration: fitOptions.duration,
        })
      },
    }),
    [store, setViewport, setCenter],
  )
}
