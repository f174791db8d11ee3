import { useMemo } from 'react'
import type { Layout } from '../../src-shared/contract/index.ts'
import type { Graph } from '../graph/index.ts'
import type { Point, Positions } from '../graph/simple-layout.ts'
import { isParams, NODE_WIDTH } from '../graph/size.ts'
import { plural } from '../ui/format.ts'
import { say } from '../ui/say.ts'
import { connection, type End } from './connect.ts'
import { useDocumentStore } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import type { PaletteItem } from './palette-items.ts'
import { addition, copiedYaml, deletion, duplication, stepsFrom } from './step-edits.ts'
import { stepsOf } from './step-names.ts'

/** What the canvas shows at this moment, read when something is done to it. */
export interface Shown {
  readonly graph: Graph
  readonly positions: Positions
}

/** What is done to whole steps, from the canvas, its menu and keys. */
export interface StepActions {
  /** @param at where its left upper corner goes; @param from a port that it is connected with */
  add(item: PaletteItem, at?: Point, from?: End): void
  remove(names: readonly string[]): void
  duplicate(names: readonly string[]): void
  copy(names: readonly string[]): string
  paste(text: string, at?: Point): boolean
  connect(source: End, target: End): void
}

export function useSteps(shown: { readonly current: Shown }): StepActions {
  const store = useDocumentStore()
  return useMemo(() => stepActions(store, shown), [store, shown])
}

/** Right of what is selected, or of everything. */
const BESIDE = NODE_WIDTH + 90
/** A copy lies a little beside what it was made from. */
const OFFSET = 32

function stepActions(store: DocumentStore, shown: { readonly current: Shown }): StepActions {
  const places = placing(store, shown)
  return {
    ...adding(store, shown, places),
    ...copying(store, shown, places),
    remove(names) {
      const { definition, actions, layout } = store.getState()
      const gone = names.filter((name) => name in stepsOf(definition))
      if (gone.length === 0) return
      const label = gone.length === 1 ? `Delete ${gone[0]}` : `Delete ${plural(gone.length, 'step')}`
      const rest = Object.fromEntries(Object.entries(layout).filter(([name]) => !gone.includes(name)))
      actions.edit(label, deletion(shown.current.graph, definition, gone), { layout: rest, select: [] })
    },
  }
}

interface Placing {
  /** Nobody has placed anything yet: the layout is free to place all */
  readonly isFree: () => boolean
  /** Places of everything as it is shown: from the first step that a person places on, all of them stay. */
  readonly frozen: (added: Layout) => Layout
}

const placing = (store: DocumentStore, shown: { readonly current: Shown }): Placing => ({
  isFree: () => Object.keys(store.getState().layout).length === 0,
  frozen: (added) => ({ ...placesOf(shown.current.positions), ...added }),
})

function adding(
  store: DocumentStore,
  shown: { readonly current: Shown },
  { isFree, frozen }: Placing,
): Pick<StepActions, 'add' | 'connect'> {
  const selected = (): readonly string[] => {
    const { selection } = store.getState()
    return selection.kind === 'steps' ? selection.names : []
  }
  return {
    add(item, at, from) {
      const { definition, actions } = store.getState()
      const { edits, names } = addition(definition, { [item.name]: item.step })
      const [name = item.name] = names
      const wired = from === undefined ? edits : [...edits, ...wiring(store, shown.current.graph, from, name)]
      const place = at ?? (isFree() ? null : besideSelection(shown.current, selected()))
      actions.edit(`Add ${name}`, wired, {
        ...(place === null ? {} : { layout: frozen({ [name]: rounded(place) }) }),
        select: [name],
      })
    },
    connect(source, target) {
      const { definition, actions } = store.getState()
      const verdict = connection(shown.current.graph, definition, source, target)
      if (verdict.ok) actions.edit(verdict.label, verdict.edits)
      else say(verdict.sentence)
    },
  }
}

function copying(
  store: DocumentStore,
  shown: { readonly current: Shown },
  { isFree, frozen }: Placing,
): Pick<StepActions, 'duplicate' | 'copy' | 'paste'> {
  return {
    duplicate(names) {
      const { definition, actions } = store.getState()
      const { edits, names: added, renames } = duplication(definition, names)
      if (added.length === 0) return
      const copies = [...renames].flatMap(([from, to]) => offset(shown.current.positions[from], to))
      const label = added.length === 1 ? `Duplicate ${names[0]}` : `Duplicate ${plural(added.length, 'step')}`
      actions.edit(label, edits, {
        ...(isFree() ? {} : { layout: frozen(Object.fromEntries(copies)) }),
        select: added,
      })
    },
    copy(names) {
      const { parsed, definition } = store.getState()
      return copiedYaml(parsed, definition, names)
    },
    paste(text, at) {
      const { definition, actions } = store.getState()
      const steps = stepsFrom(text)
      if (steps === null) return false
      const { edits, names } = addition(definition, steps)
      const layout =
        isFree() || at === undefined
          ? {}
          : { layout: frozen(Object.fromEntries(names.map((name, i) => [name, below(at, i)]))) }
      actions.edit(`Paste ${plural(names.length, 'step')}`, edits, { ...layout, select: names })
      return true
    },
  }
}

/** Room for a pasted step with a few ports. */
const PASTED_HEIGHT = 130

const below = ({ x, y }: Point, index: number): Point => rounded({ x, y: y + index * PASTED_HEIGHT })

/** What connects a new step with the port that was pulled. */
function wiring(store: DocumentStore, graph: Graph, from: End, name: string) {
  const { definition } = store.getState()
  const blank = { id: name, name, kind: 'unknown', image: null, summary: '', forEach: null } as const
  const known = { ...graph, nodes: [...graph.nodes, { ...blank, badges: [], inputs: [], outputs: [] }] }
  const verdict = connection(known, definition, from, { node: name, port: null })
  return verdict.ok ? verdict.edits : []
}

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) })

/** Places as they can be kept: those of steps. */
export const placesOf = (positions: Positions): Layout =>
  Object.fromEntries(Object.entries(positions).filter(([name]) => !isParams(name)))

function offset(place: Point | undefined, name: string): [string, Point][] {
  return place === undefined ? [] : [[name, { x: place.x + OFFSET, y: place.y + OFFSET }]]
}

function besideSelection({ positions }: Shown, selected: readonly string[]): Point {
  const last = positions[selected.at(-1) ?? '']
  if (last !== undefined) return { x: last.x + BESIDE, y: last.y }
  const points = Object.values(positions)
  if (points.length === 0) return { x: 0, y: 0 }
  return { x: Math.max(...points.map(({ x }) => x)) + BESIDE, y: Math.min(...points.map(({ y }) => y)) }
}
