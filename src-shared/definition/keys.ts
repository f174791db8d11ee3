import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, stringify } from 'yaml'
import { ProblemError } from '../contract/index.ts'
import type { Path } from './yaml-source.ts'

/*
 * Keys of a map in a YAML text: called otherwise, or put elsewhere among their neighbours. `editDefinition` cannot do
 * either, because the values stay what they are. Comments go with the key that they stand above.
 */

const OPTIONS = { uniqueKeys: false, prettyErrors: false, merge: false } as const

/**
 * The text with another name for the key at a path; only the name itself changes.
 * @throws ProblemError bad_request when there is no such key, or the name is taken
 */
export function renameKey(source: string, path: Path, name: string): string {
  const { items, index } = pairAt(parseDocument(source, OPTIONS), path)
  if (items.some((pair, i) => i !== index && keyOf(pair) === name)) {
    throw new ProblemError('bad_request', `\`${name}\` is there already.`, {
      field: 'name',
      fix: 'Choose another name.',
    })
  }
  const range = rangeOf(items[index]?.key)
  if (range === null) throw missing(path)
  return source.slice(0, range[0]) + stringify(name, { lineWidth: 0 }).trimEnd() + source.slice(range[1])
}

/**
 * The text with the key at a path put to another place among its neighbours, counted from 0.
 * @throws ProblemError bad_request when there is no such key
 */
export function moveKey(source: string, path: Path, to: number): string {
  const document = parseDocument(source, OPTIONS)
  const { items, index } = pairAt(document, path)
  const target = Math.max(0, Math.min(items.length - 1, to))
  if (target === index) return source
  const chunks = chunksOf(source, items)
  moved(items, index, target)
  const wanted = JSON.stringify(document.toJS())
  if (chunks !== null) {
    const { head, parts, tail } = chunks
    moved(parts, index, target)
    const spliced = head + parts.map((part) => (part.endsWith('\n') ? part : `${part}\n`)).join('') + tail
    if (JSON.stringify(parseDocument(spliced, OPTIONS).toJS()) === wanted) return spliced
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function moved<T>(list: T[], from: number, to: number): void {
  list.splice(to, 0, ...list.splice(from, 1))
}

type AnyPair = Pair<unknown, unknown>

function pairAt(document: Document.Parsed, path: Path): { items: AnyPair[]; index: number } {
  const parent: unknown = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const name = path.at(-1)
  if (!isMap(parent) || name === undefined) throw missing(path)
  const items: AnyPair[] = parent.items
  const index = items.findIndex((pair) => keyOf(pair) === String(name))
  if (index < 0) throw missing(path)
  return { items, index }
}

const missing = (path: Path): ProblemError =>
  new ProblemError('bad_request', `The definition has no \`${path.join('.')}\` of its own.`, {
    field: 'path',
    fix: 'Change it in the YAML.',
  })

const keyOf = (pair: AnyPair): string | null => (isScalar(pair.key) ? String(pair.key.value) : null)

const rangeOf = (node: unknown): readonly number[] | null =>
  (node as { range?: readonly number[] | null } | null | undefined)?.range ?? null

/** The lines of each pair of a block map, with the comments above it; null when the pairs do not have lines of their own. */
function chunksOf(source: string, items: readonly AnyPair[]): { head: string; parts: string[]; tail: string } | null {
  const starts: number[] = []
  for (const pair of items) {
    const key = rangeOf(pair.key)?.[0]
    if (key === undefined) return null
    const line = source.lastIndexOf('\n', key - 1) + 1
    if (source.slice(line, key).trim() !== '') return null
    starts.push(withComments(source, line))
  }
  const lastEnd = contentEnd(items.at(-1))
  const first = starts[0]
  if (lastEnd === null || first === undefined) return null
  // A block of text ends behind its line break.
  const content = source.slice(0, lastEnd).trimEnd().length
  const newline = source.indexOf('\n', content)
  const end = newline < 0 ? source.length : newline + 1
  if (starts.some((start, i) => i > 0 && start <= (starts[i - 1] ?? 0))) return null
  const parts = starts.map((start, i) => source.slice(start, starts[i + 1] ?? end))
  return { head: source.slice(0, first), parts, tail: source.slice(end) }
}

/** The start of the comment lines that stand directly above a line. */
function withComments(source: string, line: number): number {
  let at = line
  while (at > 0) {
    const above = source.lastIndexOf('\n', at - 2) + 1
    if (!source.slice(above, at).trimStart().startsWith('#')) return at
    at = above
  }
  return at
}

/** Where the last scalar below a node ends, before line breaks: its range may go on over what follows. */
function contentEnd(node: unknown): number | null {
  if (isPair(node)) return contentEnd(node.value) ?? contentEnd(node.key)
  if (isCollection(node) && (isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
    return contentEnd(node.items.at(-1))
  }
  const end = rangeOf(node)?.[1]
  return end === undefined ? null : end
}
