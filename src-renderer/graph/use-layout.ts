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
const SHOW_QUICK_MS = 250

/**
 * Where the nodes stand: where the person has put them (`fixed`), the others where the layout wants them. The layout is
 * asked again when the shape of the graph changes; what it said before holds until it answers.
 */
export function useLayout(graph: Graph, fixed: Positions): GraphLayout {
  const shape = useMemo(() => shapeOf(graph), [graph])
  const isAllFixed = graph.nodes.every((node) => fixed[node.id] !== undefined)
  const isFree = Object.keys(fixed).length === 0
  const { current, isWorking } = useAnswer({ graph, fixed, shape, isAllFixed, isFree })
  return useMemo(() => {
    const { answer, round } = current
    return {
      positions: merged(graph, answer.positions, fixed),
      routes: current.shape === shape && isFree ? answer.routes : NO_ROUTES,
      isReady: round > 0 || isAllFixed || Object.keys(answer.positions).length > 0 || graph.nodes.length === 0,
      isWorking,
      note: isAllFixed ? null : answer.note,
      round,
    }
  }, [current, graph, fixed, shape, isFree, isAllFixed, isWorking])
}

interface Question {
  readonly graph: Graph
  readonly fixed: Positions
  readonly shape: string
  readonly isAllFixed: boolean
  readonly isFree: boolean
}

interface Answer {
  readonly answer: LaidOut
  /** Of the graph that was laid out; QUICK while only the quick layout is there */
  readonly shape: string
  readonly round: number
}

const QUICK = 'quick'

/** The newest layout that is there. */
function useAnswer({ graph, fixed, shape, isAllFixed, isFree }: Question) {
  const [current, setCurrent] = useState<Answer>({ answer: NOTHING, shape: '', round: 0 })
  const [isWorking, setWorking] = useState(false)
  /** The next layout is one that was asked for: the first, or a tidying up. Those after edits must not move the view. */
  const fits = useRef(true)
  const wasFree = useRef(isFree)
  if (isFree && !wasFree.current) fits.current = true
  wasFree.current = isFree
  const latest = useRef({ graph, fixed })
  latest.current = { graph, fixed }

  useEffect(() => {
    if (isAllFixed) return
    const stop = new AbortController()
    const asked = { graph: latest.current.graph, fixed: isFree ? NONE : latest.current.fixed }
    const accept = (answer: LaidOut): void => {
      const fit = fits.current ? 1 : 0
      fits.current = false
      setCurrent((before) => ({ answer, shape, round: before.round + fit }))
    }
    const showQuick = (): void => setCurrent((before) => (before.shape === '' ? quickAnswer(asked.graph) : before))
    const isLarge = asked.graph.nodes.length >= SHOW_QUICK_FROM
    const quick = isLarge ? undefined : setTimeout(showQuick, SHOW_QUICK_MS)
    if (isLarge) showQuick()
    setWorking(true)
    void layoutOf(asked.graph, asked.fixed, { signal: stop.signal })
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
  }, [shape, isAllFixed, isFree])
  return { current, isWorking }
}

const quickAnswer = (graph: Graph): Answer => ({
  answer: { ...NOTHING, positions: simpleLayout(graph) },
  shape: QUICK,
  round: 1,
})

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
export const shapeOf = (graph: Graph): string =>
  `${graph.nodes.map((node) => `${node.id}:${heightOf(node)}`).join()}|${graph.edges.map((edge) => edge.id).join()}`
