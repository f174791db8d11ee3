import { Tooltip } from '@mantine/core'
import type { RunSummary } from '../../src-shared/contract/index.ts'
import { progressWords } from '../../src-shared/runs/index.ts'
import { formatCount } from './format.ts'
import classes from './RunProgress.module.css'

const NO_CALLS = { total: 0, done: 0, failed: 0, cancelled: 0 }

interface RunProgressProps extends Pick<RunSummary, 'counts' | 'status'> {
  /** With the sentence beside it, where there is room */
  readonly isWide?: boolean
}

/** How far a run is, and how its steps ended: a bar in parts, and the same in words. */
export function RunProgress({ counts, status, isWide = false }: RunProgressProps) {
  const { total, done, succeeded, failed, skipped, cancelled, items } = counts
  // A function ends well though calls of it did not: the bar of a run of code is made of its calls as well.
  const calls = items.calls > 0 ? items : NO_CALLS
  // Of a run that has ended all steps are done: what counts then is how many ended well.
  const hasEnded = status === 'succeeded' || status === 'failed' || status === 'cancelled'
  const text = progressWords(counts, status, formatCount)
  const parts = [
    [succeeded + calls.done - calls.failed - calls.cancelled, 'var(--weir-succeeded)'],
    [failed + calls.failed, 'var(--weir-failed)'],
    [skipped, 'var(--weir-skipped)'],
    [cancelled + calls.cancelled, 'var(--weir-cancelled)'],
  ] as const
  const bar = (
    <span className={classes.bar} aria-hidden>
      {parts.map(
        ([count, color]) =>
          count > 0 && (
            <span key={color} style={{ width: `${(100 * count) / (total + calls.total)}%`, background: color }} />
          ),
      )}
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
          {formatCount(hasEnded ? succeeded : done)}/{formatCount(total)}
        </span>
        <span className="visually-hidden">{text}</span>
      </span>
    </Tooltip>
  )
}
