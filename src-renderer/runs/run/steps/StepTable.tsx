import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { RoundStarts } from '../data/step-times.ts'
import type { Column } from './columns.ts'
import type { Row, RowWishes } from './rows.ts'
import { StepRow } from './StepRow.tsx'
import classes from './steps.module.css'

interface StepTableProps {
  readonly rows: readonly Row[]
  readonly columns: readonly Column[]
  readonly starts: RoundStarts
  readonly sort: RowWishes['sort']
  readonly onSort: (sort: RowWishes['sort']) => void
  /** Null where rows are a flat list */
  readonly expanded: ReadonlySet<string> | null
  readonly onToggle: (key: string) => void
  readonly selected: string | undefined
  readonly onSelect: (key: string) => void
  /** Another one: other rows, which are read from their beginning */
  readonly topic: string
}

const ROW_PX = 32
const GAP_PX = 14
/** Rows that are kept beyond what is seen, so that a quick scroll finds them there. */
const OVERSCAN = 12

/** A grid of which only the rows exist that are seen. j/k or arrows move, Enter opens, Space folds and unfolds. */
export function StepTable(props: StepTableProps) {
  const { rows, columns, sort, onSort, expanded, selected } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  })
  const { at, onKeyDown } = useActiveRow(props, scroller, virtual)
  const minWidth = columns.reduce(
    (sum, { width }) => sum + Number.parseInt(width.replace('minmax(', ''), 10) + GAP_PX,
    0,
  )
  const gridTemplateColumns = columns.map(({ width }) => width).join(' ')
  return (
    <div
      ref={scroller}
      className={classes.grid}
      role="grid"
      aria-label="Steps"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={rows.length === 0 ? undefined : `${id}-${at}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns, minWidth }}>
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
      <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize(), minWidth }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return (
            row !== undefined && (
              <StepRow
                key={row.key}
                id={`${id}-${index}`}
                index={index}
                row={row}
                top={start}
                columns={columns}
                template={gridTemplateColumns}
                starts={props.starts}
                isActive={index === at}
                isSelected={row.key === selected}
                isExpanded={expanded === null ? null : expanded.has(row.key)}
                onToggle={props.onToggle}
                onSelect={props.onSelect}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

interface Scroller {
  scrollToIndex(index: number, options: { align: 'auto' }): void
  scrollToOffset(offset: number): void
}

/** The row that keys act on. It follows what is selected, and begins anew with other rows. */
function useActiveRow(props: StepTableProps, scroller: RefObject<HTMLDivElement | null>, virtual: Scroller) {
  const { rows, selected, topic, expanded, onSelect, onToggle } = props
  const [active, setActive] = useState(() => Math.max(0, indexOf(rows, selected)))
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that come and go must not move what a person looks at
  useEffect(() => {
    const found = indexOf(rows, selected)
    if (found < 0) return
    setActive(found)
    virtual.scrollToIndex(found, { align: 'auto' })
  }, [selected])
  const before = useRef(topic)
  useEffect(() => {
    if (before.current === topic) return
    before.current = topic
    setActive(0)
    virtual.scrollToOffset(0)
  }, [topic, virtual])

  const at = Math.min(active, rows.length - 1)
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = keyTarget(event, at, rows.length, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX))
    if (next !== null) {
      event.preventDefault()
      setActive(next)
      virtual.scrollToIndex(next, { align: 'auto' })
      return
    }
    const row = rows[at]
    // Buttons in the grid (sorting, folding) take these keys themselves.
    if (event.target instanceof HTMLButtonElement && event.target !== event.currentTarget) return
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') onSelect(row.key)
    else if (isFold(event.key, expanded?.has(row.key) === true)) onToggle(row.key)
    else return
    event.preventDefault()
  }
  return { at, onKeyDown }
}

const indexOf = (rows: readonly Row[], key: string | undefined): number =>
  key === undefined ? -1 : rows.findIndex((row) => row.key === key)

const isFold = (key: string, isExpanded: boolean): boolean =>
  key === ' ' || (key === 'ArrowRight' && !isExpanded) || (key === 'ArrowLeft' && isExpanded)

function keyTarget(event: KeyboardEvent, at: number, count: number, page: number): number | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index))
  switch (event.key) {
    case 'j':
    case 'ArrowDown':
      return clamp(at + 1)
    case 'k':
    case 'ArrowUp':
      return clamp(at - 1)
    case 'PageDown':
      return clamp(at + page)
    case 'PageUp':
      return clamp(at - page)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

interface HeadCellProps {
  readonly column: Column
  readonly sort: RowWishes['sort']
  readonly onSort: (sort: RowWishes['sort']) => void
}

/** Sorts up, then down, then as the definition has it. */
function HeadCell({ column: { id, title, isNumber, isCompact }, sort, onSort }: HeadCellProps) {
  const descending = sort?.by === id ? sort.descending : null
  const next = descending === null ? { by: id, descending: false } : descending ? null : { by: id, descending: true }
  return (
    <div
      role="columnheader"
      aria-sort={descending === null ? 'none' : descending ? 'descending' : 'ascending'}
      className={isNumber === true ? classes.numberHead : classes.headCell}
    >
      <button type="button" className={classes.sort} onClick={() => onSort(next)}>
        <span className={isCompact === true ? 'visually-hidden' : undefined}>{title}</span>
        {descending !== null && (descending ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
      </button>
    </div>
  )
}
