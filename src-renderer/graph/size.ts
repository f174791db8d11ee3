import { type GraphNode, PARAMS_NODE } from './types.ts'

/** Sizes of a node in pixels: layout, lines and CSS (StepNode.module.css) must agree on them. */
export const NODE_WIDTH = 200
/** Icon and name, and one line of what it does */
export const HEAD_HEIGHT = 56
export const PORT_HEIGHT = 20
const PORTS_PADDING = 8
const FOOT_HEIGHT = 24
/** More ports than these are counted instead of drawn. */
export const MAX_PORTS = 12

/** Where lines meet the step as a whole. */
export const BODY_PORT_Y = 20

export const portRows = (node: GraphNode): number =>
  Math.min(MAX_PORTS + 1, Math.max(node.inputs.length, node.outputs.length))

export const portsHeight = (node: GraphNode): number => {
  const rows = portRows(node)
  return rows === 0 ? 0 : rows * PORT_HEIGHT + PORTS_PADDING
}

export const hasFoot = (node: GraphNode): boolean => node.badges.length > 0 || node.forEach !== null

export const heightOf = (node: GraphNode): number => HEAD_HEIGHT + portsHeight(node) + (hasFoot(node) ? FOOT_HEIGHT : 0)

/** Names of the places where lines meet a node. */
export const IN = 'in'
export const OUT = 'out'
export const inPort = (name: string): string => `in:${name}`
export const outPort = (name: string): string => `out:${name}`

/** Where a line meets the node, from its top; ports that are counted share the last row. */
export function portY(ports: readonly { readonly name: string }[], name: string | null): number {
  const index = name === null ? -1 : ports.findIndex((port) => port.name === name)
  if (index < 0) return BODY_PORT_Y
  return HEAD_HEIGHT + Math.min(index, MAX_PORTS) * PORT_HEIGHT + PORT_HEIGHT / 2
}

export const isParams = (id: string): boolean => id === PARAMS_NODE
