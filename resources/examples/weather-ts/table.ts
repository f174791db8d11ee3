/** Reading the weather table. */

const COLUMNS = ['date', 'precipitation', 'temp_max', 'temp_min', 'wind', 'weather'] as const
const NUMBERS = ['precipitation', 'temp_max', 'temp_min', 'wind'] as const
const DAY_MS = 86_400_000
/** After this many faults the rest would only hide the first. */
const FAULTS_SHOWN = 10

/** A day of the table; a cell without a value is null. Temperatures in °C, precipitation in mm, wind in m/s. */
export interface Day {
  date: string
  precipitation: number | null
  max: number | null
  min: number | null
  wind: number | null
}

export interface Summary {
  rows: number
  from: string
  to: string
  years: number[]
  missingDays: number
  missingCells: number
}

interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** Days and summary of a table. Throws an error that names the lines at fault. */
export function readTable(text: string): { days: Day[]; summary: Summary } {
  const rows = rowsOf(text)
  const faults = rows.flatMap(faultsOf)
  let missingDays = 0
  for (const [index, { line, cells }] of rows.entries()) {
    const before = rows[index - 1]
    if (before === undefined) continue
    const days = (Date.parse(cells['date'] ?? '') - Date.parse(before.cells['date'] ?? '')) / DAY_MS
    if (days <= 0) faults.push(`line ${line}: ${cells['date']} does not come after ${before.cells['date']}`)
    else missingDays += days - 1
  }
  if (faults.length > 0) {
    const more = faults.length > FAULTS_SHOWN ? `\n  and ${faults.length - FAULTS_SHOWN} more` : ''
    throw new Error(`The table has ${faults.length} faults:\n  ${faults.slice(0, FAULTS_SHOWN).join('\n  ')}${more}`)
  }
  const dates = rows.map(({ cells }) => cells['date'] ?? '')
  const missingCells = rows.flatMap(({ cells }) => NUMBERS.filter((name) => cells[name] === '')).length
  const years = [...new Set(dates.map((date) => Number(date.slice(0, 4))))]
  const summary = { rows: rows.length, from: dates[0] ?? '', to: dates.at(-1) ?? '', years, missingDays, missingCells }
  return { days: rows.map(dayOf), summary }
}

function rowsOf(text: string): Row[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, parts: line.split(',').map((cell) => cell.trim()) }))
    .filter(({ parts }) => parts.some((cell) => cell !== ''))
  const header = lines.shift()?.parts ?? []
  const absent = COLUMNS.filter((name) => !header.includes(name))
  if (absent.length > 0) throw new Error(`The table lacks the column ${absent.join(', ')}.`)
  if (lines.length === 0) throw new Error('The table has a header but no days.')
  return lines.map(({ line, parts }) => ({
    line,
    cells: Object.fromEntries(header.map((name, index) => [name, parts[index] ?? ''])),
  }))
}

function faultsOf({ line, cells }: Row): string[] {
  const faults: string[] = []
  for (const name of NUMBERS) {
    const text = cells[name] ?? ''
    if (text !== '' && !Number.isFinite(Number(text)))
      faults.push(`line ${line}: ${name} is "${text}", which is no number`)
  }
  if (!isDate(cells['date'] ?? '')) faults.push(`line ${line}: "${cells['date']}" is not a date of the form 2012-01-31`)
  const { max, min, precipitation } = dayOf({ line, cells })
  if (max !== null && min !== null && max < min) faults.push(`line ${line}: temp_max ${max} is below temp_min ${min}`)
  if ((precipitation ?? 0) < 0) faults.push(`line ${line}: precipitation is below zero`)
  return faults
}

/** A day of the calendar: the way through Date and back changes a day that does not exist, such as 30 February. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

function dayOf({ cells }: Row): Day {
  const number = (name: string): number | null => (cells[name] === '' ? null : Number(cells[name]))
  return {
    date: cells['date'] ?? '',
    precipitation: number('precipitation'),
    max: number('temp_max'),
    min: number('temp_min'),
    wind: number('wind'),
  }
}
