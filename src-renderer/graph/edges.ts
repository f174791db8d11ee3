import type { Json } from '../../src-shared/contract/index.ts'
import { readsOf } from './expressions.ts'
import { type EdgeKind, type GraphEdge, PARAMS_NODE } from './types.ts'
import { type JsonMap, mapOf, textsIn } from './values.ts'

/** Fields that are no place for expressions, or have a meaning of their own. */
const APART = new Set(['needs', 'when', 'inputs', 'description', 'outputs'])

/** Names of the outputs of each node that is there. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>

/** What leads into a step: from what its expressions read, from `needs`, from `when`. Unknown steps lead nowhere. */
export function edgesOf(target: string, step: JsonMap, known: Known, hasParamLines: boolean): GraphEdge[] {
  const edges = new Map<string, GraphEdge>()
  const add = (kind: EdgeKind, source: string, sourcePort: string | null, targetPort: string | null): void => {
    if (source === target || !known.has(source)) return
    const port = sourcePort !== null && known.get(source)?.has(sourcePort) === true ? sourcePort : null
    const id = `${kind}:${source}.${port ?? ''}>${target}.${targetPort ?? ''}`
    edges.set(id, { id, kind, source, sourcePort: port, target, targetPort })
  }
  const read = (value: Json | undefined, kind: EdgeKind, targetPort: string | null, isBare = false): void => {
    for (const text of textsIn(value)) {
      for (const { root, path } of readsOf(text, isBare)) {
        const [name, field, output] = path
        if (name === undefined) continue
        if (root === 'params') {
          if (hasParamLines) add(kind, PARAMS_NODE, name, targetPort)
        } else add(kind, name, field === 'outputs' ? (output ?? null) : null, targetPort)
      }
    }
  }
  for (const [name, value] of Object.entries(mapOf(step['inputs']))) read(value, 'data', name)
  for (const [field, value] of Object.entries(step)) if (!APART.has(field)) read(value, 'data', null)
  read(step['when'], 'condition', null, true)
  const needs = step['needs']
  for (const name of Array.isArray(needs) ? needs : [needs]) {
    // A line that says the same twice only adds ink.
    const isThere = [...edges.values()].some((edge) => edge.source === name)
    if (typeof name === 'string' && !isThere) add('order', name, null, null)
  }
  return [...edges.values()]
}
