import { lookOf } from '../looks.ts'
import type { StepFlowNode } from '../StepNode.tsx'
import type { Point } from '../simple-layout.ts'
import { heightOf, IN, inPort, NODE_WIDTH, OUT, outPort, portY } from '../size.ts'
import type { EdgeKind, GraphNode } from '../types.ts'
import type { WireEdge } from '../Wire.tsx'

/** A node as it is painted, in the picture's own pixels. */
export interface Box {
  readonly id: string
  readonly name: string
  readonly tone: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly isSelected: boolean
  readonly mark: 'error' | 'warning' | null
}

/** A line as it is painted: corners one after the other, x and y in turn. */
export interface Line {
  readonly kind: EdgeKind
  readonly isOnPath: boolean
  readonly points: readonly number[]
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Scene {
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
}

export function sceneOf(nodes: readonly StepFlowNode[], edges: readonly WireEdge[]): Scene {
  const places = new Map(nodes.map((node) => [node.id, node]))
  const lines: Line[] = []
  for (const edge of edges) {
    const source = places.get(edge.source)
    const target = places.get(edge.target)
    if (source !== undefined && target !== undefined) lines.push(lineOf(edge, source, target))
  }
  return { boxes: nodes.map(boxOf), lines }
}

const boxOf = ({ id, position, selected, data: { step, mark } }: StepFlowNode): Box => ({
  id,
  name: step.name,
  tone: lookOf(step).tone,
  x: position.x,
  y: position.y,
  width: NODE_WIDTH,
  height: heightOf(step),
  isSelected: selected === true,
  mark: mark?.severity ?? null,
})

function lineOf({ data, sourceHandle, targetHandle }: WireEdge, source: StepFlowNode, target: StepFlowNode): Line {
  const route = data?.route ?? null
  const points =
    route === null
      ? straight(
          { x: source.position.x + NODE_WIDTH, y: source.position.y + outY(source.data.step, sourceHandle) },
          { x: target.position.x, y: target.position.y + inY(target.data.step, targetHandle) },
        )
      : route.flatMap(({ x, y }) => [x, y])
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    const [x = 0, y = 0] = [points[i], points[i + 1]]
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return { kind: data?.kind ?? 'data', isOnPath: data?.isOnPath === true, points, left, top, right, bottom }
}

const outY = (step: GraphNode, handle: string | null | undefined): number =>
  portY(step.outputs, handle == null || handle === OUT ? null : handle.slice(outPort('').length))
const inY = (step: GraphNode, handle: string | null | undefined): number =>
  portY(step.inputs, handle == null || handle === IN ? null : handle.slice(inPort('').length))

/** How far a line leads away from a node before it turns. */
const STUB = 20

/** From a port on the right to one on the left, with corners; back around when the target stands left of it. */
function straight(from: Point, to: Point): number[] {
  if (to.x >= from.x + 2 * STUB) {
    const middle = (from.x + to.x) / 2
    return [from.x, from.y, middle, from.y, middle, to.y, to.x, to.y]
  }
  const out = from.x + STUB
  const back = to.x - STUB
  const middle = (from.y + to.y) / 2
  return [from.x, from.y, out, from.y, out, middle, back, middle, back, to.y, to.x, to.y]
}

/** The node at a point of the picture; of several the one on top. */
export const boxAt = ({ boxes }: Scene, { x, y }: Point): Box | null =>
  boxes.findLast((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height) ?? null
