import type { Json } from '../../src-shared/contract/index.ts'
import type { Edit } from '../../src-shared/definition/index.ts'
import { soleRead } from '../graph/expressions.ts'
import { type Graph, type GraphEdge, type GraphNode, PARAMS_NODE, type PortType } from '../graph/index.ts'
import { freeName, mapOf, stepsOf } from './step-names.ts'

/** One end of a connection: a port, or (null) the step as a whole. */
export interface End {
  readonly node: string
  readonly port: string | null
}

/** Whether a connection can be made: a sentence that is shown while it is dragged, and what it writes. */
export type Verdict =
  | { readonly ok: true; readonly sentence: string; readonly label: string; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly sentence: string }

const no = (sentence: string): Verdict => ({ ok: false, sentence })

/** What connecting two ends would do. */
export function connection(graph: Graph, definition: Json | undefined, source: End, target: End): Verdict {
  const from = graph.nodes.find((node) => node.id === source.node)
  const to = graph.nodes.find((node) => node.id === target.node)
  if (from === undefined || to === undefined) return no('There is no such step any more.')
  if (to.id === PARAMS_NODE) return no('Parameters are set when a run starts; nothing leads into them.')
  if (from.id === to.id) return no(`${from.name} cannot wait for itself.`)
  if (reaches(graph, to.id, from.id)) {
    return no(`${from.name} already waits for ${to.name}, so ${to.name} cannot wait for ${from.name}.`)
  }
  return source.port === null
    ? order(graph, definition, from, to)
    : data(definition, from, source.port, to, target.port)
}

/** Whether a way leads from one step to another. */
export function reaches(graph: Graph, from: string, to: string): boolean {
  const next = new Map<string, string[]>()
  for (const edge of graph.edges) next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target])
  const seen = new Set([from])
  const waiting = [from]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true
    for (const other of next.get(id) ?? []) {
      if (seen.has(other)) continue
      seen.add(other)
      waiting.push(other)
    }
  }
  return false
}

function order(graph: Graph, definition: Json | undefined, from: GraphNode, to: GraphNode): Verdict {
  if (from.id === PARAMS_NODE) return no('Draw the line from one of the parameters.')
  if (graph.edges.some((edge) => edge.source === from.id && edge.target === to.id)) {
    return no(`${to.name} waits for ${from.name} already.`)
  }
  const before = needsOf(stepsOf(definition)[to.id])
  const needs = [...before, from.id]
  return {
    ok: true,
    sentence: `${to.name} waits for ${from.name}`,
    label: `Let ${to.name} wait for ${from.name}`,
    edits: [{ path: ['steps', to.id, 'needs'], value: needsValue(needs) }],
  }
}

/** As it is written: one name without brackets, none at all. */
export const needsValue = (needs: readonly string[]): Json | undefined => (needs.length > 1 ? [...needs] : needs[0])

export function needsOf(step: Json | undefined): string[] {
  const needs = mapOf(step)['needs']
  return (Array.isArray(needs) ? needs : [needs]).filter((name) => typeof name === 'string')
}

function data(
  definition: Json | undefined,
  from: GraphNode,
  output: string,
  to: GraphNode,
  input: string | null,
): Verdict {
  const type = from.outputs.find((port) => port.name === output)?.type ?? 'any'
  const given = from.forEach === null ? type : 'array'
  if (type === 'secret') {
    return no(`${output} is secret: only a command and its environment can read it, as \${{ params.${output} }}.`)
  }
  const port = to.inputs.find((one) => one.name === input)
  if (port !== undefined && !fits(given, port.type)) {
    return no(
      `${wordOf(given, from.forEach !== null)} from ${from.name} does not fit ${port.name}, ${needed(port.type)}.`,
    )
  }
  const inputs = mapOf(mapOf(stepsOf(definition)[to.id])['inputs'])
  const name = input ?? freeName(output, new Set(Object.keys(inputs)))
  const read = from.id === PARAMS_NODE ? `params.${output}` : `steps.${from.id}.outputs.${output}`
  if (isRead(inputs[name], from.id, output)) return no(`${name} of ${to.name} is set to ${read} already.`)
  const said = input === null ? `Adds the input ${name} to ${to.name}` : `Sets ${name} of ${to.name} to ${read}`
  return {
    ok: true,
    sentence: said,
    label: `Connect ${output} to ${to.name}`,
    edits: [{ path: ['steps', to.id, 'inputs', name], value: `\${{ ${read} }}` }],
  }
}

function isRead(value: Json | undefined, node: string, output: string): boolean {
  const read = typeof value === 'string' ? soleRead(value) : null
  if (read === null) return false
  if (node === PARAMS_NODE) return read.root === 'params' && read.path[0] === output
  return read.root === 'steps' && read.path[0] === node && read.path[2] === output
}

/** Types whose values can never be of another one. What is not known fits. */
const ACCEPTS: Partial<Record<PortType, readonly PortType[]>> = {
  string: ['string', 'text', 'json', 'any'],
  integer: ['integer', 'number', 'json', 'any'],
  number: ['integer', 'number', 'json', 'any'],
  boolean: ['boolean', 'json', 'any'],
  array: ['array', 'json', 'any'],
  object: ['object', 'json', 'any', 'files', 'file', 'directory'],
  file: ['files', 'file', 'json', 'any'],
  directory: ['files', 'directory', 'json', 'any'],
  secret: [],
}

export const fits = (given: PortType, wanted: PortType): boolean => ACCEPTS[wanted]?.includes(given) ?? true

const WORDS: Record<PortType, string> = {
  any: 'a value',
  json: 'a JSON value',
  text: 'a text',
  files: 'files',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a map',
  file: 'a file',
  directory: 'a folder',
  secret: 'a secret',
}

function wordOf(type: PortType, isFanOut: boolean): string {
  const word = isFanOut ? 'the list of all results' : WORDS[type]
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const needed = (type: PortType): string => (type === 'secret' ? 'which is secret' : `which is ${WORDS[type]}`)

/** What taking a line away would do. Lines that come from the middle of a text are changed there. */
export function disconnection(definition: Json | undefined, edge: GraphEdge): Verdict {
  const step = mapOf(stepsOf(definition)[edge.target])
  const label = `Disconnect ${edge.target}`
  if (edge.kind === 'order') {
    const needs = needsOf(step).filter((name) => name !== edge.source)
    const value = needsValue(needs)
    const sentence = `${edge.target} does not wait for ${edge.source} any more`
    return { ok: true, sentence, label, edits: [{ path: ['steps', edge.target, 'needs'], value }] }
  }
  const inputs = mapOf(step['inputs'])
  const port = edge.targetPort
  const value = port === null ? undefined : inputs[port]
  if (port === null || typeof value !== 'string' || soleRead(value) === null) {
    const place = edge.kind === 'condition' ? 'the condition' : port === null ? 'a field' : `the input ${port}`
    return no(`This line comes from ${place} of ${edge.target}. Change it there.`)
  }
  const isLast = Object.keys(inputs).length === 1
  const path = isLast ? ['steps', edge.target, 'inputs'] : ['steps', edge.target, 'inputs', port]
  return { ok: true, sentence: `Takes the input ${port} away`, label, edits: [{ path, value: undefined }] }
}
