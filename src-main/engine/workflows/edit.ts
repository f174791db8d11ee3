import { type Document, isCollection, isMap, isScalar, parseDocument, type Scalar, stringify } from 'yaml'
import { type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from './canonical.ts'
import { placeOf } from './locate.ts'
import { type Path, parseYaml } from './yaml-source.ts'

/** One change: the value at a path; undefined takes it away. Lists grow by one at the index of their length. */
export interface Edit {
  readonly path: Path
  readonly value: Json | undefined
}

/**
 * Changes values in a YAML text and leaves everything else as it was typed: comments, order, quotes, blank lines.
 *
 * Each change is first tried as a replacement of characters at the place itself. When the result would not mean exactly
 * what was asked for (flow collections over several lines, unusual indentation), the text is written anew from its
 * nodes, which keeps comments, order and quotes but may change spaces.
 * @throws ProblemError workflow_invalid when the text cannot be read, bad_request when a path leads through a plain value
 */
export function editDefinition(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, edit) => editOne(text, edit), source)
}

function editOne(text: string, edit: Edit): string {
  const document = read(text)
  const target = read(text)
  change(target, edit)
  const wanted = valueText(target)
  if (wanted === valueText(document)) return text
  const spliced = splice(text, document, edit)
  if (spliced !== null && reads(spliced, wanted)) return spliced
  return target.toString({ lineWidth: 0, flowCollectionPadding: false })
}

const OPTIONS = { uniqueKeys: false, prettyErrors: false, merge: false, keepSourceTokens: true } as const

function read(text: string): Document.Parsed {
  const yaml = parseYaml(text)
  const fault = yaml.faults.find((one) => one.severity === 'error')
  if (!fault) return parseDocument(text, OPTIONS)
  const place = placeOf(yaml, fault.offset)
  throw new ProblemError(
    'workflow_invalid',
    `The definition cannot be changed, because it cannot be read: ${fault.message}.`,
    { fix: fault.fix, ...place },
  )
}

const valueText = (document: Document.Parsed): string => canonicalJson((document.toJS() ?? null) as Json)

function reads(text: string, wanted: string): boolean {
  const document = parseDocument(text, OPTIONS)
  return document.errors.length === 0 && valueText(document) === wanted
}

function change(document: Document.Parsed, { path, value }: Edit): void {
  const parents = path.slice(0, -1)
  for (let i = 0; i < path.length; i++) {
    const at = path.slice(0, i)
    const node: unknown = i === 0 ? document.contents : document.getIn(at, true)
    if (node === undefined || node === null || isCollection(node) || (isScalar(node) && node.value === null)) continue
    throw new ProblemError('bad_request', `\`${at.join('.')}\` is a plain value, so nothing can be set inside it.`, {
      field: 'edits',
      fix: 'Set the value itself.',
    })
  }
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path)
    return
  }
  // An empty field (`env:`) is a null scalar: the library cannot set anything inside it.
  for (let i = 1; i <= parents.length; i++) {
    const node: unknown = document.getIn(path.slice(0, i), true)
    if (isScalar(node) && node.value === null)
      document.setIn(path.slice(0, i), document.createNode(typeof path[i] === 'number' ? [] : {}))
  }
  if (document.contents === null) document.contents = document.createNode({}) as unknown as Document.Parsed['contents']
  document.setIn(path, document.createNode(value))
}

/** The text with the change made at its place; null when the place is not one that can be spliced. */
function splice(text: string, document: Document.Parsed, { path, value }: Edit): string | null {
  const last = path.at(-1)
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent) || parent.flow || typeof last !== 'string') return null
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last)
  const first = parent.items[0]
  if (!isScalar(first?.key) || !first.key.range) return null
  const indent = columnOf(text, first.key.range[0])
  if (value === undefined) return pair && parent.items.length > 1 ? removePair(text, pair, parent.items) : null
  if (!pair) return addPair(text, parent, indent, last, value)
  return replaceValue(text, pair, indent, value)
}

type Pair = { key: unknown; value: unknown }
interface Ranged {
  range?: [number, number, number] | null
}

const rangeOf = (node: unknown): [number, number, number] | null => (node as Ranged | null)?.range ?? null

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** Replaces a scalar by a scalar on the same line; anything else is for the slower way. */
function replaceValue(text: string, pair: Pair, indent: number, value: Json): string | null {
  const range = rangeOf(pair.value)
  const key = rangeOf(pair.key)
  if (!range || !key) return null
  const simple = value === null || typeof value !== 'object'
  if (isScalar(pair.value) && simple && !text.slice(range[0], range[1]).includes('\n')) {
    const written = scalarText(value, pair.value.type)
    if (written.includes('\n')) return null
    const space = text[range[0] - 1] === ':' ? ' ' : ''
    return text.slice(0, range[0]) + space + written + text.slice(range[1])
  }
  // A block takes everything behind the colon, up to the end of its last line; comments inside it go with it.
  const colon = text.indexOf(':', key[1])
  const end = Math.max(range[1], lineEnd(text, range[0] === range[1] ? colon : range[1]))
  return text.slice(0, colon + 1) + blockText(value, indent) + text.slice(trimEnd(text, colon + 1, end))
}

/** Where what follows begins: the line break after the last character of the value. */
function trimEnd(text: string, from: number, end: number): number {
  let at = end
  while (at > from && /\s/.test(text[at - 1] ?? '')) at--
  return at
}

function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset - 1
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end
}

function scalarText(value: Json, type: Scalar.Type | null | undefined): string {
  const quotes = typeof value === 'string' && (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE')
  return stringify(value, { lineWidth: 0, ...(quotes ? { defaultStringType: type } : {}) }).trimEnd()
}

/** ` value` for one line, or the lines of a block below its key. */
function blockText(value: Json, indent: number): string {
  const text = stringify({ k: value }, { lineWidth: 0 }).slice('k:'.length).trimEnd()
  return text.replaceAll('\n', `\n${' '.repeat(indent)}`).replaceAll(/\n +(?=\n|$)/g, '\n')
}

function addPair(
  text: string,
  parent: { items: unknown[] } & Ranged,
  indent: number,
  key: string,
  value: Json,
): string | null {
  const last = parent.items.at(-1) as Pair | undefined
  const end = rangeOf(last?.value)?.[1] ?? rangeOf(last?.key)?.[1]
  if (end === undefined) return null
  const at = lineEnd(text, trimEnd(text, 0, end))
  const line = `${' '.repeat(indent)}${stringify(key, { lineWidth: 0 }).trimEnd()}:${blockText(value, indent)}`
  return `${text.slice(0, at)}\n${line}${at >= text.length ? '\n' : ''}${text.slice(at)}`
}

/** Removes the lines of a pair; comments above it stay, because they may speak of more than one field. */
function removePair(text: string, pair: Pair, all: readonly unknown[]): string | null {
  const key = rangeOf(pair.key)
  if (!key) return null
  const start = key[0] - columnOf(text, key[0])
  // The first key of a list's item shares its line with the dash.
  if (text.slice(start, key[0]).trim() !== '') return null
  const valueEnd = rangeOf(pair.value)?.[1] ?? key[1]
  const end = lineEnd(text, Math.max(trimEnd(text, 0, valueEnd), key[1]))
  if (all.length === 0) return null
  return text.slice(0, start) + text.slice(Math.min(end + 1, text.length))
}
