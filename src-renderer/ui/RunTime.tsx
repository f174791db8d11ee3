import type { RunSummary } from '../../src-shared/contract/index.ts'
import { formatDuration } from './format.ts'
import { Elapsed } from './Time.tsx'

/** How long a run was at work: all its rounds, without the pauses before re-runs. Counts while it goes on. */
export function RunTime({ run }: { readonly run: Pick<RunSummary, 'durationMs' | 'startedAt' | 'earlierMs'> }) {
  const { durationMs, startedAt, earlierMs } = run
  if (startedAt === null && durationMs === null && earlierMs > 0) {
    return <span className="tabular">{formatDuration(earlierMs)}</span>
  }
  const from = startedAt === null ? null : new Date(Date.parse(startedAt) - earlierMs).toISOString()
  return <Elapsed ms={durationMs} from={from} />
}
