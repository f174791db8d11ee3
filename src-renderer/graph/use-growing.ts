import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Positions } from './simple-layout.ts'
import type { Graph } from './types.ts'
import { type GraphLayout, shapeOf, useLayout } from './use-layout.ts'

interface Held {
  readonly shape: string
  /** What the layout was told to leave where it is */
  readonly fixed: Positions
  /** Where all of them stood then */
  readonly positions: Positions
}

interface Growing {
  readonly layout: GraphLayout
  /** Lays all of it out anew; null while that would change nothing */
  readonly tidy: (() => void) | null
}

/**
 * The layout of a picture that may grow while it is watched: nodes that are there stay where they are, and new ones are put
 * beside their neighbours. A picture that is there as a whole is laid out as a whole.
 */
export function useGrowing(graph: Graph, places: Positions, grows: boolean): Growing {
  const held = useRef<Held | null>(null)
  const [round, setRound] = useState(0)
  const shape = useMemo(() => shapeOf(graph), [graph])
  // biome-ignore lint/correctness/useExhaustiveDependencies: tidying up forgets what was held
  const fixed = useMemo(() => {
    if (!grows || held.current === null) return places
    return held.current.shape === shape ? held.current.fixed : { ...places, ...held.current.positions }
  }, [grows, places, shape, round])
  const layout = useLayout(graph, fixed)
  const { positions, isReady, isWorking } = layout
  useLayoutEffect(() => {
    if (isReady && !isWorking && graph.nodes.length > 0) held.current = { shape, fixed, positions }
  }, [isReady, isWorking, graph, shape, fixed, positions])
  const isHeld = fixed !== places
  return {
    layout,
    tidy: isHeld
      ? () => {
          held.current = null
          setRound(round + 1)
        }
      : null,
  }
}
