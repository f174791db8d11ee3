import type { Run, RunStep } from '../../../../src-shared/contract/index.ts'
import { openSince, type StepTime, stepTime } from '../../../../src-shared/runs/index.ts'

/** When a step was ready, began and ended in the round in which it ran last; ms since 1970. */
export interface StepTimes extends StepTime {
  /** From here on nothing else had to end first; null when that has not come */
  readonly readyAt: number | null
}

/** When each round of a run began: the first, and those of re-runs. ms since 1970. */
export type RoundStarts = readonly number[]

export function roundStarts({ rounds, createdAt }: Pick<Run, 'rounds' | 'createdAt'>): RoundStarts {
  let last = Date.parse(createdAt)
  return rounds.map(({ startedAt, finishedAt }) => {
    const start = startedAt === null ? last : Date.parse(startedAt)
    last = finishedAt === null ? start : Date.parse(finishedAt)
    return start
  })
}

export const startOf = (step: RunStep): number | null => stepTime(step).startedAt

export const endOf = (step: RunStep): number | null => (hasEnded(step) ? stepTime(step).finishedAt : null)

export const hasEnded = (step: RunStep): boolean =>
  step.status === 'succeeded' ||
  step.status === 'cached' ||
  step.status === 'failed' ||
  step.status === 'cancelled' ||
  step.status === 'skipped'

/** @param find a step by its key */
export function timesOf(step: RunStep, find: (key: string) => RunStep | undefined, starts: RoundStarts): StepTimes {
  return { ...stepTime(step), readyAt: readyAt(step, find, starts) }
}

function readyAt(step: RunStep, find: (key: string) => RunStep | undefined, starts: RoundStarts): number | null {
  if (step.status === 'blocked' || step.status === 'skipped') return null
  // It may still have waited for what it is given; the journal does not say since when it did not.
  if (step.call !== undefined) return Math.max(Date.parse(step.call.at), starts[step.round - 1] ?? 0)
  // An item is ready when its list is there; one that maxParallel holds back waits, too.
  if (step.index !== undefined) {
    const parent = find(step.name)
    if (parent === undefined) return null
    if (parent.round === step.round) return startOf(parent)
    const then = parent.earlier?.find(({ round }) => round === step.round)
    return then === undefined ? null : Date.parse(then.startedAt)
  }
  // What holds calls of code begins with the first of them, and has waited for nothing before.
  if (step.fanOut !== undefined && find(`${step.name}[0]`)?.call !== undefined) return startOf(step)
  let latest = starts[step.round - 1] ?? starts.at(-1) ?? 0
  for (const name of step.needs) {
    const need = find(name)
    const ended = need === undefined ? null : endOf(need)
    if (ended !== null && ended > latest) latest = ended
  }
  return latest
}

/** Time from being ready to the first start; null when it is not known or has not come. */
export function queueTime({ readyAt: ready, startedAt }: Pick<StepTimes, 'readyAt' | 'startedAt'>): number | null {
  return ready === null || startedAt === null ? null : Math.max(0, startedAt - ready)
}

/** How long at least one of some steps was at work: those that run side by side count once. */
export function workOf(steps: Iterable<RunStep>): Pick<StepTime, 'workMs' | 'openSince'> {
  const spans: [number, number][] = []
  let since: number | null = null
  for (const step of steps) {
    for (const { round, startedAt, finishedAt } of step.executions) {
      if (round !== step.round) continue
      const from = Date.parse(startedAt)
      if (finishedAt !== null) spans.push([from, Date.parse(finishedAt)])
      else since = since === null ? from : Math.min(since, from)
    }
  }
  spans.sort(([a], [b]) => a - b)
  let workMs = 0
  let until = Number.NEGATIVE_INFINITY
  for (const [from, end] of spans) {
    // What still runs counts from its start by itself.
    const to = since === null ? end : Math.min(end, since)
    workMs += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return { workMs: spans.length === 0 && since === null ? null : workMs, openSince: since }
}

/** Time of work without waits; null before it began, and while it is at work. */
export const durationOf = ({ workMs, openSince: since }: Pick<StepTime, 'workMs' | 'openSince'>): number | null =>
  since === null ? workMs : null

/** The moment from which a clock counts the time of work of a step that is at work; null for the others. */
export function clockOf(time: Pick<StepTime, 'workMs' | 'openSince'>): string | null {
  const since = openSince(time)
  return since === null ? null : new Date(since).toISOString()
}
