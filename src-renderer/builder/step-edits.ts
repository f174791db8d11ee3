import { parse, stringify } from 'yaml'
import type { Json } from '../../src-shared/contract/index.ts'
import type { Edit } from '../../src-shared/definition/index.ts'
import type { Graph } from '../graph/index.ts'
import { disconnection, needsOf, needsValue } from './connect.ts'
import type { Reading } from './reading.ts'
import { rewordedStep } from './rename.ts'
import { freeName, mapOf, stepsOf } from './step-names.ts'

/** Edits of whole steps, as the canvas makes them. */

/** Takes steps away, with the lines that lead from them. What reads them in the middle of a text is left to the person. */
export function deletion(graph: Graph, definition: Json | undefined, names: readonly string[]): Edit[] {
  const gone = new Set(names)
  const steps = stepsOf(definition)
  const left = Object.keys(steps).filter((name) => !gone.has(name))
  if (left.length === 0) return [{ path: ['steps'], value: null }]
  let rest: Json = { ...mapOf(definition) }
  const edits: Edit[] = []
  const make = (edit: Edit): void => {
    edits.push(edit)
    rest = withEdit(rest, edit)
  }
  for (const edge of graph.edges) {
    if (!gone.has(edge.source) || gone.has(edge.target) || edge.kind === 'order') continue
    const verdict = disconnection(rest, edge)
    if (verdict.ok) verdict.edits.forEach(make)
  }
  // From the definition itself: a wait beside a line of data is not drawn.
  for (const name of left) {
    const before = needsOf(steps[name])
    const needs = before.filter((other) => !gone.has(other))
    if (needs.length < before.length) make({ path: ['steps', name, 'needs'], value: needsValue(needs) })
  }
  return [
    ...edits,
    ...names.filter((name) => name in steps).map((name) => ({ path: ['steps', name], value: undefined })),
  ]
}

/** The value after an edit of a map's field. */
function withEdit(value: Json, { path, value: next }: Edit): Json {
  const [key, ...rest] = path
  if (key === undefined) return next ?? null
  const { [key]: old, ...others } = mapOf(value)
  if (rest.length === 0) return next === undefined ? others : { ...mapOf(value), [key]: next }
  return { ...mapOf(value), [key]: withEdit(old ?? {}, { path: rest, value: next }) }
}

export interface Added {
  readonly edits: readonly Edit[]
  /** Names of the new steps, in the order of the old ones */
  readonly names: readonly string[]
  /** Old name → new name */
  readonly renames: ReadonlyMap<string, string>
}

/** Adds steps under free names; what they read of each other is read of the new ones. */
export function addition(definition: Json | undefined, steps: { readonly [name: string]: Json }): Added {
  const taken = new Set(Object.keys(stepsOf(definition)))
  const renames = new Map<string, string>()
  for (const name of Object.keys(steps)) {
    const free = freeName(name, taken)
    taken.add(free)
    renames.set(name, free)
  }
  const added = Object.entries(steps).map(([name, step]) => ({
    path: ['steps', renames.get(name) ?? name],
    value: rewordedAll(step, renames),
  }))
  // In `steps: {}` all that is added would stand on one line.
  const isEmpty = Object.keys(stepsOf(definition)).length === 0
  const edits = isEmpty ? [{ path: ['steps'], value: null }, ...added] : added
  return { edits, names: [...renames.values()], renames }
}

/** All renames at once: by way of names that nothing has, or a→b, b→c would make c of a. */
function rewordedAll(step: Json, renames: ReadonlyMap<string, string>): Json {
  const changed = [...renames].filter(([from, to]) => from !== to)
  let result = step
  for (const [i, [from]] of changed.entries()) result = rewordedStep(result, from, `weir_between_${i}`)
  for (const [i, [, to]] of changed.entries()) result = rewordedStep(result, `weir_between_${i}`, to)
  return result
}

export function duplication(definition: Json | undefined, names: readonly string[]): Added {
  const steps = stepsOf(definition)
  return addition(
    definition,
    Object.fromEntries(names.flatMap((name) => (name in steps ? [[name, steps[name] ?? null]] : []))),
  )
}

/** Steps as YAML for the clipboard: as they were typed where that can be cut out, comments and all. */
export function copiedYaml(reading: Reading, definition: Json | undefined, names: readonly string[]): string {
  const steps = stepsOf(definition)
  const chosen = Object.fromEntries(names.flatMap((name) => (name in steps ? [[name, steps[name] ?? null]] : [])))
  const printed = stringify({ steps: chosen }, { lineWidth: 0 })
  const parts = names.map((name) => cut(reading, name))
  if (parts.includes(null)) return printed
  const typed = `steps:\n${parts.join('\n')}\n`
  return JSON.stringify(stepsFrom(typed)) === JSON.stringify(chosen) ? typed : printed
}

function cut({ source, steps }: Reading, name: string): string | null {
  const place = steps.find((step) => step.name === name)
  if (place === undefined) return null
  const from = source.lastIndexOf('\n', place.from - 1) + 1
  return source.slice(from, place.from).trim() === '' ? source.slice(from, place.to) : null
}

/** Longer texts on the clipboard are no steps. */
const MAX_PASTED = 1_000_000

/** Steps in a text from the clipboard: a definition, `steps:`, or a map of steps. Null when there are none. */
export function stepsFrom(text: string): { readonly [name: string]: Json } | null {
  if (text.length > MAX_PASTED) return null
  let value: Json
  try {
    value = parse(text) as Json
  } catch {
    return null // any text can be on the clipboard
  }
  const root = mapOf(value)
  const steps = mapOf('steps' in root ? root['steps'] : root)
  const entries = Object.entries(steps)
  const isSteps = entries.every(([name, step]) => /^[A-Za-z]\w*$/.test(name) && looksLikeStep(mapOf(step)))
  return entries.length > 0 && isSteps ? steps : null
}

const looksLikeStep = (step: { readonly [key: string]: Json }): boolean =>
  ['run', 'target', 'workflow', 'approval', 'sleep'].some((kind) => kind in step)
