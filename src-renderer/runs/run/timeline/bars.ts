import type { Execution, ExecutionStatus, RunStep, StepStatus } from '../../../../src-shared/contract/index.ts'
import { hasEnded, timesOf } from '../data/step-times.ts'

/** A piece of a step's time. `to` is null while it goes on. */
export interface Bar {
  readonly kind:
    | 'queued' // ready, waits for its turn
    | 'attempt'
    | 'between' // waits for the next attempt
    | 'span' // what is not executed: an approval, a pause, a child run, a fan-out as a whole
  readonly from: number
  readonly to: number | null
  readonly status: StepStatus | ExecutionStatus
  readonly execution: Execution | null
}

/** What the timeline draws for one step or item, in the order of time. */
export function barsOf(step: RunStep, find: (key: string) => RunStep | undefined, runAt: number): Bar[] {
  const times = timesOf(step, find, runAt)
  const bars: Bar[] = []
  if (times.readyAt !== null && step.status !== 'cached') {
    const waits = times.startedAt === null && !hasEnded(step)
    if (waits) bars.push(bar('queued', times.readyAt, null, step.status))
    else if (times.startedAt !== null && times.startedAt > times.readyAt) {
      bars.push(bar('queued', times.readyAt, times.startedAt, 'queued'))
    }
  }
  if (step.startedAt !== undefined) {
    const from = Date.parse(step.startedAt)
    bars.push(bar('span', from, times.finishedAt, step.status))
    return bars
  }
  for (const [i, execution] of step.executions.entries()) {
    const from = Date.parse(execution.startedAt)
    const to = execution.finishedAt === null ? null : Date.parse(execution.finishedAt)
    bars.push({ kind: 'attempt', from, to, status: execution.status, execution })
    const next = step.executions[i + 1]
    if (to === null) continue
    const again = next === undefined ? null : Date.parse(next.startedAt)
    if (again !== null) {
      if (again > to) bars.push(bar('between', to, again, 'waiting'))
    } else if (!hasEnded(step)) bars.push(bar('between', to, null, step.status))
  }
  return bars
}

const bar = (kind: Bar['kind'], from: number, to: number | null, status: Bar['status']): Bar => ({
  kind,
  from,
  to,
  status,
  execution: null,
})

/** The bar under a moment; the narrow ones have priority, because they are hard to hit. */
export function barAt(bars: readonly Bar[], at: number, now: number, slack: number): Bar | null {
  let best: Bar | null = null
  for (const one of bars) {
    const to = one.to ?? now
    if (at < one.from - slack || at > to + slack) continue
    if (best === null || to - one.from < (best.to ?? now) - best.from) best = one
  }
  return best
}

/** How many items of a fan-out were at work in each of some equal parts of a stretch of time. */
export function density(
  spans: Iterable<readonly [number, number]>,
  view: { readonly from: number; readonly to: number },
  parts: number,
): Float64Array {
  const size = (view.to - view.from) / parts
  const change = new Float64Array(parts + 1)
  const partOf = (at: number): number => Math.min(parts, Math.max(0, Math.floor((at - view.from) / size)))
  for (const [from, to] of spans) {
    if (to < view.from || from > view.to) continue
    const first = partOf(from)
    // What is shorter than a part counts in it all the same: else quick items would be nowhere.
    const end = Math.min(parts, Math.max(partOf(to), first + 1))
    change[first] = (change[first] ?? 0) + 1
    change[end] = (change[end] ?? 0) - 1
  }
  const counts = new Float64Array(parts)
  let sum = 0
  for (let i = 0; i < parts; i++) {
    sum += change[i] ?? 0
    counts[i] = sum
  }
  return counts
}
