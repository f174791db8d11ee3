import { isScalar, parseDocument, visit } from 'yaml'
import type { Json } from '../../src-shared/contract/index.ts'
import { canonicalJson } from '../../src-shared/definition/index.ts'
import { readsOf } from '../graph/expressions.ts'
import { readDefinition } from './reading.ts'

/** What is renamed: a step, a parameter, or an output or input of a step. */
export interface Rename {
  readonly what: 'step' | 'param'
  readonly from: string
  readonly to: string
}

/**
 * The text with a step or parameter under another name: its key, and each place that reads it. Comments, order and
 * quotes stay. The text itself is changed where a name stands, so that nothing else can.
 * @throws Error when the text cannot be read, or the name is taken
 */
export function renamed(source: string, rename: Rename): string {
  const reading = readDefinition(source)
  const before = reading.value
  if (before === undefined) throw new Error('The definition cannot be read, so nothing can be renamed in it.')
  const table = rename.what === 'step' ? 'steps' : 'params'
  const names = Object.keys(mapOf(mapOf(before)[table]))
  if (!names.includes(rename.from)) throw new Error(`There is no ${rename.what} with the name ${rename.from}.`)
  if (names.includes(rename.to)) throw new Error(`There is a ${rename.what} with the name ${rename.to} already.`)
  const places = placesOf(source, rename)
  let text = source
  for (const { start, end } of places.toSorted((a, b) => b.start - a.start))
    text = text.slice(0, start) + rename.to + text.slice(end)
  const after = readDefinition(text).value
  const isRight = after !== undefined && canonicalJson(after) === canonicalJson(renamedValue(before, rename))
  if (!isRight)
    throw new Error(`${rename.from} is written in a way that cannot be renamed here. Rename it in the YAML.`)
  return text
}

interface Span {
  readonly start: number
  readonly end: number
}

const mapOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

function placesOf(source: string, rename: Rename): Span[] {
  const document = parseDocument(source, { uniqueKeys: false, prettyErrors: false, merge: false })
  const table = rename.what === 'step' ? 'steps' : 'params'
  const places: Span[] = []
  visit(document, {
    Pair(_, pair, ancestors) {
      // The document, its map, the pair of the table, the table: four above a step's key.
      const owner = ancestors[2]
      const isKey = ancestors.length === 4 && isPairOf(owner, table) && isScalar(pair.key)
      if (isKey && isScalar(pair.key) && pair.key.value === rename.from && pair.key.range)
        places.push(spanOfName(source, pair.key.range, rename.from))
    },
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.range) return
      const fields = fieldsOf(ancestors)
      const [top, , field] = fields
      if (top === 'steps' && field === 'needs' && fields.length === 3) {
        if (rename.what === 'step' && node.value === rename.from)
          places.push(spanOfName(source, node.range, rename.from))
        return
      }
      if (field === 'description' && fields.length === 3) return
      places.push(...readsIn(source, node.range, rename, top === 'steps' && field === 'when' && fields.length === 3))
    },
  })
  return places
}

const isPairOf = (node: unknown, key: string): boolean => {
  const pair = node as { key?: unknown } | undefined
  return isScalar(pair?.key) && pair.key.value === key
}

/** Keys above a value, from the top. */
const fieldsOf = (ancestors: readonly unknown[]): string[] =>
  ancestors.flatMap((one) => {
    const key = (one as { key?: unknown }).key
    return isScalar(key) ? [String(key.value)] : []
  })

/** The name inside its quotes, if it has any. */
function spanOfName(source: string, range: readonly number[], name: string): Span {
  const start = source.indexOf(name, range[0])
  return { start, end: start + name.length }
}

function readsIn(source: string, range: readonly number[], { what, from }: Rename, isBare: boolean): Span[] {
  const [start = 0, end = start] = range
  const raw = source.slice(start, end)
  const root = what === 'step' ? 'steps' : 'params'
  return readsOf(isBare ? unquoted(raw) : raw, isBare)
    .filter((read) => read.root === root && read.path[0] === from)
    .map((read) => ({ start: start + read.start, end: start + read.end }))
}

/** Quotes of YAML around a condition are no quotes of the expression: blanks keep every place where it is. */
const unquoted = (raw: string): string => raw.replace(/^(["'])([\s\S]*)\1$/, (_, __, inner: string) => ` ${inner} `)

/** The value that the renamed text must have. */
function renamedValue(value: Json, rename: Rename): Json {
  const root = mapOf(value)
  const table = rename.what === 'step' ? 'steps' : 'params'
  return Object.fromEntries(
    Object.entries(root).map(([key, part]) => {
      const named =
        key === table
          ? Object.fromEntries(
              Object.entries(mapOf(part)).map(([name, one]) => [name === rename.from ? rename.to : name, one]),
            )
          : part
      return [key, reworded(named, rename, [key])]
    }),
  )
}

function reworded(value: Json, rename: Rename, path: readonly string[]): Json {
  const isStepField = path[0] === 'steps' && path.length >= 3
  const field = isStepField ? path[2] : undefined
  if (typeof value === 'string') {
    if (field === 'needs') return rename.what === 'step' && value === rename.from ? rename.to : value
    if (field === 'description' && path.length === 3) return value
    return rewordedText(value, rename, field === 'when' && path.length === 3)
  }
  if (Array.isArray(value)) return value.map((item) => reworded(item, rename, path))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reworded(item, rename, [...path, key])]))
}

function rewordedText(text: string, { what, from, to }: Rename, isBare: boolean): string {
  const root = what === 'step' ? 'steps' : 'params'
  let result = text
  for (const read of readsOf(text, isBare).toReversed())
    if (read.root === root && read.path[0] === from) result = result.slice(0, read.start) + to + result.slice(read.end)
  return result
}

/** A step that reads another step under its new name. */
export const rewordedStep = (step: Json, from: string, to: string): Json =>
  mapOfSteps(reworded({ step }, { what: 'step', from, to }, ['steps']))

const mapOfSteps = (steps: Json): Json => mapOf(steps)['step'] ?? null
