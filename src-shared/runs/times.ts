import type { Execution, RunStep, RunSummary } from '../contract/index.ts'

/**
 * How long a step took: what its attempts took together in the round in which it ran last. A re-run opens another round, so
 * neither earlier attempts nor the pause before the re-run count; nor does the wait from one attempt to the next.
 */
export interface StepTime {
  /** First start and last end in that round, in ms since 1970; null when that has not come */
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** What has ended, in ms; null when nothing has begun */
  readonly workMs: number | null
  /** Since when it is at work; null when it is not */
  readonly openSince: number | null
  /** Between its attempts, in ms */
  readonly waitedMs: number
}

const NOT_BEGUN: StepTime = { startedAt: null, finishedAt: null, workMs: null, openSince: null, waitedMs: 0 }

const ms = (time: string): number => Date.parse(time)

export function stepTime(step: RunStep): StepTime {
  if (step.startedAt !== undefined) return spanTime(ms(step.startedAt), step.finishedAt)
  let startedAt: number | null = null
  let finishedAt: number | null = null
  let openSince: number | null = null
  let workMs = 0
  let waitedMs = 0
  for (const { round, startedAt: start, finishedAt: end } of step.executions) {
    if (round !== step.round) continue
    const from = ms(start)
    startedAt ??= from
    if (finishedAt !== null) waitedMs += Math.max(0, from - finishedAt)
    if (end === null) openSince = from
    else {
      finishedAt = ms(end)
      workMs += Math.max(0, finishedAt - from)
    }
  }
  if (startedAt === null) return NOT_BEGUN
  return { startedAt, finishedAt: hasEnded(step) ? finishedAt : null, workMs, openSince, waitedMs }
}

function spanTime(startedAt: number, end: string | undefined): StepTime {
  const finishedAt = end === undefined ? null : ms(end)
  return {
    startedAt,
    finishedAt,
    workMs: finishedAt === null ? 0 : Math.max(0, finishedAt - startedAt),
    openSince: finishedAt === null ? startedAt : null,
    waitedMs: 0,
  }
}

const hasEnded = ({ status }: RunStep): boolean =>
  status === 'succeeded' || status === 'cached' || status === 'failed' || status === 'cancelled' || status === 'skipped'

/**
 * From when a clock has to count to show the time of work until now; null for what is not at work, and so stands still.
 * Lies later than the beginning when there were waits between.
 */
export function openSince({ openSince: since, workMs }: Pick<StepTime, 'openSince' | 'workMs'>): number | null {
  return since === null ? null : since - (workMs ?? 0)
}

/** How long a run was at work until now, in ms: all its rounds without the pauses before re-runs; null before its start. */
export function runTime(run: Pick<RunSummary, 'durationMs' | 'startedAt' | 'earlierMs'>, now: number): number | null {
  if (run.durationMs !== null) return run.durationMs
  if (run.startedAt !== null) return run.earlierMs + Math.max(0, now - ms(run.startedAt))
  return run.earlierMs > 0 ? run.earlierMs : null
}

/** `re-run once`, `re-run 3 times`; empty when it never was */
export const rerunWords = (reruns: number): string =>
  reruns === 0 ? '' : reruns === 1 ? 're-run once' : `re-run ${reruns} times`

/** Attempts of the round in which the step ran last. */
export const lastRound = (step: RunStep): readonly Execution[] =>
  step.executions.filter(({ round }) => round === step.round)
