import classes from './table.module.css'
import type { Column } from './types.ts'

const COUNT = 12
/** Widths in percent, so that the rows do not look like a wall. */
const WIDTHS = [72, 54, 88, 61, 79, 46]

interface SkeletonsProps<T> {
  readonly columns: readonly Column<T>[]
  readonly isNarrow: boolean
  readonly hasTicks: boolean
}

/** Rows before there are any. They fade in late: what comes at once needs no announcement. */
export function Skeletons<T>({ columns, isNarrow, hasTicks }: SkeletonsProps<T>) {
  return (
    <div className={classes.skeletons} aria-hidden>
      {Array.from({ length: COUNT }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change their order
        <div key={row} className={isNarrow ? classes.card : classes.row}>
          {hasTicks && <span />}
          {(isNarrow ? columns.slice(0, 1) : columns).map((column, i) => (
            <span key={column.id} className={classes.cell}>
              <span className={classes.skeleton} style={{ width: `${WIDTHS[(row + i) % WIDTHS.length]}%` }} />
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}
