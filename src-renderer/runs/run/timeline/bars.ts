import type { Execution, ExecutionStatus, RunStep, StepStatus } from '../../../../src-shared/contract/index.ts'
import { hasEnded, type RoundStarts, timesOf } from '../data/step-times.ts'

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

/** What the timeline draws for one step or item, in the order of time: all attempts of all rounds. */
export function barsOf(step: RunStep, find: (key: string) => RunStep | undefined, starts: RoundStarts): Bar[] {
  const times = timesOf(step, find, starts)
  const bars: Bar[] = (step.earlier ?? []).map((span) =>
    bar('span', Date.parse(span.startedAt), Date.parse(span.finishedAt), span.status),
  )
  const before = step.executions.findIndex(({ round }) => round === step.round)
  const former = before === -1 ? step.executions.length : before
  for (let i = 0; i < former; i++) bars.push(...attemptBars(step, i))
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
  for (let i = former; i < step.executions.length; i++) bars.push(...attemptBars(step, i))
  return bars
}

/** An attempt, and the wait for the next one of the same round. */
function attemptBars(step: RunStep, i: number): Bar[] {
  const execution = step.executions[i]
  if (execution === undefined) return []
  const from = Date.parse(execution.startedAt)
  const to = execution.finishedAt === null ? null : Date.parse(execution.finishedAt)
  const attempt: Bar = { kind: 'attempt', from, to, status: execution.status, execution }
  if (to === null) return [attempt]
  const next = step.executions[i + 1]
  if (next === undefined) {
    const waits = !hasEnded(step) && execution.round === step.round
    return waits ? [attempt, bar('between', to, null, step.status)] : [attempt]
  }
  const again = Date.parse(next.startedAt)
  const isSameRound = next.round === execution.round
  return isSameRound && again > to ? [attempt, bar('between', to, again, 'waiting')] : [attempt]
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
