import type { ReactNode } from 'react'
import classes from './inspector.module.css'

interface SectionProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of the inspector; parts are divided by hairlines. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <header className={classes.sectionHead}>
        <h2>{title}</h2>
        {aside}
      </header>
      <div className={classes.fields}>{children}</div>
    </section>
  )
}
