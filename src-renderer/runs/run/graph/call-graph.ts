import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { type EdgeKind, type Graph, type GraphEdge, type GraphNode, PARAMS_NODE } from '../../../graph/index.ts'
import { plural } from '../../../ui/format.ts'
import { callsBelow, groupsOf } from '../calls/call-groups.ts'
import { nameOfKey, type StepBook } from '../data/step-book.ts'

/** What a picture of calls shows. */
export interface CallGraph {
  readonly graph: Graph
  /** Kinds of lines that are in it, for the legend */
  readonly kinds: ReadonlySet<EdgeKind>
  /** Names of groups, with how many calls were made in each */
  readonly groups: ReadonlyMap<string, number>
}

/**
 * The picture of the definition, and what code did beside it: a node for each function that was called, and lines for who
 * calls whom, who is given whose results, and who shares a call that was made elsewhere.
 * @param group only calls of this group, and what they called, are counted; null for all
 */
export function callGraphOf(definition: Graph, book: StepBook, group: string | null): CallGraph {
  const chosen = group === null ? null : callsBelow(book, group)
  const plain = withoutPorts(definition)
  const known = new Set(plain.nodes.map(({ id }) => id))
  const nodes = [...plain.nodes]
  const lines = new Lines()
  for (const step of book.byKey.values()) {
    if (step.call !== undefined) lines.add(step, chosen === null || chosen.has(step.key))
    else if (step.index === undefined && !known.has(step.key)) nodes.push(nodeOf(step))
  }
  const there = new Set(nodes.map(({ id }) => id))
  const edges = lines.edges().filter(({ source, target }) => there.has(source) && there.has(target))
  return {
    graph: { nodes, edges: [...plain.edges, ...edges] },
    kinds: new Set(edges.map(({ kind }) => kind)),
    groups: groupsOf(book),
  }
}

/** A workflow of code is one step that is handed all parameters: its ports and theirs say nothing more. */
function withoutPorts(definition: Graph): Graph {
  const steps = definition.nodes.filter(({ id }) => id !== PARAMS_NODE)
  const [only] = steps
  if (only === undefined || steps.length > 1 || only.kind !== 'target') return definition
  return { nodes: [{ ...only, inputs: [], outputs: [] }], edges: [] }
}

const nodeOf = (step: RunStep): GraphNode => ({
  id: step.key,
  name: step.key,
  kind: step.kind,
  image: null,
  summary: step.target ?? '',
  holdsCalls: true,
  forEach: null,
  badges: [],
  inputs: [],
  outputs: [],
})

interface Line {
  readonly kind: EdgeKind
  readonly source: string
  readonly target: string
  /** Of all calls, and of those that are looked at */
  all: number
  count: number
}

/** Counts what leads from function to function. */
class Lines {
  readonly #lines = new Map<string, Line>()

  add({ name, key, call }: RunStep, isChosen: boolean): void {
    if (call === undefined) return
    this.#count('call', nameOfKey(call.by), name, isChosen)
    for (const ref of call.refs) this.#count('result', nameOfKey(ref), name, isChosen)
    for (const link of call.links) {
      // An attempt that goes on after a suspension finds the calls of the one before: nobody else is part of that.
      if (link.by === call.by || link.by === key) continue
      this.#count('shared', nameOfKey(link.by), name, isChosen)
    }
  }

  edges(): GraphEdge[] {
    return [...this.#lines].map(([id, { kind, source, target, all, count }]) => ({
      id,
      kind,
      source,
      sourcePort: null,
      target,
      targetPort: null,
      count: count === 0 ? all : count,
      title: titleOf(kind, source, target, count),
      ...(count === 0 ? { isDim: true } : {}),
    }))
  }

  #count(kind: EdgeKind, source: string, target: string, isChosen: boolean): void {
    const id = `${kind}:${source}>${target}`
    let line = this.#lines.get(id)
    if (line === undefined) {
      line = { kind, source, target, all: 0, count: 0 }
      this.#lines.set(id, line)
    }
    line.all += 1
    if (isChosen) line.count += 1
  }
}

function titleOf(kind: EdgeKind, source: string, target: string, count: number): string {
  const times = count === 1 ? 'once' : `${count.toLocaleString('en')} times`
  if (kind === 'call')
    return source === target ? `${source} calls itself ${times}` : `${source} calls ${target} ${times}`
  if (kind === 'result')
    return `${plural(count, 'call')} of ${target} ${count === 1 ? 'is' : 'are'} given results of ${source}`
  return `${source} was answered ${times} with a call of ${target} that was there already`
}
