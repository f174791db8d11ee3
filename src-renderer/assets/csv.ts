import Papa from 'papaparse'

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How many columns there are in the file; `header` and what is drawn of a row have no more than {@link MOST_COLUMNS} */
  readonly columns: number
  /** By column: holds nothing but numbers (and gaps) */
  readonly numeric: readonly boolean[]
  /** What the parser complained of, e.g. a quote without an end */
  readonly problem: string | null
}

/** Columns that are drawn. A row of 10,000 cells stops a window for seconds, one of a lost quote's 2,000,000 for good. */
export const MOST_COLUMNS = 300
/** Characters of a field that are drawn; all of them are in the file, and on screen a field is a line of 40. */
const MOST_CHARACTERS = 2_000

/** What is drawn of a row. */
export const drawn = (row: readonly string[]): string[] =>
  row
    .slice(0, MOST_COLUMNS)
    .map((cell) => (cell.length > MOST_CHARACTERS ? `${cell.slice(0, MOST_CHARACTERS)}…` : cell))

/** What a number looks like in a table; no thousands, which are a matter of the country. */
const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$|^\s*(nan|inf|-inf)\s*$/i
/** A long table is judged by its first rows and by some of the rest. */
const JUDGED_ROWS = 2_000

const PROBLEMS: Readonly<Record<string, string>> = {
  MissingQuotes: 'A quoted field has no end',
  InvalidQuotes: 'A quote stands inside of a field that is not quoted',
}

/** Reads comma, semicolon, tab or bar separated text; the first row names the columns. */
export function parseTable(text: string, isWhole: boolean): Table {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), {
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', '\t', ';', '|'],
  })
  // The last line of a text that was cut is cut, too.
  if (!isWhole && data.length > 1) data.pop()
  const [header = [], ...rows] = data
  const width = rows.reduce((most, row) => Math.max(most, row.length), header.length)
  const titles = drawn(header)
  const names = Array.from({ length: Math.min(width, MOST_COLUMNS) }, (_, index) => titles[index] ?? '')
  const error = errors.find(({ type, code }) => type === 'Quotes' && (isWhole || code !== 'MissingQuotes'))
  return {
    header: names,
    rows,
    columns: width,
    numeric: names.map((_, column) => isNumeric(rows, column)),
    problem: error === undefined ? null : `${PROBLEMS[error.code] ?? error.message} (row ${(error.row ?? 0) + 1}).`,
  }
}

function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  const stride = Math.max(1, Math.floor(rows.length / JUDGED_ROWS))
  let hasAny = false
  for (let index = 0; index < rows.length; index += stride) {
    const cell = rows[index]?.[column]
    if (cell === undefined || cell === '') continue
    if (!NUMBER.test(cell)) return false
    hasAny = true
  }
  return hasAny
}

export interface Sorting {
  readonly column: number
  readonly isDescending: boolean
}

/** Positions of the rows in the order wanted; gaps last, equal rows in the order of the file. */
export function sortedRows(table: Table, sorting: Sorting | null): Uint32Array {
  const order = Uint32Array.from({ length: table.rows.length }, (_, index) => index)
  if (sorting === null) return order
  const { column, isDescending } = sorting
  const sign = isDescending ? -1 : 1
  const cells = table.rows.map((row) => row[column] ?? '')
  if (table.numeric[column] === true) {
    const numbers = Float64Array.from(cells, (cell) => (cell.trim() === '' ? Number.NaN : Number(cell)))
    return order.sort((a, b) => byNumber(numbers[a] ?? 0, numbers[b] ?? 0, sign) || a - b)
  }
  const compare = new Intl.Collator(undefined, { numeric: true }).compare
  return order.sort((a, b) => {
    const [left = '', right = ''] = [cells[a], cells[b]]
    if (left === '' || right === '') return left === right ? a - b : left === '' ? 1 : -1
    return sign * compare(left, right) || a - b
  })
}

function byNumber(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : Number.isNaN(a) ? 1 : -1
  return sign * (a - b)
}
