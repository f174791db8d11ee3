import { Tooltip } from '@mantine/core'
import type { RunSummary } from '../../../src-shared/contract/index.ts'
import { formatCount, plural } from '../../ui/format.ts'
import classes from './list.module.css'

/** How far a run is: done of all, with what failed. */
export function RunProgress({ counts, status }: Pick<RunSummary, 'counts' | 'status'>) {
  const { total, done, failed, dropped } = counts
  const bad = failed + dropped
  const share = (count: number): string => `${total === 0 ? 0 : (100 * count) / total}%`
  const text = `${formatCount(done)} of ${plural(total, 'step')} done${bad > 0 ? `, ${formatCount(bad)} failed` : ''}`
  return (
    <Tooltip label={text}>
      <span className={classes.progress}>
        <span className={classes.bar} data-status={status} aria-hidden>
          <span className={classes.done} style={{ width: share(Math.max(0, done - bad)) }} />
          <span className={classes.failed} style={{ width: share(bad) }} />
        </span>
        <span className="tabular dim" aria-hidden>
          {formatCount(done)}/{formatCount(total)}
        </span>
        <span className="visually-hidden">{text}</span>
      </span>
    </Tooltip>
  )
}
