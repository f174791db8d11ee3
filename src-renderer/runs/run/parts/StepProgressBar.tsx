import { formatCount } from '../../../ui/format.ts'
import classes from './parts.module.css'
import { progressOf } from './progress.ts'

interface StepProgressBarProps {
  /** What the executor or the code tells */
  readonly told: string
  /** With its counts, where there is room */
  readonly isWide?: boolean
}

const PERCENT = 100

/** How far a step is: a bar with its share where there is something to count to, else its words. */
export function StepProgressBar({ told, isWide = false }: StepProgressBarProps) {
  const progress = progressOf(told)
  if (progress === null) return <span className="truncate">{told}</span>
  const { done, total, share, text } = progress
  const percent = Math.floor(PERCENT * share)
  return (
    <span className={classes.stepProgress} data-wide={isWide || undefined}>
      <span
        className={classes.stepTrack}
        role="progressbar"
        aria-label="How far it is"
        aria-valuemin={0}
        aria-valuemax={PERCENT}
        aria-valuenow={percent}
        aria-valuetext={told}
      >
        <span style={{ width: `${PERCENT * share}%` }} />
      </span>
      <span className={`${classes.percent} tabular`}>{percent} %</span>
      {isWide && (
        <span className="dim tabular">
          {formatCount(done)} of {formatCount(total)}
        </span>
      )}
      {text !== '' && <span className="dim truncate">{text}</span>}
    </span>
  )
}
