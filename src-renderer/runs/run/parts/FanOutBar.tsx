import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { formatCount } from '../../../ui/format.ts'
import classes from './parts.module.css'

/** How far a fan-out is: what succeeded, what failed, what is open. */
export function FanOutBar({ fanOut }: { readonly fanOut: NonNullable<RunStep['fanOut']> }) {
  const { total, done, succeeded, failed } = fanOut
  const part = (count: number): string => `${total === 0 ? 0 : (count / total) * 100}%`
  return (
    <span className={classes.fanOut} title={`${formatCount(done)} of ${formatCount(total)} items have ended`}>
      <span className={classes.fanOutTrack} aria-hidden>
        <span style={{ width: part(succeeded), background: 'var(--weir-succeeded)' }} />
        <span style={{ width: part(failed), background: 'var(--weir-failed)' }} />
        <span style={{ width: part(done - succeeded - failed), background: 'var(--weir-skipped)' }} />
      </span>
      <span className="tabular">
        {formatCount(done)}/{formatCount(total)}
      </span>
    </span>
  )
}
