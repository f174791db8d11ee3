import classes from './Status.module.css'
import { type AnyStatus, statusLooks } from './status.ts'

interface StatusProps {
  readonly status: AnyStatus
  /** Only the shape; the word is still there for screen readers */
  readonly compact?: boolean
  readonly size?: number
}

export function Status({ status, compact = false, size = 15 }: StatusProps) {
  const { word, color, icon: Icon, moves } = statusLooks[status]
  return (
    <span className={classes.status} style={{ color }} title={compact ? word : undefined}>
      <Icon size={size} stroke={2} aria-hidden className={moves === true ? classes.moving : undefined} />
      <span className={compact ? 'visually-hidden' : classes.word}>{word}</span>
    </span>
  )
}
