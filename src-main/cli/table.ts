import Table from 'cli-table3'
import stringWidth from 'string-width'

/** Space between columns. */
const GAP = '  '
/** A column that is cut to fit keeps at least this many characters. */
const MIN_CUT_WIDTH = 8

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
}

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Cut first when the terminal is too narrow, e.g. a sentence or a path */
  readonly flexible?: boolean
}

/** Cells hold one line each: what would break the table is shown as a space. */
const oneLine = (cell: string): string => cell.replace(/[\r\n\t]+/g, ' ')

/**
 * Rows under headings, without borders, so that it can be read and cut with common tools.
 * @param width columns of the terminal: flexible columns are cut to fit; Infinity in a pipe, where nothing is cut
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')))
  const natural = columns.map((column, index) =>
    Math.max(stringWidth(column.title), 0, ...cells.map((row) => stringWidth(row[index] ?? ''))),
  )
  const table = new Table({
    head: columns.map((column) => column.title),
    colWidths: fittedWidths(natural, columns, width),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  table.push(...cells)
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function fittedWidths(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const widths = [...natural]
  let over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1) - width
  for (const [index, column] of columns.entries()) {
    const current = widths[index] ?? 0
    if (over <= 0 || column.flexible !== true) continue
    const cut = Math.min(over, Math.max(0, current - MIN_CUT_WIDTH))
    widths[index] = current - cut
    over -= cut
  }
  return widths
}

/** `name  value` lines, names padded to one width; for the details of one thing. */
export function renderFields(fields: readonly (readonly [string, string | null | undefined])[]): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] != null && field[1] !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}${GAP}${value}`).join('\n')
}
