import type { ReactNode } from 'react'
import classes from './Settings.module.css'

interface SettingProps {
  readonly label: string
  readonly help?: ReactNode
  /** Of the control, so that the label belongs to it */
  readonly id?: string
  readonly children: ReactNode
}

/** One setting: what it is and does on the left, its control on the right. */
export function Setting({ label, help, id, children }: SettingProps) {
  return (
    <div className={classes.setting}>
      <div className={classes.what}>
        {id === undefined ? (
          <span className={classes.label}>{label}</span>
        ) : (
          <label className={classes.label} htmlFor={id}>
            {label}
          </label>
        )}
        {help !== undefined && <div className={classes.help}>{help}</div>}
      </div>
      <div className={classes.control}>{children}</div>
    </div>
  )
}
