import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { plural } from '../../../ui/format.ts'
import { endOf } from '../data/step-times.ts'
import type { Bar } from './bars.ts'

interface WaitFacts {
  readonly find: (key: string) => RunStep | undefined
  /** What the engine said last while the step waited and this window watched */
  readonly seen: string | undefined
  /** Of the step's fan-out, as the definition has it */
  readonly maxParallel: number | undefined
}

/** Why a step did not run during a bar of its timeline, or why that attempt failed, in a sentence; null when all is well. */
export function whyWaited(step: RunStep, bar: Bar, { find, seen, maxParallel }: WaitFacts): string | null {
  if (bar.kind === 'attempt') return bar.execution?.error?.message ?? bar.execution?.progress ?? null
  if (bar.kind === 'between') return betweenText(step, bar)
  if (bar.kind === 'span') return bar.to === null ? step.why : null
  if (bar.to === null && step.why !== null) return step.why
  const since = readySince(step, find)
  if (seen !== undefined) return `${since} Last known reason: ${seen}.`
  if (step.index !== undefined && maxParallel !== undefined) {
    return `${since} It waited for its turn: ${plural(maxParallel, 'item')} of this step run at once (maxParallel).`
  }
  return `${since} It waited for room on the machine.`
}

function readySince(step: RunStep, find: (key: string) => RunStep | undefined): string {
  if (step.index !== undefined) return 'It was ready when the list of items was there.'
  let last: RunStep | null = null
  for (const name of step.needs) {
    const need = find(name)
    if (need !== undefined && (last === null || (endOf(need) ?? 0) > (endOf(last) ?? 0))) last = need
  }
  return last === null ? 'It was ready when the run began.' : `It was ready when ${last.name} had ended.`
}

function betweenText(step: RunStep, bar: Bar): string {
  if (bar.to === null && step.why !== null) return step.why
  const before = step.executions.findLast((one) => one.finishedAt !== null && Date.parse(one.finishedAt) <= bar.from)
  const what = before?.error?.message ?? `Attempt ${before?.attempt ?? ''} did not succeed.`
  return `It waited to try again. ${what}`
}
