import type { Json } from '../../src-shared/contract/index.ts'
import { canonicalJson, type Edit, editDefinition } from '../../src-shared/definition/index.ts'
import { type Reading, readDefinition, type StepPlace } from './reading.ts'

/*
 * Edits of one step in a large text: only the lines of that step are read and written, so that a change costs the same in
 * a workflow of 5,000 steps as in one of five.
 */

const HEAD = 'steps:\n'
/** Anchors, aliases and merges tie parts of a text together. */
const TIES = /(^|[\s[{,])[&*][A-Za-z0-9_]|<<\s*:/m

type JsonMap = { [key: string]: Json }
const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The reading after the edit; null when it concerns more than one step, or cannot be done in this way. */
export function quickEdit(before: Reading, edit: Edit): Reading | null {
  const [table, name] = edit.path
  const { source, value: root } = before
  if (table !== 'steps' || typeof name !== 'string' || !isMap(root) || !isMap(root['steps'])) return null
  if (edit.path.length === 1 || (edit.path.length === 2 && edit.value === undefined)) return null
  const place = before.steps.find((step) => step.name === name) ?? before.steps.at(-1)
  if (place === undefined || TIES.test(source)) return null
  const from = source.lastIndexOf('\n', place.from - 1) + 1
  if (source.slice(from, place.from).trim() !== '') return null
  const part = readDefinition(HEAD + source.slice(from, place.to))
  const known = isMap(part.value) ? part.value['steps'] : undefined
  const expected = { [place.name]: root['steps'][place.name] ?? null }
  if (known === undefined || canonicalJson(known) !== canonicalJson(expected)) return null
  return spliced(before, place, from, editDefinition(HEAD + source.slice(from, place.to), [edit]))
}

function spliced(before: Reading, place: StepPlace, from: number, written: string): Reading | null {
  const part = readDefinition(written)
  const steps = isMap(part.value) ? part.value['steps'] : undefined
  if (!written.startsWith(HEAD) || !isMap(steps) || !isMap(before.value)) return null
  const text = written.slice(HEAD.length).trimEnd()
  const source = before.source.slice(0, from) + text + before.source.slice(place.to)
  const grown = text.length - (place.to - from)
  const lines = text.split('\n').length - before.source.slice(from, place.to).split('\n').length
  const index = before.steps.indexOf(place)
  const moved = part.steps.map((step) => ({
    ...step,
    from: step.from - HEAD.length + from,
    to: step.to - HEAD.length + from,
    line: step.line - 2 + place.line,
  }))
  const behind = before.steps.slice(index + 1).map((step) => ({
    ...step,
    from: step.from + grown,
    to: step.to + grown,
    line: step.line + lines,
  }))
  const old = isMap(before.value['steps']) ? before.value['steps'] : {}
  return {
    source,
    value: { ...before.value, steps: { ...old, ...steps } },
    faults: before.faults,
    steps: [...before.steps.slice(0, index), ...moved, ...behind],
  }
}
