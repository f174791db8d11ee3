import { type ReactNode, useEffect } from 'react'
import classes from './Screen.module.css'

interface ScreenProps {
  readonly title: string
  /** In place of the title as a text, e.g. a link with it */
  readonly heading?: ReactNode
  /** Beside the title: status, identifiers */
  readonly facts?: ReactNode
  /** Filters and search of a list */
  readonly filters?: ReactNode
  /** Buttons; the primary one last */
  readonly actions?: ReactNode
  /** Content keeps a margin and scrolls as a page; otherwise it fills the screen and scrolls inside itself */
  readonly page?: boolean
  readonly children: ReactNode
}

/** The frame of every screen: a heading with its actions, and the content below. */
export function Screen({ title, heading, facts, filters, actions, page = false, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Weir`
  }, [title])
  return (
    <section className={classes.screen} aria-label={title}>
      <header className={classes.head}>
        <h1 className={`${classes.title} truncate`}>{heading ?? title}</h1>
        {facts !== undefined && <div className={classes.facts}>{facts}</div>}
        {filters !== undefined && <div className={classes.filters}>{filters}</div>}
        <div className={classes.spring} />
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={page ? classes.page : classes.fill}>
        {page ? <div className={classes.column}>{children}</div> : children}
      </div>
    </section>
  )
}

/** A part of a page with a heading of its own; parts are divided by hairlines, not by boxes. */
export function Section(props: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={props.title}>
      <header className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{props.title}</h2>
        {props.actions}
      </header>
      {props.children}
    </section>
  )
}
