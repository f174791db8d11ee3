import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useRef, useState } from 'react'
import { Empty } from '../../../ui/Notes.tsx'
import { useRunState } from '../data/run-store.ts'
import { useCalm } from '../data/use-calm.ts'
import type { Place } from '../place.ts'
import { CallRow } from './CallRow.tsx'
import { callTreeOf, foundRows, type TreeRow, treeRowsOf } from './call-tree.ts'
import classes from './calls.module.css'

interface CallTreeProps {
  readonly place: Place
  /** What is searched for; empty for all */
  readonly text: string
  readonly isNarrow: boolean
}

const ROW_PX = 30
const OVERSCAN = 12
/** From here on the rows are made anew now and then, not with every answer. */
const MANY = 300

/** Who called what, as a tree of which only the rows exist that are seen. Arrows move, fold and unfold, Enter opens. */
export function CallTree({ place, text, isNarrow }: CallTreeProps) {
  const { rows, toggled, toggle } = useRows(text)
  const [active, setActive] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  })
  const at = Math.min(active, Math.max(0, rows.length - 1))
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const next = keyTarget(event.key, at, rows)
    if (next !== null) {
      setActive(next)
      virtual.scrollToIndex(next, { align: 'auto' })
    } else if (event.key === 'Enter' && row.type === 'step') place.select(row.key)
    else if (row.isExpandable && isFold(event.key, isOpen(row, toggled))) toggle(row.key)
    else return
    event.preventDefault()
  }
  if (rows.length === 0) return <Empty title="No call is like that">Search for something else.</Empty>
  return (
    <div
      ref={scroller}
      className={classes.tree}
      role="tree"
      aria-label="Calls"
      tabIndex={0}
      aria-activedescendant={`${id}-${at}`}
      onKeyDown={onKeyDown}
    >
      <div className={classes.rows} role="none" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return (
            row !== undefined && (
              <CallRow
                key={row.key}
                id={`${id}-${index}`}
                row={row}
                top={start}
                isNarrow={isNarrow}
                isActive={index === at}
                isSelected={row.key === place.step}
                isExpanded={isOpen(row, toggled)}
                onToggle={toggle}
                onSelect={place.select}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

/** The rows that are in sight: of the whole tree, or of what is searched for. */
function useRows(text: string) {
  const liveBook = useRunState((state) => state.book)
  const book = useCalm(liveBook, liveBook.byKey.size > MANY)
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const wanted = useDeferredValue(text)
  const tree = useMemo(() => callTreeOf(book), [book])
  const rows = useMemo(
    () => (wanted.trim() === '' ? treeRowsOf(tree, book, toggled) : foundRows(tree, book, wanted)),
    [tree, book, toggled, wanted],
  )
  const toggle = (key: string): void => {
    const next = new Set(toggled)
    if (!next.delete(key)) next.add(key)
    setToggled(next)
  }
  return { rows, toggled, toggle }
}

/** Steps are open at first, bundles are not. */
const isOpen = (row: TreeRow, toggled: ReadonlySet<string>): boolean => toggled.has(row.key) === (row.type === 'bundle')

const isFold = (key: string, open: boolean): boolean =>
  key === ' ' || (key === 'ArrowRight' && !open) || (key === 'ArrowLeft' && open) || key === 'Enter'

function keyTarget(key: string, at: number, rows: readonly TreeRow[]): number | null {
  const last = rows.length - 1
  if (key === 'ArrowDown' || key === 'j') return Math.min(last, at + 1)
  if (key === 'ArrowUp' || key === 'k') return Math.max(0, at - 1)
  if (key === 'Home') return 0
  return key === 'End' ? last : null
}
