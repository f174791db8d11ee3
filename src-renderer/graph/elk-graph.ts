import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Point, Positions } from './simple-layout.ts'
import { heightOf, IN, inPort, NODE_WIDTH, OUT, outPort, portY } from './size.ts'
import type { Graph, GraphEdge, GraphNode } from './types.ts'

/** The way of a line from port to port, with its corners, where the layout has found one around the nodes. */
export type Routes = Readonly<Record<string, readonly Point[]>>

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '44',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.separateConnectedComponents': 'true',
  'elk.spacing.componentComponent': '56',
}

/** Sorting columns many times over makes large graphs slow and hardly better. */
const QUICK_FROM = 300

/** The graph in the words of the layout library: ports at the places where the nodes draw them. */
export function toElk(graph: Graph): ElkNode {
  const edges = graph.edges.filter((edge) => edge.source !== edge.target)
  const quick = graph.nodes.length > QUICK_FROM ? { 'elk.layered.thoroughness': '3' } : {}
  return {
    id: 'root',
    layoutOptions: { ...OPTIONS, ...quick },
    children: graph.nodes.map(elkNode),
    edges: edges.map((edge) => ({ id: edge.id, sources: [sourceOf(edge)], targets: [targetOf(edge)] })),
  }
}

const portId = (node: string, port: string): string => `${node}/${port}`
const sourceOf = (edge: GraphEdge): string =>
  portId(edge.source, edge.sourcePort === null ? OUT : outPort(edge.sourcePort))
const targetOf = (edge: GraphEdge): string =>
  portId(edge.target, edge.targetPort === null ? IN : inPort(edge.targetPort))

function elkNode(node: GraphNode): ElkNode {
  const port = (id: string, x: number, y: number, side: 'EAST' | 'WEST') => ({
    id: portId(node.id, id),
    x,
    y,
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side },
  })
  return {
    id: node.id,
    width: NODE_WIDTH,
    height: heightOf(node),
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
    ports: [
      port(IN, 0, portY([], null), 'WEST'),
      port(OUT, NODE_WIDTH, portY([], null), 'EAST'),
      ...node.inputs.map(({ name }) => port(inPort(name), 0, portY(node.inputs, name), 'WEST')),
      ...node.outputs.map(({ name }) => port(outPort(name), NODE_WIDTH, portY(node.outputs, name), 'EAST')),
    ],
  }
}

export function fromElk(answer: ElkNode): { positions: Positions; routes: Routes } {
  const positions: Record<string, Point> = {}
  for (const { id, x = 0, y = 0 } of answer.children ?? []) positions[id] = { x: Math.round(x), y: Math.round(y) }
  const routes: Record<string, readonly Point[]> = {}
  for (const edge of answer.edges ?? []) {
    const way = wayOf(edge)
    if (way !== null) routes[edge.id] = way
  }
  return { positions, routes }
}

function wayOf(edge: ElkExtendedEdge): Point[] | null {
  const [section, more] = edge.sections ?? []
  if (section === undefined || more !== undefined) return null
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x, y }))
}
