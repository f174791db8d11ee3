import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { isSame } from './same.ts'

/** The steps of a run by key, with their order. Immutable: what did not change is the same object in the next book. */
export interface StepBook {
  readonly byKey: ReadonlyMap<string, RunStep>
  /** Keys of whole steps, in the order of the definition; the same array for as long as it holds the same */
  readonly tops: readonly string[]
  /** Keys of the items of fan-outs, by the name of the step, by index */
  readonly items: ReadonlyMap<string, readonly string[]>
}

export const EMPTY_BOOK: StepBook = { byKey: new Map(), tops: [], items: new Map() }

/** All steps of a run, in place of those that were there; the ones that say the same stay the same object. */
export function replaceSteps(before: StepBook, steps: readonly RunStep[]): StepBook {
  const byKey = new Map<string, RunStep>()
  let changed = before.byKey.size !== steps.length
  for (const step of steps) {
    const old = before.byKey.get(step.key)
    const kept = old !== undefined && isSame(old, step) ? old : step
    if (kept !== old) changed = true
    byKey.set(step.key, kept)
  }
  return changed ? { byKey, ...structureOf(before, byKey.values()) } : before
}

/** The steps that changed, among those that were there. A step that is new takes its place after its fan-out. */
export function mergeSteps(before: StepBook, steps: readonly RunStep[]): StepBook {
  const fresh = steps.filter((step) => {
    const old = before.byKey.get(step.key)
    return old === undefined || !isSame(old, step)
  })
  if (fresh.length === 0) return before
  const byKey = new Map(before.byKey)
  let grew = false
  for (const step of fresh) {
    if (!byKey.has(step.key)) grew = true
    byKey.set(step.key, step)
  }
  return grew ? { byKey, ...structureOf(before, byKey.values()) } : { ...before, byKey }
}

function structureOf(before: StepBook, steps: Iterable<RunStep>): Pick<StepBook, 'tops' | 'items'> {
  const tops: string[] = []
  const found = new Map<string, RunStep[]>()
  for (const step of steps) {
    if (step.index === undefined) tops.push(step.key)
    else {
      const list = found.get(step.name)
      if (list === undefined) found.set(step.name, [step])
      else list.push(step)
    }
  }
  const items = new Map<string, readonly string[]>()
  for (const [name, list] of found) {
    const keys = list.sort((a, b) => (a.index ?? 0) - (b.index ?? 0)).map(({ key }) => key)
    const old = before.items.get(name)
    items.set(name, old !== undefined && isSameList(old, keys) ? old : keys)
  }
  return { tops: isSameList(before.tops, tops) ? before.tops : tops, items }
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key, i) => key === b[i])

/** The keys of an item's fan-out, or of the step itself. */
export const nameOfKey = (key: string): string => key.replace(/\[\d+\]$/, '')

/** Steps in the order in which people read them: items after their fan-out. */
export function* inOrder(book: StepBook): Generator<RunStep> {
  for (const top of book.tops) {
    const step = book.byKey.get(top)
    if (step === undefined) continue
    yield step
    for (const key of book.items.get(step.name) ?? []) {
      const item = book.byKey.get(key)
      if (item !== undefined) yield item
    }
  }
}
