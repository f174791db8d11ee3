import { lastRound } from '../../../../src-shared/runs/index.ts'
import { inOrder, type StepBook } from '../data/step-book.ts'
import { durationOf, queueTime, type RoundStarts } from '../data/step-times.ts'
import { factsOf } from './rows.ts'

const HEAD = [
  'step',
  'item',
  'status',
  'attempts',
  'started',
  'finished',
  'queued_ms',
  'duration_ms',
  'exit_code',
  'signal',
  'cpu_ms',
  'peak_memory_bytes',
  'cache',
  'reason',
]

/** All steps and items of a run as a table for spreadsheets: RFC 4180, times in UTC, durations in ms, sizes in bytes. */
export function csvOf(book: StepBook, starts: RoundStarts): string {
  const lines = [HEAD.join(',')]
  for (const step of inOrder(book)) {
    const { times } = factsOf(step, book, starts)
    const last = step.executions.at(-1)
    lines.push(
      [
        step.key,
        step.item === undefined ? (step.call?.brief ?? '') : JSON.stringify(step.item),
        step.status,
        lastRound(step).length,
        isoOf(times.startedAt),
        isoOf(times.finishedAt),
        queueTime(times),
        durationOf(times),
        last?.exitCode,
        last?.signal,
        last?.usage?.cpuMs,
        last?.usage?.peakMemoryBytes,
        last?.cache === undefined ? '' : last.cache.hit ? 'hit' : 'miss',
        last?.error?.message ?? step.why ?? '',
      ]
        .map(cell)
        .join(','),
    )
  }
  return `${lines.join('\r\n')}\r\n`
}

const isoOf = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString())

/** A text that a spreadsheet would take for a formula is given a leading quote, as OWASP advises. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
