import type { Json } from '../../src-shared/contract/index.ts'
import { edgesOf } from './edges.ts'
import { inputsOf, outputsOf, paramsOf } from './ports.ts'
import { badgesOf, forEachOf, kindOf, summaryOf } from './summary.ts'
import { type ChildParams, type Graph, type GraphNode, PARAMS_NODE } from './types.ts'
import { type JsonMap, mapOf, textOf } from './values.ts'

export interface GraphOptions {
  readonly children?: ChildParams
}

/** From here on lines from the parameters to everything hide the rest: inputs say in words what they read. */
const MAX_STEPS_WITH_PARAM_LINES = 60

const NO_CHILDREN: ChildParams = new Map()

/** Made from any value, also one that is half typed: what cannot be understood is left out. */
export function graphOf(definition: Json | undefined, options: GraphOptions = {}): Graph {
  const root = mapOf(definition)
  const steps = Object.entries(mapOf(root['steps']))
  const params = mapOf(root['params'])
  const hasParamLines = steps.length <= MAX_STEPS_WITH_PARAM_LINES
  const nodes = steps.map(([name, step]) => nodeOf(name, mapOf(step), options.children ?? NO_CHILDREN, hasParamLines))
  const outputs = new Map(nodes.map((node) => [node.id, new Set(node.outputs.map((port) => port.name))]))
  const names = Object.keys(params)
  if (names.length > 0) {
    outputs.set(PARAMS_NODE, new Set(names))
    nodes.unshift(paramsNode(params))
  }
  const edges = steps.flatMap(([name, step]) => edgesOf(name, mapOf(step), outputs, hasParamLines))
  return { nodes, edges }
}

function nodeOf(id: string, step: JsonMap, children: ChildParams, hasParamLines: boolean): GraphNode {
  const kind = kindOf(step)
  const image = kind === 'run' ? textOf(step['image']) : null
  return {
    id,
    name: id,
    kind,
    image,
    summary: summaryOf(step, kind),
    forEach: forEachOf(step),
    badges: badgesOf(step),
    inputs: inputsOf(step, children, hasParamLines),
    outputs: outputsOf(step, kind),
  }
}

const paramsNode = (params: JsonMap): GraphNode => ({
  id: PARAMS_NODE,
  name: 'Parameters',
  kind: 'params',
  image: null,
  summary: 'What is set when a run starts',
  forEach: null,
  badges: [],
  inputs: [],
  outputs: paramsOf(params),
})
