import type { ReactNode } from 'react'
import classes from './settings.module.css'

interface RowProps {
  readonly title: string
  readonly about?: ReactNode
  readonly children: ReactNode
}

/** One setting or fact: what it is on the left, the control or the value on the right. */
export function Row({ title, about, children }: RowProps) {
  return (
    <div className={classes.row}>
      <div className={classes.rowText}>
        <div className={classes.rowTitle}>{title}</div>
        {about !== undefined && <div className={classes.rowAbout}>{about}</div>}
      </div>
      <div className={classes.rowControl}>{children}</div>
    </div>
  )
}
