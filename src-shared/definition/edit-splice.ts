import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Scalar, stringify } from 'yaml'
import type { Json } from '../contract/index.ts'
import type { Path } from './yaml-source.ts'

/*
 * Edits of YAML as replacements of characters. Nothing here must be right in every case: the caller reads the result
 * again and throws it away when it does not mean what was asked for.
 */

type Range = readonly [start: number, valueEnd: number, nodeEnd: number]

/** Spaces of one level when a text has none yet. */
const DEFAULT_INDENT = 2

/** The text with the change made at its place; null when the place is not one that can be spliced. */
export function splice(text: string, document: Document.Parsed, path: Path, value: Json | undefined): string | null {
  const last = path.at(-1)
  if (last === undefined) return null
  const step = indentOf(text, document, path)
  const node: unknown = document.getIn(path, true)
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const flow = isFlow(document, path.slice(0, -1))
  if (value !== undefined && isScalar(node)) {
    const replaced = replaceScalar(text, node, value, flow)
    if (replaced !== null) return replaced
  }
  if (flow) return null
  if (isSeq(parent)) return value === undefined ? null : addItem(text, parent.items, last, value, step)
  if (!isMap(parent)) return null
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last)
  const first = parent.items[0]?.key
  const start = rangeOf(first)?.[0]
  if (start === undefined) return null
  const indent = columnOf(text, start)
  if (value === undefined) return pair && parent.items.length > 1 ? removePair(text, pair) : null
  return pair ? replacePair(text, pair, indent, value, step) : addPair(text, parent, indent, String(last), value, step)
}

/** Spaces of one level of indentation, as the text has it: along the path, otherwise in `steps`, otherwise anywhere. */
export function indentOf(text: string, document: Document.Parsed, path: Path = []): number {
  const ways: Path[] = [path, ['steps']]
  if (isMap(document.contents))
    for (const { key } of document.contents.items) if (isScalar(key)) ways.push([String(key.value)])
  for (const way of ways) {
    const step = indentAlong(text, document, way)
    if (step > 0) return step
  }
  return DEFAULT_INDENT
}

/** How much the keys of the deepest block map on a path are indented against the map around it; 0 when unknown. */
function indentAlong(text: string, document: Document.Parsed, path: Path): number {
  let step = 0
  let outer = 0
  for (let i = 1; i <= path.length; i++) {
    const node: unknown = document.getIn(path.slice(0, i), true)
    const start = isMap(node) && !node.flow ? rangeOf(node.items[0]?.key)?.[0] : undefined
    if (start === undefined) break
    step = columnOf(text, start) - outer
    outer += step
  }
  return step
}

const rangeOf = (node: unknown): Range | null => (node as { range?: Range | null } | null | undefined)?.range ?? null

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1)

function isFlow(document: Document.Parsed, path: Path): boolean {
  return path.some((_, i) => {
    const node: unknown = document.getIn(path.slice(0, i + 1), true)
    return isCollection(node) && node.flow === true
  })
}

const isSimple = (value: Json): boolean => value === null || typeof value !== 'object'

/** A scalar of one line by another one, wherever it stands. */
function replaceScalar(text: string, node: Scalar, value: Json, flow: boolean): string | null {
  const range = rangeOf(node)
  if (!range || !isSimple(value) || range[0] === range[1] || text.slice(range[0], range[1]).includes('\n')) return null
  const { type } = node
  // Quotes that the old value could do without were somebody's choice; those that it needed go with it.
  const needed = /^["']/.test(stringify(node.value, { lineWidth: 0 }))
  const quoted = typeof value === 'string' && !needed && (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE')
  const style = { lineWidth: 0, flowCollectionPadding: false, ...(quoted ? { defaultStringType: type } : {}) } as const
  const written = flow
    ? stringify([value], { ...style, collectionStyle: 'flow' })
        .trim()
        .slice(1, -1)
    : stringify(value, style).trimEnd()
  return written.includes('\n') ? null : text.slice(0, range[0]) + written + text.slice(range[1])
}

/** The value of a pair, of any size, by another one; what follows on the key's line stays there. */
function replacePair(
  text: string,
  pair: { key: unknown; value: unknown },
  indent: number,
  value: Json,
  step: number,
): string | null {
  const key = rangeOf(pair.key)
  const range = rangeOf(pair.value)
  if (!key || !range) return null
  const colon = text.indexOf(':', key[1])
  const empty = range[0] === range[1]
  const old = text.slice(range[0], range[1])
  const end = empty ? colon + 1 : trimmedEnd(text, contentEnd(pair.value) ?? range[1])
  const flow = isFlowNode(pair.value) && (/^[{[] /.test(old) ? 'padded' : true)
  const [first = '', ...more] = valueLines(value, indent, step, flow)
  const tail = text.slice(end, lineEnd(text, end))
  const head = keptComment(text, colon, range[0], old, empty)
  return (
    text.slice(0, colon + 1) +
    first +
    (head ?? tail) +
    more.map((line) => `\n${line}`).join('') +
    (head === null ? '' : tail) +
    text.slice(lineEnd(text, end))
  )
}

const isFlowNode = (node: unknown): boolean => isCollection(node) && node.flow === true

/** A comment behind the key or the header of a block, when the value itself starts or goes on below; else null. */
function keptComment(text: string, colon: number, start: number, old: string, empty: boolean): string | null {
  if (empty) return null
  const firstLine = text.slice(colon + 1, lineEnd(text, colon + 1))
  if (start > colon + 1 + firstLine.length) return firstLine.trimEnd()
  if (!/^[|>]/.test(old)) return null
  return / #.*$/.exec(firstLine)?.[0] ?? ''
}

/** Where the last scalar below a node ends: its range may go on over comments that belong to what follows. */
function contentEnd(node: unknown): number | null {
  if (isPair(node)) return contentEnd(node.value) ?? contentEnd(node.key)
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return contentEnd(node.items.at(-1))
  return rangeOf(node)?.[1] ?? null
}

function trimmedEnd(text: string, end: number): number {
  let at = end
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at--
  return at
}

/** The end of the line that `offset` lies in, before its line break. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  if (end < 0) return text.length
  return text[end - 1] === '\r' ? Math.max(offset, end - 1) : end
}

/** ` value`, or ` |` or nothing and the lines below, indented for a key that stands at `indent`. */
function valueLines(value: Json, indent: number, step: number, flow: boolean | 'padded'): string[] {
  const style = flow === false ? {} : ({ collectionStyle: 'flow' } as const)
  const padding = flow === 'padded'
  const written = stringify(
    { k: value },
    { lineWidth: 0, indent: step, flowCollectionPadding: padding, ...style },
  ).trimEnd()
  const body =
    flow === false
      ? written.slice('k:'.length)
      : ` ${written.slice((padding ? '{ k: ' : '{k: ').length, padding ? -2 : -1)}`
  const [first = '', ...more] = body.split('\n')
  return [first, ...more.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))]
}

function addPair(text: string, parent: unknown, indent: number, key: string, value: Json, step: number): string | null {
  const end = contentEnd(parent)
  if (end === null) return null
  const at = lineEnd(text, trimmedEnd(text, end))
  const name = stringify(key, { lineWidth: 0 }).trimEnd()
  return insertLines(text, at, [`${' '.repeat(indent)}${name}:${valueLines(value, indent, step, false).join('\n')}`])
}

/** A further item at the end of a block list. */
function addItem(
  text: string,
  items: readonly unknown[],
  index: string | number,
  value: Json,
  step: number,
): string | null {
  const start = rangeOf(items[0])?.[0]
  const end = contentEnd(items.at(-1))
  if (index !== items.length || start === undefined || end === null) return null
  const dash = text.lastIndexOf('-', start - 1)
  const indent = columnOf(text, dash)
  if (dash < 0 || text.slice(dash - indent, dash).trim() !== '') return null
  const [first = '', ...more] = stringify([value], { lineWidth: 0, indent: step }).trimEnd().split('\n')
  const lines = [first, ...more].map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
  return insertLines(text, lineEnd(text, trimmedEnd(text, end)), lines)
}

function insertLines(text: string, at: number, lines: readonly string[]): string {
  return `${text.slice(0, at)}\n${lines.join('\n')}${at >= text.length ? '\n' : ''}${text.slice(at)}`
}

/** Takes away the lines of a pair; comments above it stay, because they may speak of more than one field. */
function removePair(text: string, pair: { key: unknown; value: unknown }): string | null {
  const key = rangeOf(pair.key)
  if (!key) return null
  const start = key[0] - columnOf(text, key[0])
  // The first key of a list's item shares its line with the dash.
  if (text.slice(start, key[0]).trim() !== '') return null
  const end = lineEnd(text, Math.max(trimmedEnd(text, contentEnd(pair) ?? key[1]), key[1]))
  const after = text.indexOf('\n', end)
  return text.slice(0, start) + (after < 0 ? '' : text.slice(after + 1))
}
