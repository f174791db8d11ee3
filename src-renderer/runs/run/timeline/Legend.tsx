import { useMemo } from 'react'
import { statusLooks } from '../../../ui/status.ts'
import { useHead, useRunState } from '../data/run-store.ts'
import { useCalm } from '../data/use-calm.ts'
import { useRoundStarts } from '../data/use-round-starts.ts'
import { type LegendEntry, legendOf } from './legend.ts'
import type { TimeRow } from './time-rows.ts'
import classes from './timeline.module.css'

/** What the bars mean that are there: each by its colour and its pattern. */
export function Legend({ rows }: { readonly rows: readonly TimeRow[] }) {
  const book = useCalm(
    useRunState((state) => state.book),
    true,
  )
  const { reruns } = useHead()
  const starts = useRoundStarts()
  const entries = useMemo(() => legendOf(rows, book, starts, reruns), [rows, book, starts, reruns])
  return (
    <ul className={classes.legend} aria-label="Legend">
      {entries.map((entry) => (
        <li key={`${entry.look} ${entry.word}`}>
          <span
            className={classes[entry.look]}
            style={{ '--tone': colorOf(entry) } as React.CSSProperties}
            aria-hidden
          />{' '}
          {entry.word}
        </li>
      ))}
    </ul>
  )
}

const colorOf = ({ status }: LegendEntry): string => (status === null ? 'var(--weir-line)' : statusLooks[status].color)
