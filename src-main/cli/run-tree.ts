import type { RunStep } from '../../src-shared/contract/index.ts'
import { groupSteps } from './run-words.ts'

/** A step where it stands in the tree of calls, or a line for those that are left out. */
export interface TreeLine {
  readonly depth: number
  readonly step: RunStep | null
  readonly text: string
}

/** Calls of one function by one caller that are shown by themselves; of more, those that tell most. */
const SHOWN_CALLS = 8
const SHOWN_OF_MANY = 3

const TELLING = new Set<RunStep['status']>(['failed', 'running', 'waiting'])

/** Steps of a run with their items and calls below them, in the order in which they were called. */
export function treeOf(steps: readonly RunStep[]): TreeLine[] {
  const calls = new Map<string, RunStep[]>()
  for (const step of steps) {
    if (step.call === undefined) continue
    const list = calls.get(step.call.by)
    if (list === undefined) calls.set(step.call.by, [step])
    else list.push(step)
  }
  const lines: TreeLine[] = []
  const add = (step: RunStep, depth: number): void => {
    lines.push({ depth, step, text: '' })
    for (const [name, made] of byName(calls.get(step.key) ?? [])) addCalls(name, made, depth + 1)
  }
  const addCalls = (name: string, made: readonly RunStep[], depth: number): void => {
    if (made.length <= SHOWN_CALLS) {
      for (const one of made) add(one, depth)
      return
    }
    const shown = made.filter(({ status }) => TELLING.has(status)).slice(0, SHOWN_OF_MANY)
    for (const one of shown) add(one, depth)
    lines.push({ depth, step: null, text: manyWords(name, made, shown.length) })
  }
  for (const { step, items } of groupSteps(steps)) {
    if (step.call !== undefined || items.some(({ call }) => call !== undefined)) continue
    add(step, 0)
    for (const item of items) add(item, 1)
  }
  return lines
}

function byName(steps: readonly RunStep[]): Map<string, RunStep[]> {
  const found = new Map<string, RunStep[]>()
  for (const step of [...steps].sort((a, b) => ((a.call?.at ?? '') < (b.call?.at ?? '') ? -1 : 1))) {
    const list = found.get(step.name)
    if (list === undefined) found.set(step.name, [step])
    else list.push(step)
  }
  return found
}

/** `of 10,000 calls of item: 9,990 succeeded, 10 failed` */
function manyWords(name: string, made: readonly RunStep[], shown: number): string {
  const counts = new Map<string, number>()
  for (const { status } of made) counts.set(status, (counts.get(status) ?? 0) + 1)
  const parts = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([status, count]) => `${count.toLocaleString('en')} ${status}`)
  const what =
    shown === 0 ? `${made.length.toLocaleString('en')} calls` : `of ${made.length.toLocaleString('en')} calls`
  return `${what} of ${name}: ${parts.join(', ')}`
}
