import type { RunStep } from '../../../../src-shared/contract/index.ts'
import type { StepBook } from '../data/step-book.ts'

/** Whether code made calls in the run. */
export const hasCalls = (book: StepBook): boolean => {
  for (const keys of book.items.values()) {
    const first = keys[0]
    if (first !== undefined && book.byKey.get(first)?.call !== undefined) return true
  }
  return false
}

/** Whether a step only holds the calls of a function: it does nothing by itself. */
export function holdsCalls(step: RunStep, book: StepBook): boolean {
  if (step.fanOut === undefined || step.index !== undefined) return false
  const first = book.items.get(step.name)?.[0]
  return first !== undefined && book.byKey.get(first)?.call !== undefined
}

/** Groups that calls were made in, with how many calls each has, in the order of their first. */
export function groupsOf(book: StepBook): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { call } of book.byKey.values()) {
    if (call?.group !== undefined) found.set(call.group, (found.get(call.group) ?? 0) + 1)
  }
  return found
}

/** Keys of the calls of a group, and of what they called. */
export function callsBelow(book: StepBook, group: string): ReadonlySet<string> {
  const known = new Map<string, boolean>()
  const found = new Set<string>()
  for (const { key } of book.byKey.values()) if (isBelow(book, key, group, known)) found.add(key)
  return found
}

function isBelow(book: StepBook, key: string, group: string, known: Map<string, boolean>): boolean {
  const way: string[] = []
  let answer = false
  for (let at: string | undefined = key; at !== undefined; ) {
    const before = known.get(at)
    if (before !== undefined) {
      answer = before
      break
    }
    way.push(at)
    const call: RunStep['call'] = book.byKey.get(at)?.call
    if (call?.group === group) {
      answer = true
      break
    }
    at = call?.by
  }
  for (const one of way) known.set(one, answer)
  return answer
}
