import type { Layout } from '../../src-shared/contract/index.ts'

/** Undo and redo: a history of texts with names. */

/** What can be undone: the whole document apart from its files. Texts share their characters where they are equal. */
export interface Moment {
  readonly source: string
  readonly layout: Layout
}

export interface Past extends Moment {
  /** What was done from here: "rename fit to train" */
  readonly label: string
  readonly merge: string | null
  readonly at: number
}

export interface History {
  readonly undo: readonly Past[]
  readonly redo: readonly Past[]
}

export const NO_HISTORY: History = { undo: [], redo: [] }

/** A text of 10 MB must not be kept a thousand times. */
const MAX_MOMENTS = 200
const MAX_CHARACTERS = 60_000_000
/** Typing that pauses longer than this becomes a step of its own. */
const MERGE_MS = 3_000

interface Change {
  readonly label: string
  /** Changes with the same key in a row are undone at once */
  readonly merge: string | null
  readonly at: number
}

/** Notes a change that is about to be made to `before`. */
export function recorded(history: History, before: Moment, change: Change): History {
  const last = history.undo.at(-1)
  const joins =
    last !== undefined &&
    history.redo.length === 0 &&
    change.merge !== null &&
    last.merge === change.merge &&
    change.at - last.at < MERGE_MS
  if (joins) return { undo: [...history.undo.slice(0, -1), { ...last, at: change.at, label: change.label }], redo: [] }
  return { undo: bounded([...history.undo, { ...before, ...change }]), redo: [] }
}

function bounded(moments: readonly Past[]): readonly Past[] {
  let characters = 0
  let kept = 0
  for (const moment of moments.toReversed()) {
    characters += moment.source.length
    if (kept > 0 && (kept >= MAX_MOMENTS || characters > MAX_CHARACTERS)) break
    kept++
  }
  return moments.slice(-kept)
}

export interface Step {
  readonly history: History
  readonly moment: Moment
  readonly label: string
}

/** One step back from `now`; null when there is none. */
export function undone(history: History, now: Moment): Step | null {
  const past = history.undo.at(-1)
  if (past === undefined) return null
  return {
    moment: { source: past.source, layout: past.layout },
    label: past.label,
    history: { undo: history.undo.slice(0, -1), redo: [...history.redo, { ...past, ...now, merge: null }] },
  }
}

export function redone(history: History, now: Moment): Step | null {
  const next = history.redo.at(-1)
  if (next === undefined) return null
  return {
    moment: { source: next.source, layout: next.layout },
    label: next.label,
    history: { undo: [...history.undo, { ...next, ...now, merge: null }], redo: history.redo.slice(0, -1) },
  }
}
