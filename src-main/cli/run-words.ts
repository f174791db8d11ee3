import type { Execution, Run, RunStep, RunSummary } from '../../src-shared/contract/index.ts'
import { fanOutWords, lastRound, runTime as timeOfRun, stepTime as timeOfStep } from '../../src-shared/runs/index.ts'
import { localTimes } from './times.ts'

/** A run in any of the shapes that the API answers. */
type AnyRun = Pick<RunSummary, 'startedAt' | 'durationMs' | 'earlierMs'>

export const hasEnded = (run: Pick<RunSummary, 'status'>): boolean =>
  run.status === 'succeeded' || run.status === 'failed' || run.status === 'cancelled'

/** `succeeded`, `failed`, `was cancelled`: what a sentence says of a run. */
export const endWords = (status: Run['status']): string => (status === 'cancelled' ? 'was cancelled' : status)

/** How long a run was at work so far, in ms: re-runs with it, the pauses before them without. */
export const runTime = (run: AnyRun, now: number): number => timeOfRun(run, now) ?? 0

/**
 * How long a step was at work so far, in ms: its attempts in the round in which it ran last. Null when none was started.
 * Days may lie between those before and a re-run.
 */
export function stepTime(step: RunStep, now: number): number | null {
  const { workMs, openSince } = timeOfStep(step)
  return workMs === null ? null : workMs + (openSince === null ? 0 : Math.max(0, now - openSince))
}

export const lastExecution = (step: Pick<RunStep, 'executions'>): Execution | undefined => step.executions.at(-1)

/** A step with the items of its fan-out. */
export interface StepGroup {
  readonly step: RunStep
  readonly items: readonly RunStep[]
}

/** The steps of a run in their order, each with its items. */
export function groupSteps(steps: readonly RunStep[]): StepGroup[] {
  const groups = new Map<string, { step: RunStep; items: RunStep[] }>()
  for (const step of steps) {
    const group = groups.get(step.name)
    if (step.index === undefined) groups.set(step.name, { step, items: group?.items ?? [] })
    else if (group !== undefined) group.items.push(step)
    else groups.set(step.name, { step, items: [step] })
  }
  return [...groups.values()]
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What is worth knowing about a step beside its status, in one line. */
export function stepNote(step: RunStep, items: readonly RunStep[] = []): string {
  if (step.fanOut !== undefined) {
    const running = items.filter((item) => item.status === 'running').length
    return [fanOutWords(step.fanOut), ...(running > 0 ? [`${running} running`] : [])].join(', ')
  }
  const last = lastExecution(step)
  const tries = lastRound(step).length
  const again = tries > 1 ? plural(tries, 'attempt') : ''
  if (step.status === 'failed') return [last?.error?.message ?? step.why ?? '', again].filter(Boolean).join(' · ')
  if (step.status === 'running') {
    return [last?.progress ?? '', again, step.child === undefined ? '' : `run ${step.child}`]
      .filter(Boolean)
      .join(' · ')
  }
  if (step.status === 'waiting' && step.approval !== undefined) return step.approval.message
  if (step.status === 'cached') return last?.cache?.source === undefined ? '' : `from ${last.cache.source}`
  return [localTimes(step.why ?? ''), again].filter(Boolean).join(' · ')
}

/** Steps that wait for a person. */
export const waitingApprovals = (run: Run): RunStep[] =>
  run.steps.filter((step) => step.status === 'waiting' && step.approval !== undefined && step.fanOut === undefined)
