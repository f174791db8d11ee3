import type { Point, Positions } from './simple-layout.ts'
import { heightOf, isParams, NODE_WIDTH } from './size.ts'
import type { Graph, GraphNode } from './types.ts'

const GAP = 24
const COLUMN = NODE_WIDTH + 80

/**
 * Nodes that the person has placed stay where they are; the others go to where the layout has them relative to their
 * nearest placed neighbour, and then down until they cover nothing.
 */
export function withFixed(graph: Graph, wanted: Positions, fixed: Positions): Positions {
  const positions: Record<string, Point> = {}
  const taken: Box[] = []
  const put = (node: GraphNode, point: Point): void => {
    positions[node.id] = point
    taken.push({ ...point, height: heightOf(node) })
  }
  const free: GraphNode[] = []
  for (const node of graph.nodes) {
    const point = fixed[node.id]
    if (point === undefined) free.push(node)
    else put(node, point)
  }
  const neighbours = neighboursOf(graph)
  for (const node of free.toSorted((a, b) => (wanted[a.id]?.x ?? 0) - (wanted[b.id]?.x ?? 0))) {
    const start = isParams(node.id) ? leftOfAll(taken) : near(node.id, wanted, positions, neighbours)
    put(node, firstFree(start, heightOf(node), taken))
  }
  return positions
}

interface Box extends Point {
  readonly height: number
}

function neighboursOf(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(graph.nodes.map((node) => [node.id, []]))
  for (const { source, target } of graph.edges) {
    found.get(source)?.push(target)
    found.get(target)?.push(source)
  }
  return found
}

function near(
  id: string,
  wanted: Positions,
  positions: Positions,
  neighbours: ReadonlyMap<string, readonly string[]>,
): Point {
  const own = wanted[id]
  if (own === undefined) {
    // It came after the layout: beside a neighbour until there is another one.
    const beside = neighbours
      .get(id)
      ?.map((other) => positions[other])
      .find((point) => point !== undefined)
    return beside === undefined ? rightOfAll(positions, { x: 0, y: 0 }) : { x: beside.x + COLUMN, y: beside.y }
  }
  const anchor = neighbours.get(id)?.find((other) => positions[other] !== undefined && wanted[other] !== undefined)
  if (anchor === undefined) return rightOfAll(positions, own)
  const to = positions[anchor]
  const from = wanted[anchor]
  if (to === undefined || from === undefined) return own
  return { x: Math.round(own.x + to.x - from.x), y: Math.round(own.y + to.y - from.y) }
}

function rightOfAll(positions: Positions, own: Point): Point {
  const points = Object.values(positions)
  if (points.length === 0) return own
  return { x: Math.max(...points.map(({ x }) => x)) + COLUMN, y: Math.min(...points.map(({ y }) => y)) }
}

function leftOfAll(taken: readonly Box[]): Point {
  if (taken.length === 0) return { x: 0, y: 0 }
  let left = Number.POSITIVE_INFINITY
  let top = Number.POSITIVE_INFINITY
  for (const box of taken) {
    left = Math.min(left, box.x)
    top = Math.min(top, box.y)
  }
  return { x: left - COLUMN, y: top }
}

/** The place itself, or the next one below it where nothing stands. */
export function firstFree(start: Point, height: number, taken: readonly Box[]): Point {
  const beside = taken.filter((box) => Math.abs(box.x - start.x) < NODE_WIDTH + GAP).toSorted((a, b) => a.y - b.y)
  let y = start.y
  for (const box of beside) {
    if (box.y + box.height + GAP <= y || box.y >= y + height + GAP) continue
    y = box.y + box.height + GAP
  }
  return { x: start.x, y }
}
