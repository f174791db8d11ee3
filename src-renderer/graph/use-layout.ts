import { useEffect, useMemo, useRef, useState } from 'react'
import type { Routes } from './elk-graph.ts'
import { withFixed } from './fixed.ts'
import { type LaidOut, layoutOf } from './layout.ts'
import { type Positions, simpleLayout } from './simple-layout.ts'
import { heightOf } from './size.ts'
import type { Graph } from './types.ts'

export interface GraphLayout {
  readonly positions: Positions
  readonly routes: Routes
  /** False until there is anything to show */
  readonly isReady: boolean
  readonly isWorking: boolean
  readonly note: string | null
  /** Grows when the picture should be fitted: it was laid out for the first time, or tidied up */
  readonly round: number
}

const NO_ROUTES: Routes = {}
const NONE: Positions = {}
const NOTHING: LaidOut = { positions: {}, routes: NO_ROUTES, note: null }
/** With more nodes than these the quick layout is shown until the good one is there. */
const SHOW_QUICK_FROM = 150
/** ... and with fewer nodes after this time: the layout's library may still be loading. */
const SHOW_QUICK_MS = 600

/**
 * Where the nodes stand: where the person has put them (`fixed`), the others where the layout wants them. The layout is
 * asked again when the shape of the graph changes; what it said before holds until it answers.
 */
export function useLayout(graph: Graph, fixed: Positions): GraphLayout {
  const [laidOut, setLaidOut] = useState<{ readonly answer: LaidOut; readonly shape: string; readonly round: number }>({
    answer: NOTHING,
    shape: '',
    round: 0,
  })
  const [isWorking, setWorking] = useState(false)
  const shape = useMemo(() => shapeOf(graph), [graph])
  const isAllFixed = graph.nodes.every((node) => fixed[node.id] !== undefined)
  const free = Object.keys(fixed).length === 0
  /** The next layout is one that was asked for: the first, or a tidying up. Those after edits must not move the view. */
  const fits = useRef(true)
  const wasFree = useRef(free)
  if (free && !wasFree.current) fits.current = true
  wasFree.current = free
  const latest = useRef({ graph, fixed })
  latest.current = { graph, fixed }

  useEffect(() => {
    if (isAllFixed) return
    const stop = new AbortController()
    const current = { graph: latest.current.graph, fixed: free ? NONE : latest.current.fixed }
    const accept = (answer: LaidOut): void => {
      const fit = fits.current ? 1 : 0
      fits.current = false
      setLaidOut((before) => ({ answer, shape, round: before.round + fit }))
    }
    const showQuick = (): void =>
      setLaidOut((before) => {
        if (before.shape !== '') return before
        return {
          answer: { ...NOTHING, positions: simpleLayout(current.graph) },
          shape: 'quick',
          round: before.round + 1,
        }
      })
    const isLarge = current.graph.nodes.length >= SHOW_QUICK_FROM
    const quick = isLarge ? undefined : setTimeout(showQuick, SHOW_QUICK_MS)
    if (isLarge) showQuick()
    setWorking(true)
    layoutOf(current.graph, current.fixed, { signal: stop.signal })
      .then(accept)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) throw error
      })
      .finally(() => {
        clearTimeout(quick)
        if (!stop.signal.aborted) setWorking(false)
      })
    return () => {
      clearTimeout(quick)
      stop.abort()
    }
  }, [shape, isAllFixed, free])

  return useMemo(() => {
    const { answer, round } = laidOut
    const isFresh = laidOut.shape === shape && free
    const positions = merged(graph, answer.positions, fixed)
    return {
      positions,
      routes: isFresh ? answer.routes : NO_ROUTES,
      isReady: round > 0 || isAllFixed || Object.keys(answer.positions).length > 0 || graph.nodes.length === 0,
      isWorking,
      note: isAllFixed ? null : answer.note,
      round,
    }
  }, [laidOut, graph, fixed, shape, free, isAllFixed, isWorking])
}

/** Places that the person chose, then those of the layout; a node that is in neither yet stands beside its neighbours. */
function merged(graph: Graph, wanted: Positions, fixed: Positions): Positions {
  const known: Record<string, { x: number; y: number }> = {}
  let isComplete = true
  for (const { id } of graph.nodes) {
    const point = fixed[id] ?? wanted[id]
    if (point === undefined) isComplete = false
    else known[id] = point
  }
  return isComplete || Object.keys(known).length === 0 ? known : withFixed(graph, wanted, known)
}

/** What the layout depends on: nodes with their sizes, and lines. */
const shapeOf = (graph: Graph): string =>
  `${graph.nodes.map((node) => `${node.id}:${heightOf(node)}`).join()}|${graph.edges.map((edge) => edge.id).join()}`
