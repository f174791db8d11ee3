import { heightOf, NODE_WIDTH } from './size.ts'
import type { Graph, GraphNode } from './types.ts'

export interface Point {
  readonly x: number
  readonly y: number
}
export type Positions = Readonly<Record<string, Point>>

const COLUMN_GAP = 64
const ROW_GAP = 28
/** Times that the rows are sorted by their neighbours, to and fro. */
const SWEEPS = 6

/**
 * A quick layout in columns, linear in nodes and lines but for sorting: what is shown when the good one would take too
 * long. Each step stands right of all that it waits for, near the middle of its neighbours.
 */
export function simpleLayout(graph: Graph): Positions {
  const before = neighbours(graph, 'target', 'source')
  const after = neighbours(graph, 'source', 'target')
  const columns = columnsOf(graph, before, after)
  const rows = new Map<string, number>()
  for (const column of columns) for (const [row, node] of column.entries()) rows.set(node.id, row)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForth = sweep % 2 === 0
    for (const column of isForth ? columns : columns.toReversed()) sortColumn(column, isForth ? before : after, rows)
  }
  return placed(columns)
}

type Neighbours = ReadonlyMap<string, readonly string[]>

function neighbours(graph: Graph, of: 'source' | 'target', to: 'source' | 'target'): Neighbours {
  const found = new Map<string, string[]>(graph.nodes.map((node) => [node.id, []]))
  for (const edge of graph.edges) found.get(edge[of])?.push(edge[to])
  return found
}

/** Columns by the longest way from a start; steps in a cycle go behind what is known of them. */
function columnsOf(graph: Graph, before: Neighbours, after: Neighbours): GraphNode[][] {
  const waits = new Map(graph.nodes.map((node) => [node.id, before.get(node.id)?.length ?? 0]))
  const depth = new Map<string, number>()
  const ready = graph.nodes.filter((node) => waits.get(node.id) === 0).map((node) => node.id)
  for (const id of ready) depth.set(id, 0)
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at] ?? ''
    for (const next of after.get(id) ?? []) {
      depth.set(next, Math.max(depth.get(next) ?? 0, (depth.get(id) ?? 0) + 1))
      const left = (waits.get(next) ?? 1) - 1
      waits.set(next, left)
      if (left === 0) ready.push(next)
    }
  }
  const columns: GraphNode[][] = []
  for (const node of graph.nodes) {
    const column = depth.get(node.id) ?? 0
    columns[column] ??= []
    columns[column].push(node)
  }
  return columns.filter((column) => column !== undefined)
}

function sortColumn(column: GraphNode[], sides: Neighbours, rows: Map<string, number>): void {
  const wanted = new Map(
    column.map((node) => {
      const others = sides.get(node.id) ?? []
      const sum = others.reduce((total, id) => total + (rows.get(id) ?? 0), 0)
      return [node.id, others.length === 0 ? (rows.get(node.id) ?? 0) : sum / others.length]
    }),
  )
  column.sort((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0))
  for (const [row, node] of column.entries()) rows.set(node.id, row)
}

function placed(columns: readonly (readonly GraphNode[])[]): Positions {
  const positions: Record<string, Point> = {}
  const heights = columns.map((column) => column.reduce((sum, node) => sum + heightOf(node) + ROW_GAP, -ROW_GAP))
  const tallest = Math.max(0, ...heights)
  for (const [index, column] of columns.entries()) {
    let y = (tallest - (heights[index] ?? 0)) / 2
    for (const node of column) {
      positions[node.id] = { x: index * (NODE_WIDTH + COLUMN_GAP), y: Math.round(y) }
      y += heightOf(node) + ROW_GAP
    }
  }
  return positions
}
