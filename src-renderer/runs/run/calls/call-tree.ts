import type { RunStep } from '../../../../src-shared/contract/index.ts'
import type { StepBook } from '../data/step-book.ts'
import { holdsCalls } from './call-groups.ts'

/** A row of the tree of calls: a step, or many calls under one heading. */
export type TreeRow = StepTreeRow | BundleRow

interface StepTreeRow {
  readonly type: 'step'
  /** Of the step; unique among rows */
  readonly key: string
  readonly depth: number
  readonly isExpandable: boolean
}

/** Calls that one caller made in a group, or of one function when they are many. */
interface BundleRow {
  readonly type: 'bundle'
  readonly key: string
  readonly depth: number
  readonly isExpandable: true
  readonly title: string
  readonly isGroup: boolean
  readonly keys: readonly string[]
}

/** Calls by caller, in the order in which they were made. */
export interface CallTree {
  readonly roots: readonly string[]
  readonly children: ReadonlyMap<string, readonly string[]>
}

/** More calls of one function by one caller are a row of their own, to be unfolded. */
const BUNDLE_FROM = 20

export function callTreeOf(book: StepBook): CallTree {
  const roots: string[] = []
  const found = new Map<string, RunStep[]>()
  for (const step of book.byKey.values()) {
    const { call } = step
    if (call !== undefined) append(found, call.by, step)
    else if (step.index !== undefined) append(found, step.name, step)
    else if (!holdsCalls(step, book)) roots.push(step.key)
  }
  const children = new Map<string, readonly string[]>()
  for (const [by, steps] of found)
    children.set(
      by,
      steps.sort(byTime).map(({ key }) => key),
    )
  return { roots, children }
}

function append(map: Map<string, RunStep[]>, key: string, step: RunStep): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [step])
  else list.push(step)
}

/** Items of a fan-out by index, calls by when they were made: of one moment those of a function in their order. */
function byTime(a: RunStep, b: RunStep): number {
  const [x, y] = [a.call?.at ?? '', b.call?.at ?? '']
  if (x !== y) return x < y ? -1 : 1
  return a.name === b.name ? (a.index ?? 0) - (b.index ?? 0) : 0
}

/** Rows that are in sight when those in `toggled` differ from what they are at first: steps are open, bundles are not. */
export function treeRowsOf(tree: CallTree, book: StepBook, toggled: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = []
  const addStep = (key: string, depth: number): void => {
    const below = tree.children.get(key) ?? []
    rows.push({ type: 'step', key, depth, isExpandable: below.length > 0 })
    if (below.length > 0 && !toggled.has(key)) addAll(key, below, depth + 1)
  }
  const addBundle = (row: Omit<BundleRow, 'type' | 'isExpandable'>, isDivided: boolean): void => {
    rows.push({ type: 'bundle', isExpandable: true, ...row })
    if (!toggled.has(row.key)) return
    if (isDivided) addFunctions(row.key, row.keys, row.depth + 1)
    else for (const key of row.keys) addStep(key, row.depth + 1)
  }
  const addAll = (by: string, keys: readonly string[], depth: number): void => {
    const groups = partition(keys, (key) => book.byKey.get(key)?.call?.group ?? '')
    for (const [title, members] of groups) {
      if (title === '') addFunctions(by, members, depth)
      else addBundle({ key: `${by}|${title}`, depth, title, isGroup: true, keys: members }, true)
    }
  }
  const addFunctions = (by: string, keys: readonly string[], depth: number): void => {
    const byName = partition(keys, (key) => book.byKey.get(key)?.name ?? '')
    const bundled = new Set<string>()
    for (const key of keys) {
      const name = book.byKey.get(key)?.name ?? ''
      const members = byName.get(name) ?? []
      if (members.length <= BUNDLE_FROM) addStep(key, depth)
      else if (!bundled.has(name)) {
        bundled.add(name)
        addBundle({ key: `${by}>${name}`, depth, title: name, isGroup: false, keys: members }, false)
      }
    }
  }
  for (const key of tree.roots) addStep(key, 0)
  return rows
}

function partition(keys: readonly string[], of: (key: string) => string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const key of keys) {
    const name = of(key)
    const list = found.get(name)
    if (list === undefined) found.set(name, [key])
    else list.push(key)
  }
  return found
}

/** The calls that a text is about, with those that lead to them; all open. */
export function foundRows(tree: CallTree, book: StepBook, text: string): readonly TreeRow[] {
  const wanted = text.trim().toLowerCase()
  const rows: TreeRow[] = []
  const add = (key: string, depth: number): boolean => {
    const step = book.byKey.get(key)
    const at = rows.length
    const below = tree.children.get(key) ?? []
    rows.push({ type: 'step', key, depth, isExpandable: false })
    let isWanted = step !== undefined && isAbout(step, wanted)
    for (const one of below) if (add(one, depth + 1)) isWanted = true
    if (!isWanted) rows.length = at
    return isWanted
  }
  for (const key of tree.roots) add(key, 0)
  return rows
}

function isAbout(step: RunStep, text: string): boolean {
  const last = step.executions.at(-1)
  const parts = [
    step.key,
    step.target,
    step.call?.brief,
    step.call?.group,
    step.why,
    last?.error?.message,
    last?.worker,
  ]
  return parts.some((part) => part?.toLowerCase().includes(text) === true)
}
