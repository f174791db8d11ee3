import type { ASTNode } from '@marcbachmann/cel-js'
import { childrenOf, loopOf, ROOTS, type Root } from './cel.ts'
import { meant } from './suggest.ts'

/** One thing that an expression reads from outside: `steps.fit.outputs.rate` is root `steps`, path [fit, outputs, rate]. */
export interface Read {
  readonly root: Root
  /** Names after the root, as far as they are written out; what is computed ends it. */
  readonly path: readonly string[]
  /** True when the path goes on with a computed key: `params.table[item]` */
  readonly computed: boolean
  /** Place in the expression's text */
  readonly start: number
  readonly end: number
}

export interface ReferenceFault {
  readonly code: string
  readonly message: string
  readonly fix: string
  readonly start: number
}

/** Names that CEL itself knows. */
const BUILT_IN = new Set([
  'string',
  'bool',
  'int',
  'uint',
  'double',
  'map',
  'list',
  'bytes',
  'null_type',
  'type',
  'google',
])

/** Everything that an expression reads, and names that exist nowhere. */
export function referencesOf(ast: ASTNode): { reads: Read[]; faults: ReferenceFault[] } {
  const reads: Read[] = []
  const faults: ReferenceFault[] = []
  visit(ast, new Set(), reads, faults)
  return { reads, faults }
}

function visit(node: ASTNode, bound: ReadonlySet<string>, reads: Read[], faults: ReferenceFault[]): void {
  const loop = loopOf(node)
  if (loop) {
    visit(loop.list, bound, reads, faults)
    const inner = new Set(bound).add(loop.variable)
    for (const body of loop.bodies) visit(body, inner, reads, faults)
    return
  }
  if (node.op === '.' || node.op === '[]' || node.op === 'id') visitPath(node, bound, reads, faults)
  else for (const child of childrenOf(node)) visit(child, bound, reads, faults)
}

/** A chain such as `steps.fit.outputs["rate"][0].x`, from its last link to its root. */
function visitPath(node: ASTNode, bound: ReadonlySet<string>, reads: Read[], faults: ReferenceFault[]): void {
  let path: string[] = []
  let computed = false
  let at = node
  while (at.op === '.' || at.op === '[]') {
    const key = at.op === '.' ? at.args[1] : literalKey(at.args[1])
    if (key !== null) path.unshift(key)
    else {
      path = []
      computed = true
      if (at.op === '[]') visit(at.args[1], bound, reads, faults)
    }
    at = at.args[0]
  }
  if (at.op !== 'id') {
    visit(at, bound, reads, faults)
    return
  }
  const name = at.args
  if (bound.has(name) || BUILT_IN.has(name)) return
  const root = ROOTS.find((known) => known === name)
  if (root) reads.push({ root, path, computed, start: at.start, end: node.end })
  else faults.push(unknownName(name, at.start, bound))
}

const literalKey = (node: ASTNode): string | null =>
  node.op === 'value' && typeof node.args === 'string' ? node.args : null

function unknownName(name: string, start: number, bound: ReadonlySet<string>): ReferenceFault {
  return {
    code: 'unknown_name',
    message: `unknown name \`${name}\``,
    fix: `${meant(name, [...ROOTS, ...bound], 'name')} A text is written in quotes: "${name}".`,
    start,
  }
}
