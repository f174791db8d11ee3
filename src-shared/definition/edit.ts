import { type Document, isCollection, isNode, isScalar, isSeq, parseDocument } from 'yaml'
import { type Json, ProblemError } from '../contract/index.ts'
import { canonicalJson } from './canonical.ts'
import { indentOf, splice } from './edit-splice.ts'
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
 * what was asked for (a new item in the middle of a flow list, an unusual layout), the text is written anew from its
 * nodes, which keeps comments, order and quotes but may change spaces.
 * @throws ProblemError workflow_invalid when the text cannot be read, bad_request when a path leads through a plain value
 */
export function editDefinition(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, edit) => editOne(text, edit), source)
}

function editOne(text: string, edit: Edit): string {
  const document = read(text)
  const target = parseDocument(text, OPTIONS)
  change(target, edit)
  const wanted = valueText(target)
  if (wanted === valueText(document)) return text
  const spliced = splice(text, document, edit.path, edit.value)
  if (spliced !== null && reads(spliced, wanted)) return spliced
  const around = spliceAround(text, document, target, edit.path, wanted)
  if (around !== null) return around
  return target.toString({ lineWidth: 0, flowCollectionPadding: false, indent: indentOf(text, document, edit.path) })
}

/**
 * The change as a new value of what encloses it: for lists and maps on one line, items that go, and maps that are not
 * there yet. Only what holds no comments, anchors or aliases can be written anew.
 */
function spliceAround(
  text: string,
  document: Document.Parsed,
  target: Document.Parsed,
  path: Path,
  wanted: string,
): string | null {
  for (let depth = path.length - 1; depth > 0; depth--) {
    const at = path.slice(0, depth)
    const old: unknown = document.getIn(at, true)
    const range = isNode(old) ? old.range : undefined
    if (range && /#|(^|[\s[{,:])[&*!]/.test(text.slice(range[0], range[1]))) return null
    const node: unknown = target.getIn(at, true)
    if (!isNode(node)) continue
    const spliced = splice(text, document, at, node.toJS(target) as Json)
    if (spliced !== null && reads(spliced, wanted)) return spliced
  }
  return null
}

const OPTIONS = { uniqueKeys: false, prettyErrors: false, merge: false } as const

function read(text: string): Document.Parsed {
  const yaml = parseYaml(text)
  const fault = yaml.faults.find((one) => one.severity === 'error' && one.code !== 'empty')
  if (!fault) return parseDocument(text, OPTIONS)
  const message = `The definition cannot be changed, because it cannot be read: ${fault.message}.`
  throw new ProblemError('workflow_invalid', message, { fix: fault.fix, ...placeOf(yaml, fault.offset) })
}

const valueText = (document: Document.Parsed): string => canonicalJson((document.toJS() ?? null) as Json)

function reads(text: string, wanted: string): boolean {
  const document = parseDocument(text, OPTIONS)
  return document.errors.length === 0 && valueText(document) === wanted
}

function change(document: Document.Parsed, { path, value }: Edit): void {
  checkWay(document, path)
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path)
    return
  }
  // An empty field (`env:`) is a null scalar: the library cannot set anything inside it.
  for (let i = 1; i < path.length; i++) {
    const node: unknown = document.getIn(path.slice(0, i), true)
    if (isScalar(node)) document.setIn(path.slice(0, i), document.createNode(typeof path[i] === 'number' ? [] : {}))
  }
  if (document.contents === null || isScalar(document.contents)) {
    document.contents = document.createNode({}) as unknown as Document.Parsed['contents']
  }
  const old: unknown = document.getIn(path, true)
  const node = document.createNode(value)
  if (isNode(old)) Object.assign(node, commentsOf(old))
  document.setIn(path, node)
}

/** Refuses a path through a plain value, or by name into a list; an empty value can be filled. */
function checkWay(document: Document.Parsed, path: Path): void {
  for (let i = 0; i < path.length; i++) {
    const at = path.slice(0, i)
    const node: unknown = i === 0 ? document.contents : document.getIn(at, true)
    if (node === undefined || node === null || (isScalar(node) && node.value === null)) continue
    const isList = isSeq(node)
    if (isCollection(node) && !(isList && typeof path[i] === 'string')) continue
    const name = at.length === 0 ? 'The definition' : `\`${at.join('.')}\``
    const message = `${name} is a ${isList ? 'list' : 'plain value'}, so \`${path[i]}\` cannot be set inside it.`
    throw new ProblemError('bad_request', message, { field: 'edits', fix: 'Correct it in the YAML first.' })
  }
}

function commentsOf(node: { commentBefore?: string | null; comment?: string | null; spaceBefore?: boolean }) {
  const { commentBefore, comment, spaceBefore } = node
  return {
    ...(commentBefore ? { commentBefore } : {}),
    ...(comment ? { comment } : {}),
    ...(spaceBefore ? { spaceBefore } : {}),
  }
}
