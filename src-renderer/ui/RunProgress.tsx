import { Tooltip } from '@mantine/core'
import type { RunSummary } from '../../src-shared/contract/index.ts'
import { progressWords } from '../../src-shared/runs/index.ts'
import { formatCount } from './format.ts'
import classes from './RunProgress.module.css'

interface RunProgressProps extends Pick<RunSummary, 'counts' | 'status'> {
  /** With the sentence beside it, where there is room */
  readonly isWide?: boolean
}

/** How far a run is, and how its steps ended: a bar in parts, and the same in words. */
export function RunProgress({ counts, status, isWide = false }: RunProgressProps) {
  const { total, done, succeeded, failed, skipped, cancelled } = counts
  const text = progressWords(counts, status, formatCount)
  const part = (count: number): string => `${total === 0 ? 0 : (100 * count) / total}%`
  const bar = (
    <span className={classes.bar} aria-hidden>
      <span style={{ width: part(succeeded), background: 'var(--weir-succeeded)' }} />
      <span style={{ width: part(failed), background: 'var(--weir-failed)' }} />
      <span style={{ width: part(skipped), background: 'var(--weir-skipped)' }} />
      <span style={{ width: part(cancelled), background: 'var(--weir-cancelled)' }} />
    </span>
  )
  if (isWide) {
    return (
      <span className={classes.progress} data-wide>
        <span
          role="progressbar"
          aria-label="Steps that have ended"
          aria-valuenow={done}
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuetext={text}
        >
          {bar}
        </span>
        <span className="tabular">{text}</span>
      </span>
    )
  }
  return (
    <Tooltip label={text}>
      <span className={classes.progress}>
        {bar}
        <span className="tabular dim" aria-hidden>
          {formatCount(done)}/{formatCount(total)}
        </span>
        <span className="visually-hidden">{text}</span>
      </span>
    </Tooltip>
  )
}
