import type { Run, RunStep } from '../../src-shared/contract/index.ts'
import { progressWords } from '../../src-shared/runs/index.ts'
import { colorOf, glyphOf } from './glyphs.ts'
import type { Colors } from './output.ts'
import { groupSteps, hasEnded, runTime, stepNote, stepTime } from './run-words.ts'
import { formatClock, formatDuration } from './times.ts'

/** Items of larger fan-outs are not told one by one, only those that fail. */
const MAX_TOLD_ITEMS = 20
/** Larger fan-outs tell their counts so many times on the way. */
const FAN_OUT_STEPS = 10

/** How lines are written. */
export interface LineStyle {
  readonly colors: Colors
  readonly unicode: boolean
  /** ms since 1970 */
  readonly now: number
}

/**
 * What changed between two looks at a run, one line a change: for logs and pipes.
 * @param before null at the first look
 */
export function changeLines(before: Run | null, after: Run, style: LineStyle): string[] {
  const clock = formatClock(new Date(style.now).toISOString())
  const line = (status: Parameters<typeof glyphOf>[0], name: string, words: string): string =>
    `${style.colors.dim(clock)}  ${colorOf(status, style.colors)(glyphOf(status, style.unicode))} ${name}  ${words}`.trimEnd()
  const known = new Map((before?.steps ?? []).map((step) => [step.key, step]))
  const lines: string[] = []
  for (const { step, items } of groupSteps(after.steps)) {
    const old = known.get(step.key)
    const told = items.filter((item) => items.length <= MAX_TOLD_ITEMS || item.status === 'failed')
    const itemLines = told
      .filter((item) => isNews(known.get(item.key), item))
      .map((item) => line(item.status, item.key, stepWords(item, [], style.now)))
    const own = isNews(old, step)
      ? [line(step.status, step.key, stepWords(step, items, style.now))]
      : fanOutMoved(old, step)
        ? [line(step.status, step.key, stepNote(step, items))]
        : []
    // In the order in which things happen: a step begins before its items and ends after them.
    lines.push(...(step.status === 'running' ? [...own, ...itemLines] : [...itemLines, ...own]))
  }
  if (before?.status !== after.status) {
    const head = line(after.status, `run ${after.id}`, runWords(after, style.now))
    if (before === null && !hasEnded(after)) lines.unshift(head)
    else lines.push(head)
  }
  return lines
}

/** Steps that have not begun are not told at the first look; a further attempt is told though the status is the same. */
function isNews(old: RunStep | undefined, step: RunStep): boolean {
  if (old === undefined) return step.status !== 'blocked' && step.status !== 'queued'
  if (step.status === 'blocked' || step.status === 'queued') return false
  return old.status !== step.status || (step.status === 'running' && old.executions.length !== step.executions.length)
}

function fanOutMoved(old: RunStep | undefined, step: RunStep): boolean {
  if (step.fanOut === undefined || step.fanOut.total <= MAX_TOLD_ITEMS) return false
  const tenth = (each: RunStep | undefined): number =>
    each?.fanOut === undefined ? 0 : Math.floor((each.fanOut.done * FAN_OUT_STEPS) / Math.max(1, each.fanOut.total))
  return tenth(old) !== tenth(step)
}

function stepWords(step: RunStep, items: readonly RunStep[], now: number): string {
  const time = stepTime(step, now)
  const showsTime = time !== null && (step.status === 'succeeded' || step.status === 'failed')
  const note = stepNote(step, items)
  return `${step.status}${showsTime ? ` after ${formatDuration(time)}` : ''}${note === '' ? '' : `: ${note}`}`
}

function runWords(run: Run, now: number): string {
  const time = run.finishedAt === null ? '' : ` after ${formatDuration(runTime(run, now))}`
  return `${run.status}${time}  ${run.workflow} v${run.version}, ${progressWords(run.counts, run.status)}`
}
