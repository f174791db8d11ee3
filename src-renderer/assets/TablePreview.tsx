import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { EngineUnreachable } from '../../src-shared/client/index.ts'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { formatCount, plural } from '../ui/format.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import type { Sorting } from './csv.ts'
import classes from './Table.module.css'
import type { FromTable, TableRow, ToTable } from './table-protocol.ts'

interface TablePreviewProps {
  readonly address: string
  readonly size: number
  readonly name: string
}

type Opened = Extract<FromTable, { type: 'opened' }>

const ROW = 26
/** Of the column with the numbers of the rows */
const LINE_WIDTH = 56
const PAGE = 200
const MIN_WIDTH = 64
const MAX_WIDTH = 320
const CHAR_WIDTH = 7.4

/** A table file of any length: its rows are held by a worker, and only those in sight are drawn. */
export function TablePreview(props: TablePreviewProps) {
  const [reading, setReading] = useState(0)
  return <OneReading key={reading} {...props} onAgain={() => setReading(reading + 1)} />
}

function OneReading({ address, size, name, onAgain }: TablePreviewProps & { readonly onAgain: () => void }) {
  const table = useTable(address, size)
  if (table.failure !== null)
    return <Failed what={`${name} could not be read`} error={table.failure} onRetry={onAgain} />
  if (table.opened === null) return <Loading what="Reading the table…" />
  return <Grid table={table} opened={table.opened} name={name} />
}

/** The error as the worker met it. */
function failureOf({ code, message, context }: Extract<FromTable, { type: 'failed' }>): Error {
  return code === null ? new EngineUnreachable('ECONNRESET', message) : new ProblemError(code, message, context)
}

interface TableState {
  readonly opened: Opened | null
  readonly failure: Error | null
  readonly sorting: Sorting | null
  readonly rows: ReadonlyMap<number, TableRow>
  want(from: number, to: number): void
  sort(sorting: Sorting | null): void
}

function useTable(newest: string, size: number): TableState {
  const [address] = useState(newest) // renewed while the table is shown; its rows are here already
  const worker = useRef<Worker | null>(null)
  const asked = useRef({ pages: new Set<number>(), turn: 0 })
  const [opened, setOpened] = useState<Opened | null>(null)
  const [failure, setFailure] = useState<Error | null>(null)
  const [sorting, setSorting] = useState<Sorting | null>(null)
  const [rows, setRows] = useState<ReadonlyMap<number, TableRow>>(new Map())
  useEffect(() => {
    const one = new Worker(new URL('./csv.worker.ts', import.meta.url), { type: 'module' })
    worker.current = one
    asked.current = { pages: new Set(), turn: 0 }
    setOpened(null)
    setRows(new Map())
    one.onmessage = ({ data }: MessageEvent<FromTable>) => {
      if (data.type === 'opened') setOpened(data)
      else if (data.type === 'failed') setFailure(failureOf(data))
      else if (data.type === 'sorted') setSorting(data.sorting)
      else if (data.turn === asked.current.turn)
        setRows((before) => new Map([...before, ...data.rows.map((row, index) => [data.from + index, row] as const)]))
    }
    const message: ToTable = { type: 'open', address: new URL(address, location.href).href, size }
    one.postMessage(message)
    return () => one.terminate()
  }, [address, size])
  return {
    opened,
    failure,
    sorting,
    rows,
    want(from, to) {
      for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
        if (asked.current.pages.has(page)) continue
        asked.current.pages.add(page)
        const message: ToTable = { type: 'rows', from: page * PAGE, to: (page + 1) * PAGE, turn: asked.current.turn }
        worker.current?.postMessage(message)
      }
    },
    sort(next) {
      asked.current = { pages: new Set(), turn: asked.current.turn + 1 }
      setRows(new Map())
      worker.current?.postMessage({ type: 'sort', sorting: next } satisfies ToTable)
    },
  }
}

function Grid({ table, opened, name }: { readonly table: TableState; readonly opened: Opened; readonly name: string }) {
  const scroller = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: opened.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const from = items[0]?.index ?? 0
  const to = (items.at(-1)?.index ?? -1) + 1
  useEffect(() => table.want(from, to))
  const widths = useWidths(opened, table.rows)
  const columns = [`${LINE_WIDTH}px`, ...widths.map((width) => `${width}px`)].join(' ')
  const width = LINE_WIDTH + widths.reduce((sum, one) => sum + one, 0)
  return (
    <div className={classes.table}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label={name}>
        <table className={classes.grid} aria-rowcount={opened.count + 1} style={{ width }}>
          <thead className={classes.head}>
            <tr className={classes.titles} style={{ gridTemplateColumns: columns }}>
              <th className={classes.line} scope="col">
                <span className="visually-hidden">Row</span>
              </th>
              {opened.header.map((title, column) => (
                <Head
                  key={keyOf(column)}
                  title={title}
                  column={column}
                  isNumeric={opened.numeric[column] === true}
                  table={table}
                />
              ))}
            </tr>
          </thead>
          <tbody className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => (
              <tr
                key={index}
                className={classes.row}
                style={{ transform: `translateY(${start}px)`, gridTemplateColumns: columns }}
                aria-rowindex={index + 2}
              >
                <Cells row={table.rows.get(index)} opened={opened} />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <footer className={classes.foot}>
        {plural(opened.count, 'row')}, {plural(opened.columns, 'column')}
        {opened.columns > opened.header.length &&
          `, of which the first ${formatCount(opened.header.length)} are shown; save the file to have all of them`}
        {!opened.isWhole && ' of the first 96 MiB; save the file to have all of it'}
        {opened.problem !== null && <span className={classes.problem}>{opened.problem}</span>}
      </footer>
    </div>
  )
}

function Cells({ row, opened }: { readonly row: TableRow | undefined; readonly opened: Opened }) {
  return (
    <>
      <td className={classes.line}>{row?.line ?? ''}</td>
      {opened.header.map((_, column) => (
        <td
          key={keyOf(column)}
          className={classes.cell}
          data-numeric={opened.numeric[column] || undefined}
          title={row?.cells[column]}
        >
          {row?.cells[column]?.replace(/\r?\n/g, ' ⏎ ') ?? ''}
        </td>
      ))}
    </>
  )
}

/** Columns have no other name that is theirs alone. */
const keyOf = (column: number): string => `column ${column}`

interface HeadProps {
  readonly title: string
  readonly column: number
  readonly isNumeric: boolean
  readonly table: TableState
}

function Head({ title, column, isNumeric, table }: HeadProps) {
  const { sorting } = table
  const isSorted = sorting?.column === column
  const next = !isSorted
    ? { column, isDescending: false }
    : sorting.isDescending
      ? null
      : { column, isDescending: true }
  const name = title === '' ? `Column ${formatCount(column + 1)}` : title
  return (
    <th scope="col" aria-sort={isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className={classes.title}
        data-numeric={isNumeric || undefined}
        title={name}
        onClick={() => table.sort(next)}
      >
        <span className="truncate">{name}</span>
        {isSorted &&
          (sorting.isDescending ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
      </button>
    </th>
  )
}

/** Wide enough for the title and the first rows; set once, so that nothing moves while one scrolls. */
function useWidths(opened: Opened, rows: ReadonlyMap<number, TableRow>): readonly number[] {
  const [widths, setWidths] = useState<readonly number[] | null>(null)
  const first = rows.get(0)
  useEffect(() => {
    if (widths !== null || first === undefined) return
    const looked = [...rows.values()].slice(0, PAGE)
    setWidths(
      opened.header.map((title, column) => {
        const most = looked.reduce(
          (longest, { cells }) => Math.max(longest, (cells[column] ?? '').length),
          title.length + 2,
        )
        return Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, most * CHAR_WIDTH + 20)))
      }),
    )
  }, [opened, rows, first, widths])
  return widths ?? opened.header.map(() => 120)
}
