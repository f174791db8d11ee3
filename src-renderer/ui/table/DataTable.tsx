import { useMediaQuery } from '@mantine/hooks'
import type { RowData } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { BulkBar } from './BulkBar.tsx'
import { ColumnsMenu, HeadCell } from './Head.tsx'
import { Row } from './Row.tsx'
import { SelectAll } from './SelectAll.tsx'
import { Skeletons } from './Skeletons.tsx'
import { stillThere } from './selection.ts'
import classes from './table.module.css'
import type { Column, MorePages } from './types.ts'
import { useAnchor } from './use-anchor.ts'
import { useTableKeys } from './use-table-keys.ts'
import { useTableState } from './use-table-state.ts'

export interface DataTableProps<T> {
  /** Under this name widths, columns and order are remembered */
  readonly name: string
  /** What the rows are, for screen readers: "Runs" */
  readonly label: string
  /** Memoised or constant */
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  /** By a click on the row, and by Enter */
  readonly onOpen: (row: T) => void
  /** How a row looks on a narrow screen */
  readonly card: (row: T) => ReactNode
  /** What can be done with the chosen rows, as buttons; absent: rows cannot be chosen */
  readonly bulk?: (rows: readonly T[], clear: () => void) => ReactNode
  /** True until the first rows are there */
  readonly isLoading?: boolean
  readonly more?: MorePages
  /** Shown instead of rows when there are none */
  readonly empty: ReactNode
  /** px; the height of a card is measured */
  readonly rowHeight?: number
}

const ROW = 32
const CARD = 76
/** Rows that are drawn beyond what is seen, so that quick scrolling shows no gaps. */
const OVERSCAN = 12
/** So many rows before the end the next page is asked for. */
const PREFETCH = 30

const NARROW = '(max-width: 700px)'

export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { label, bulk, isLoading = false, more, empty } = props
  const model = useDataTable(props)
  const { id, rows, chosen, select, keyboard, isNarrow, scroller } = model
  if (!isLoading && rows.length === 0) return <div className={classes.empty}>{empty}</div>
  return (
    <div className={classes.table} style={model.style}>
      {bulk !== undefined && chosen.length > 0 && (
        <BulkBar count={chosen.length} onClear={() => select(new Set())}>
          {bulk(chosen, () => select(new Set()))}
        </BulkBar>
      )}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={more?.hasMore === true ? -1 : rows.length + 1}
        aria-multiselectable={bulk !== undefined}
        aria-busy={isLoading}
        {...(keyboard.active === null ? {} : { 'aria-activedescendant': `${id}-${keyboard.active}` })}
        tabIndex={0}
        className={classes.scroller}
        data-narrow={isNarrow || undefined}
        onKeyDown={keyboard.onKeyDown}
      >
        {!isNarrow && <Heading {...{ props, model }} />}
        {isLoading && rows.length === 0 ? (
          <Skeletons columns={model.shown} isNarrow={isNarrow} hasTicks={bulk !== undefined} />
        ) : (
          <Body {...{ props, model }} />
        )}
        <Foot more={more} isSorted={model.table.state.sorting.length > 0} count={rows.length} />
      </div>
    </div>
  )
}

/** Rows in their order, which of them are drawn, chosen and under the keyboard. */
function useDataTable<T extends RowData>(props: DataTableProps<T>) {
  const { name, columns, rows: given, keyOf, onOpen, bulk, more, rowHeight = ROW } = props
  const id = useId()
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false }) ?? false
  const scroller = useRef<HTMLDivElement>(null)
  const { table, widths, isChanged, reset } = useTableState(name, columns, given, keyOf)
  const { rows } = table.getRowModel()
  const keys = useMemo(() => rows.map((row) => row.id), [rows])
  const [selected, select] = useSelection(keys)
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? CARD : rowHeight),
    getItemKey: (index) => keys[index] ?? index,
    overscan: OVERSCAN,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights of cards and of rows have nothing to do with each other
  useEffect(() => virtualizer.measure(), [isNarrow, virtualizer])
  useAnchor(virtualizer, keys)
  usePrefetch(more, virtualizer.getVirtualItems().at(-1)?.index ?? 0, rows.length)
  const keyboard = useTableKeys({
    keys,
    selected,
    select: bulk === undefined ? null : select,
    open: (index) => {
      const row = rows[index]
      if (row !== undefined) onOpen(row.original)
    },
    scrollTo: (index) => virtualizer.scrollToIndex(index),
    page: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2),
  })
  const visible = table
    .getVisibleLeafColumns()
    .map((leaf) => leaf.id)
    .join(' ')
  // The same array while the same columns are shown: rows that scroll by are drawn anew only for a reason.
  const shown = useMemo(
    () => visible.split(' ').flatMap((id) => columns.find((one) => one.id === id) ?? []),
    [visible, columns],
  )
  const style = {
    '--tracks': tracksOf(shown, widths, bulk !== undefined),
    '--table-row': `${rowHeight}px`,
    '--table-min': `${leastWidth(shown, widths, bulk !== undefined)}px`,
  } as CSSProperties
  const chosen = rows.filter((row) => selected.has(row.id)).map((row) => row.original)
  return {
    ...{ id, isNarrow, scroller, table, isChanged, reset, rows, keys, selected, select },
    ...{ virtualizer, keyboard, shown, style, chosen },
  }
}

interface PartProps<T extends RowData> {
  readonly props: DataTableProps<T>
  readonly model: ReturnType<typeof useDataTable<T>>
}

function Heading<T extends RowData>({ props: { columns, bulk }, model }: PartProps<T>) {
  const { table, keys, selected, select, isChanged, reset } = model
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" className={classes.row} aria-rowindex={1}>
        {bulk !== undefined && <SelectAll keys={keys} selected={selected} onSelect={select} />}
        {table.getLeafHeaders().flatMap((header) => {
          const column = columns.find((one) => one.id === header.id)
          return column === undefined ? [] : <HeadCell key={header.id} {...{ column, header }} />
        })}
        <div role="columnheader" className={classes.end} aria-label="Columns">
          <ColumnsMenu columns={columns} table={table} isChanged={isChanged} onReset={reset} />
        </div>
      </div>
    </div>
  )
}

function Body<T extends RowData>({ props: { bulk, card, onOpen }, model }: PartProps<T>) {
  const { id, rows, virtualizer, keyboard, selected, isNarrow, shown } = model
  return (
    <div role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, start, key }) => {
        const row = rows[index]
        if (row === undefined) return null
        return (
          <Row
            key={key}
            {...{ index, start, isNarrow, columns: shown, card, row: row.original }}
            id={`${id}-${row.id}`}
            isActive={keyboard.active === row.id}
            isSelected={selected.has(row.id)}
            measure={isNarrow ? virtualizer.measureElement : undefined}
            onTick={bulk === undefined ? null : (isRange) => keyboard.onTick(row.id, isRange)}
            onOpen={() => {
              keyboard.setActive(row.id)
              onOpen(row.original)
            }}
          />
        )
      })}
    </div>
  )
}

/** Asks for the next page before its rows are seen. */
function usePrefetch(more: MorePages | undefined, last: number, count: number): void {
  const isDue = more?.hasMore === true && !more.isLoading && last >= count - PREFETCH
  useEffect(() => {
    if (isDue) more.load()
  }, [isDue, more])
}

/** What is chosen, among the rows that are there. */
function useSelection(keys: readonly string[]) {
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const there = useMemo(() => stillThere(selected, keys), [selected, keys])
  return [there, select] as const
}

const TICK_WIDTH = 36
const END_WIDTH = 40

/** Widths of the columns for CSS: the one that grows takes what is left, else the end does. */
function tracksOf<T>(
  columns: readonly Column<T>[],
  widths: Readonly<Record<string, number>>,
  hasTicks: boolean,
): string {
  const grows = columns.some((column) => column.grows === true && widths[column.id] === undefined)
  const tracks = columns.map(({ id, width, grows: isGrowing }) =>
    isGrowing === true && widths[id] === undefined ? `minmax(${width}px, 1fr)` : `${widths[id] ?? width}px`,
  )
  const end = grows ? `${END_WIDTH}px` : `minmax(${END_WIDTH}px, 1fr)`
  return [...(hasTicks ? [`${TICK_WIDTH}px`] : []), ...tracks, end].join(' ')
}

/** px below which the columns are scrolled sideways. */
const leastWidth = <T,>(
  columns: readonly Column<T>[],
  widths: Readonly<Record<string, number>>,
  hasTicks: boolean,
): number =>
  columns.reduce((sum, { id, width }) => sum + (widths[id] ?? width), (hasTicks ? TICK_WIDTH : 0) + END_WIDTH)

interface FootProps {
  readonly more: MorePages | undefined
  readonly isSorted: boolean
  readonly count: number
}

function Foot({ more, isSorted, count }: FootProps) {
  if (more === undefined || !more.hasMore) return null
  return (
    <div className={classes.foot} role="presentation">
      {more.isLoading ? 'Loads more.' : ''} {isSorted && `Sorted are the ${count.toLocaleString()} that are loaded.`}
    </div>
  )
}
