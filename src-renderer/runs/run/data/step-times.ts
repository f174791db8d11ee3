import type { RunStep } from '../../../../src-shared/contract/index.ts'

/** When a step was ready, began and ended, as far as the run tells; ms since 1970. */
export interface StepTimes {
  /** From here on nothing else had to end first; null when that has not come */
  readonly readyAt: number | null
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

const ms = (time: string | null | undefined): number | null =>
  time === null || time === undefined ? null : Date.parse(time)

export const startOf = (step: RunStep): number | null => ms(step.startedAt) ?? ms(step.executions[0]?.startedAt)

export function endOf(step: RunStep): number | null {
  if (step.finishedAt !== undefined) return ms(step.finishedAt)
  if (!hasEnded(step)) return null
  return ms(step.executions.at(-1)?.finishedAt)
}

export const hasEnded = (step: RunStep): boolean =>
  step.status === 'succeeded' ||
  step.status === 'cached' ||
  step.status === 'failed' ||
  step.status === 'cancelled' ||
  step.status === 'skipped'

/**
 * @param find a step by its key
 * @param runAt when the run was created or, after a re-run, began anew
 */
export function timesOf(step: RunStep, find: (key: string) => RunStep | undefined, runAt: number): StepTimes {
  return { readyAt: readyAt(step, find, runAt), startedAt: startOf(step), finishedAt: endOf(step) }
}

function readyAt(step: RunStep, find: (key: string) => RunStep | undefined, runAt: number): number | null {
  if (step.status === 'blocked' || step.status === 'skipped') return null
  // An item is ready when its list is there; one that maxParallel holds back waits, too.
  if (step.index !== undefined) {
    const parent = find(step.name)
    return parent === undefined ? null : startOf(parent)
  }
  let latest = runAt
  for (const name of step.needs) {
    const need = find(name)
    const ended = need === undefined ? null : endOf(need)
    if (ended !== null && ended > latest) latest = ended
  }
  return latest
}

/** Time from being ready to the first start; null when it is not known or has not come. */
export function queueTime({ readyAt: ready, startedAt }: StepTimes): number | null {
  return ready === null || startedAt === null ? null : Math.max(0, startedAt - ready)
}

/** Time of work: of all attempts and what was between them; null while it has no end. */
export function durationOf({ startedAt, finishedAt }: StepTimes): number | null {
  return startedAt === null || finishedAt === null ? null : Math.max(0, finishedAt - startedAt)
}
