/** Reading the weather table: what every step that opens a CSV file shares. */
import { readFileSync } from 'node:fs'

export const COLUMNS = ['date', 'precipitation', 'temp_max', 'temp_min', 'wind', 'weather']
export const NUMBERS = ['precipitation', 'temp_max', 'temp_min', 'wind']

/** Ends the step with a sentence instead of a stack: the data is at fault, not the script. */
export const refuse = (message) => {
  console.error(message)
  process.exit(1)
}

/** Lines of a CSV file: the cells of its header, and for each further line its number (from 1) and its cells. */
export const readCsv = (path) => {
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((text, i) => ({ line: i + 1, cells: text.split(',').map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const [header, ...rows] = lines
  return { header: header?.cells ?? [], rows }
}

/** Days of a table that check.mjs has passed; a cell without a value is null. */
export const readDays = (path) => {
  const { header, rows } = readCsv(path)
  const at = Object.fromEntries(header.map((name, i) => [name, i]))
  const number = (cells, name) => (cells[at[name]] === '' ? null : Number(cells[at[name]]))
  return rows.map(({ cells }) => ({
    date: cells[at.date],
    precipitation: number(cells, 'precipitation'),
    max: number(cells, 'temp_max'),
    min: number(cells, 'temp_min'),
    wind: number(cells, 'wind'),
    weather: cells[at.weather],
  }))
}
