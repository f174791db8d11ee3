import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { lastRound } from '../../../../src-shared/runs/index.ts'
import { formatBytes, formatDuration } from '../../../ui/format.ts'
import { durationOf, queueTime, type StepTimes } from '../data/step-times.ts'

/** What a row of the table of steps says, as a value to sort by and as a text to read. */
export interface Facts {
  readonly step: RunStep
  readonly times: StepTimes
}

export interface Column {
  readonly id: 'status' | 'step' | 'attempts' | 'started' | 'queued' | 'duration' | 'exit' | 'memory' | 'cpu' | 'cache'
  readonly title: string
  /** CSS width of its track */
  readonly width: string
  readonly isNumber?: boolean
  /** Only its shape is shown, where there is little room */
  readonly isCompact?: boolean
  /** Null comes last, whatever the order */
  readonly value: (facts: Facts) => string | number | null
  readonly text: (facts: Facts) => string
}

const STATUS_ORDER = [
  'failed',
  'running',
  'waiting',
  'queued',
  'blocked',
  'cancelled',
  'skipped',
  'cached',
  'succeeded',
]

const last = ({ step }: Facts) => step.executions.at(-1)
const exitOf = (facts: Facts): string | number | null => last(facts)?.signal ?? last(facts)?.exitCode ?? null
const peak = ({ step }: Facts): number | null =>
  most(lastRound(step).map(({ usage }) => usage?.peakMemoryBytes ?? null))
const cpu = ({ step }: Facts): number | null => most(lastRound(step).map(({ usage }) => usage?.cpuMs ?? null))
const cacheOf = (facts: Facts): string | null => {
  const cache = last(facts)?.cache
  return cache === undefined ? null : cache.hit ? 'hit' : 'miss'
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

const orDash = (value: number | null, write: (value: number) => string): string => (value === null ? '' : write(value))

export const columns: readonly Column[] = [
  {
    id: 'status',
    title: 'Status',
    width: '112px',
    value: ({ step }) => STATUS_ORDER.indexOf(step.status),
    text: ({ step }) => step.status,
  },
  {
    id: 'step',
    title: 'Step',
    width: 'minmax(180px, 1fr)',
    value: ({ step }) => step.key,
    text: ({ step }) => step.key,
  },
  {
    id: 'attempts',
    title: 'Attempts',
    width: '76px',
    isNumber: true,
    value: ({ step }) => lastRound(step).length,
    text: ({ step }) => orDash(lastRound(step).length || null, String),
  },
  {
    id: 'started',
    title: 'Started',
    width: '104px',
    isNumber: true,
    value: ({ times }) => times.startedAt,
    text: ({ times }) => orDash(times.startedAt, (at) => new Date(at).toLocaleTimeString()),
  },
  {
    id: 'queued',
    title: 'Queued',
    width: '84px',
    isNumber: true,
    value: ({ times }) => queueTime(times),
    text: ({ times }) => orDash(queueTime(times), formatDuration),
  },
  {
    id: 'duration',
    title: 'Duration',
    width: '92px',
    isNumber: true,
    value: ({ times }) => durationOf(times),
    text: ({ times }) => orDash(durationOf(times), formatDuration),
  },
  {
    id: 'exit',
    title: 'Exit',
    width: '72px',
    isNumber: true,
    value: exitOf,
    text: (facts) => String(exitOf(facts) ?? ''),
  },
  {
    id: 'memory',
    title: 'Peak memory',
    width: '100px',
    isNumber: true,
    value: peak,
    text: (facts) => orDash(peak(facts), formatBytes),
  },
  {
    id: 'cpu',
    title: 'CPU time',
    width: '84px',
    isNumber: true,
    value: cpu,
    text: (facts) => orDash(cpu(facts), formatDuration),
  },
  { id: 'cache', title: 'Cache', width: '64px', value: cacheOf, text: (facts) => cacheOf(facts) ?? '' },
]

export type ColumnId = Column['id']

/** On a phone the rest is in the sheet of the step. */
const NARROW: Partial<Record<ColumnId, Partial<Column>>> = {
  status: { width: '20px', isCompact: true },
  step: { width: 'minmax(140px, 1fr)' },
  duration: { width: '84px' },
}

export const narrowColumns: readonly Column[] = columns.flatMap((column) => {
  const changes = NARROW[column.id]
  return changes === undefined ? [] : [{ ...column, ...changes }]
})
