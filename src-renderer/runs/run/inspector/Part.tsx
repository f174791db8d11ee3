import type { ReactNode } from 'react'
import classes from './inspector.module.css'

/** A part of the inspector under a heading. */
export function Part(props: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes.part} aria-label={props.title}>
      <header className={classes.partHead}>
        <h3 className={classes.partTitle}>{props.title}</h3>
        {props.actions}
      </header>
      {props.children}
    </section>
  )
}
