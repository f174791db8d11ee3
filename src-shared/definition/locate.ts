import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Path, YamlSource } from './yaml-source.ts'

/** A place inside the text of a scalar: which `${{` it belongs to (-1: none), and how far behind it. */
export interface Inside {
  readonly ordinal: number
  /** The expression's text and the offset in it */
  readonly text: string
  readonly offset: number
}

/** Line and column, both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export function placeOf(source: YamlSource, offset: number): Place {
  const { line, col } = source.lines.linePos(Math.min(offset, source.text.length))
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Where a value stands, or its key; when it is not in the text (a default, a missing field), what encloses it. */
export function locate(source: YamlSource, path: Path, on: 'key' | 'value' = 'value', inside?: Inside): Place {
  const { document } = source
  if (!document) return placeOf(source, 0)
  let offset = document.contents?.range?.[0] ?? 0
  let node: Node | null = document.contents
  for (const [i, part] of path.entries()) {
    const found = child(document, node, part)
    if (!found) return placeOf(source, offset)
    const last = i === path.length - 1
    const start = found.value?.range?.[0]
    const empty = isScalar(found.value) && found.value.source === ''
    offset = (last && on === 'key') || start === undefined || empty ? (found.key ?? start ?? offset) : start
    node = found.value
  }
  if (inside && isScalar(node) && node.range) return placeOf(source, offsetInside(source.text, node, inside))
  return placeOf(source, offset)
}

interface Child {
  readonly value: Node | null
  /** Offset of its key */
  readonly key: number | undefined
}

function child(document: Document, parent: Node | null, part: string | number): Child | null {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent
  if (isSeq<Node>(node)) {
    const value = node.items[Number(part)]
    return value ? { value, key: undefined } : null
  }
  if (!isMap<Node, Node>(node)) return null
  const name = String(part)
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === name) return { value, key: key.range?.[0] }
  }
  for (const { key, value } of node.items) {
    const merged = isScalar(key) && key.value === '<<' ? child(document, value, part) : null
    if (merged) return merged
  }
  return null
}

/**
 * The offset in the source of a place in a scalar's value. YAML may have folded lines and taken away indentation and
 * escapes between the two, but it never touches the characters `${{` nor the order of what is not white space: so the
 * place is found by counting those.
 */
function offsetInside(source: string, scalar: Scalar, inside: Inside): number {
  const [start, end] = scalar.range ?? [0, 0, 0]
  let at = start
  if (inside.ordinal >= 0) {
    for (let i = 0; i <= inside.ordinal; i++) {
      const open = source.indexOf('${{', at)
      if (open < 0 || open >= end) return start
      at = open + 3
    }
  } else at = contentStart(source, scalar, start)
  let left = inside.text.slice(0, inside.offset).replace(/\s/g, '').length
  while (at < end) {
    const width = escapeWidth(source, at, scalar.type)
    const blank = width === 1 && /\s/.test(source[at] ?? '')
    if (!blank && left === 0) return at
    if (!blank) left--
    at += width
  }
  return Math.max(start, end - 1)
}

function contentStart(source: string, scalar: Scalar, start: number): number {
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return start + 1
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED') return source.indexOf('\n', start) + 1
  return start
}

/** How many characters of the source stand for one of the value. */
function escapeWidth(source: string, at: number, type: Scalar.Type | undefined): number {
  if (type === 'QUOTE_DOUBLE' && source[at] === '\\') return 2
  return type === 'QUOTE_SINGLE' && source.startsWith("''", at) ? 2 : 1
}
