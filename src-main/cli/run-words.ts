import type { Execution, Run, RunStep, RunSummary } from '../../src-shared/contract/index.ts'
import { localTimes } from './times.ts'

/** A run in any of the shapes that the API answers. */
type AnyRun = Pick<RunSummary, 'status' | 'createdAt' | 'startedAt' | 'finishedAt' | 'durationMs'>

export const hasEnded = (run: Pick<RunSummary, 'status'>): boolean =>
  run.status === 'succeeded' || run.status === 'failed' || run.status === 'cancelled'

/** `succeeded`, `failed`, `was cancelled`: what a sentence says of a run. */
export const endWords = (status: Run['status']): string => (status === 'cancelled' ? 'was cancelled' : status)

/** How long a run has taken so far, in ms. */
export function runTime(run: AnyRun, now: number): number {
  if (run.finishedAt !== null && run.durationMs !== null) return run.durationMs
  return now - Date.parse(run.startedAt ?? run.createdAt)
}

/**
 * How long a step's last attempt has taken, in ms; of a fan-out, from the first start to the last end of its items' last
 * attempts. Null when none was started. Earlier attempts do not count: days may lie between them and a re-run.
 */
export function stepTime(step: RunStep, items: readonly RunStep[], now: number): number | null {
  const units = step.fanOut === undefined ? [step] : items
  let start = Number.POSITIVE_INFINITY
  let end = 0
  for (const { executions } of units) {
    const last = executions.at(-1)
    if (last === undefined) continue
    start = Math.min(start, Date.parse(last.startedAt))
    end = Math.max(end, last.finishedAt === null ? now : Date.parse(last.finishedAt))
  }
  return Number.isFinite(start) ? Math.max(0, end - start) : null
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

/** `3 of 9 done, 1 failed, 2 left out` */
export function countWords(counts: { total: number; done: number; failed: number; dropped: number }): string {
  const words = [`${counts.done} of ${counts.total} done`]
  if (counts.failed > counts.dropped) words.push(`${counts.failed - counts.dropped} failed`)
  if (counts.dropped > 0) words.push(`${counts.dropped} failed and left out`)
  return words.join(', ')
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** What is worth knowing about a step beside its status, in one line. */
export function stepNote(step: RunStep, items: readonly RunStep[] = []): string {
  if (step.fanOut !== undefined) {
    const running = items.filter((item) => item.status === 'running').length
    return [countWords(step.fanOut), ...(running > 0 ? [`${running} running`] : [])].join(', ')
  }
  const last = lastExecution(step)
  const again = step.executions.length > 1 ? plural(step.executions.length, 'attempt') : ''
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
