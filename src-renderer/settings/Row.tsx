import type { ReactNode } from 'react'
import classes from './settings.module.css'

interface RowProps {
  readonly title: string
  readonly about?: ReactNode
  /** The id of the control that the title names; what is said about it has this id with `-about` */
  readonly control?: string
  /** What is wrong with what stands in it */
  readonly problem?: string | undefined
  readonly children: ReactNode
}

/** One setting or fact: what it is on the left, the control or the value on the right. */
export function Row({ title, about, control, problem, children }: RowProps) {
  return (
    <div className={classes.row}>
      <div className={classes.rowText}>
        {control === undefined ? (
          <div className={classes.rowTitle}>{title}</div>
        ) : (
          <label htmlFor={control} className={classes.rowTitle}>
            {title}
          </label>
        )}
        <div id={control === undefined ? undefined : `${control}-about`}>
          {about !== undefined && <div className={classes.rowAbout}>{about}</div>}
          {problem !== undefined && <div className={classes.rowProblem}>{problem}</div>}
        </div>
      </div>
      <div className={classes.rowControl}>{children}</div>
    </div>
  )
}
