import type { RunCounts } from '../../../src-shared/contract/index.ts'
import { progressWords } from '../../../src-shared/runs/index.ts'

/** A run that has ended, as a notification tells it. */
export interface Ended {
  readonly project: string
  readonly run: string
  readonly workflow: string
  readonly status: 'succeeded' | 'failed'
  readonly durationMs: number | null
  readonly counts: RunCounts
}

export interface Notice {
  readonly title: string
  readonly body: string
  /** Where a click leads */
  readonly route: string
}

/** Names that a notification of several runs holds. */
const NAMES = 3

/** One notification for runs that ended about the same time; null for none. */
export function noticeFor(runs: readonly Ended[]): Notice | null {
  const [first] = runs
  if (first === undefined) return null
  if (runs.length === 1) {
    return {
      title: `${first.workflow} ${first.status}`,
      body: bodyOf(first),
      route: `/runs/${first.run}?project=${first.project}`,
    }
  }
  const failed = runs.filter(({ status }) => status === 'failed').length
  const names = [...new Set(runs.map(({ workflow }) => workflow))]
  const rest = names.length - NAMES
  const parts = [
    ...(failed < runs.length ? [`${runs.length - failed} succeeded`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return {
    title: `${runs.length} runs ended: ${parts.join(', ')}`,
    body: names.slice(0, NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : ''),
    route: `/runs?project=${first.project}${failed > 0 && failed < runs.length ? '&status=failed' : ''}`,
  }
}

/** How the steps of a failed run ended says how much of it is left. */
function bodyOf({ run, status, durationMs, counts }: Ended): string {
  const took = durationMs === null ? '' : `, after ${durationOf(durationMs)}`
  return `Run ${run}${took}${status === 'failed' ? `: ${progressWords(counts, status)}` : ''}`
}

const SECOND_MS = 1000
const MINUTE_S = 60
const HOUR_S = 3600

function durationOf(ms: number): string {
  const seconds = ms / SECOND_MS
  if (seconds < MINUTE_S) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < HOUR_S) return `${Math.floor(whole / MINUTE_S)} min ${whole % MINUTE_S} s`
  return `${Math.floor(whole / HOUR_S)} h ${Math.floor((whole % HOUR_S) / MINUTE_S)} min`
}
