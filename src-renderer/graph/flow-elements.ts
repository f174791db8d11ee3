import { Position } from '@xyflow/react'
import type { NodeMark } from './contexts.ts'
import type { StepFlowNode } from './StepNode.tsx'
import type { Point, Positions } from './simple-layout.ts'
import { heightOf, IN, inPort, isParams, NODE_WIDTH, OUT, outPort, portY } from './size.ts'
import type { Graph, GraphEdge, GraphNode } from './types.ts'
import type { WireEdge } from './Wire.tsx'

/*
 * The picture's nodes and lines as the flow library wants them. What did not change keeps its identity, so that only what
 * changed is drawn anew. Sizes and ports are given, so that nothing has to be measured.
 */

export interface NodeInputs {
  readonly graph: Graph
  readonly positions: Positions
  readonly selected: ReadonlySet<string>
  readonly marks: ReadonlyMap<string, NodeMark>
  readonly isEditable: boolean
}

const ORIGIN: Point = { x: 0, y: 0 }

export function flowNodes(inputs: NodeInputs, before: readonly StepFlowNode[]): StepFlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]))
  return inputs.graph.nodes.map((step) => {
    const next = flowNode(step, inputs)
    const known = old.get(step.id)
    return known !== undefined && isSameNode(known, next) ? known : next
  })
}

function flowNode(step: GraphNode, { positions, selected, marks, isEditable }: NodeInputs): StepFlowNode {
  const height = heightOf(step)
  return {
    id: step.id,
    type: 'step',
    position: positions[step.id] ?? ORIGIN,
    data: { step, mark: marks.get(step.id) ?? null, isEditable },
    selected: selected.has(step.id),
    draggable: isEditable && !isParams(step.id),
    deletable: !isParams(step.id),
    focusable: false,
    width: NODE_WIDTH,
    height,
    measured: { width: NODE_WIDTH, height },
    handles: handlesOf(step),
  }
}

function handlesOf(step: GraphNode): NonNullable<StepFlowNode['handles']> {
  const left = (id: string, y: number) =>
    ({ id, type: 'target', position: Position.Left, x: 0, y: y - 0.5, width: 1, height: 1 }) as const
  const right = (id: string, y: number) =>
    ({ id, type: 'source', position: Position.Right, x: NODE_WIDTH - 1, y: y - 0.5, width: 1, height: 1 }) as const
  return [
    left(IN, portY([], null)),
    right(OUT, portY([], null)),
    ...step.inputs.map(({ name }) => left(inPort(name), portY(step.inputs, name))),
    ...step.outputs.map(({ name }) => right(outPort(name), portY(step.outputs, name))),
  ]
}

const isSameNode = (a: StepFlowNode, b: StepFlowNode): boolean =>
  a.data.step === b.data.step &&
  a.data.mark === b.data.mark &&
  a.data.isEditable === b.data.isEditable &&
  a.selected === b.selected &&
  a.position.x === b.position.x &&
  a.position.y === b.position.y

export interface EdgeInputs {
  readonly graph: Graph
  readonly routes: Readonly<Record<string, readonly Point[]>>
  readonly selected: ReadonlySet<string>
  readonly selectedEdge: string | null
  readonly isEditable: boolean
}

export function flowEdges(inputs: EdgeInputs, before: readonly WireEdge[]): WireEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]))
  return inputs.graph.edges.map((edge) => {
    const next = flowEdge(edge, inputs)
    const known = old.get(edge.id)
    return known !== undefined && isSameEdge(known, next) ? known : next
  })
}

function flowEdge(edge: GraphEdge, { routes, selected, selectedEdge, isEditable }: EdgeInputs): WireEdge {
  const isOnPath = selected.has(edge.source) || selected.has(edge.target)
  const isSelected = edge.id === selectedEdge
  return {
    id: edge.id,
    type: 'wire',
    source: edge.source,
    target: edge.target,
    sourceHandle: edge.sourcePort === null ? OUT : outPort(edge.sourcePort),
    targetHandle: edge.targetPort === null ? IN : inPort(edge.targetPort),
    data: {
      kind: edge.kind,
      route: routes[edge.id] ?? null,
      isOnPath,
      isLoop: edge.source === edge.target,
      count: edge.count ?? null,
      title: edge.title ?? null,
      isDim: edge.isDim === true,
    },
    selected: isSelected,
    selectable: isEditable,
    focusable: false,
    zIndex: isOnPath || isSelected ? 1 : 0,
  }
}

const isSameEdge = (a: WireEdge, b: WireEdge): boolean =>
  a.data?.isOnPath === b.data?.isOnPath &&
  a.data?.route === b.data?.route &&
  a.data?.count === b.data?.count &&
  a.data?.title === b.data?.title &&
  a.data?.isDim === b.data?.isDim &&
  a.selected === b.selected &&
  a.selectable === b.selectable

/** The graph with the objects of an earlier one wherever they say the same. */
export function withShared(before: Graph, next: Graph): Graph {
  const nodes = shared(before.nodes, next.nodes)
  const edges = shared(before.edges, next.edges)
  return nodes === before.nodes && edges === before.edges ? before : { nodes, edges }
}

function shared<T extends { readonly id: string }>(before: readonly T[], next: readonly T[]): readonly T[] {
  const old = new Map(before.map((one) => [one.id, one]))
  const result = next.map((one) => {
    const known = old.get(one.id)
    return known !== undefined && JSON.stringify(known) === JSON.stringify(one) ? known : one
  })
  return before.length === result.length && result.every((one, i) => one === before[i]) ? before : result
}
