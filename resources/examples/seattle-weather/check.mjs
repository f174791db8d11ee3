/** node check.mjs FILE: writes summary.json {rows, from, to, years, missingDays, missingCells}, or says what is wrong with the table. */
import { writeFileSync } from 'node:fs'
import { COLUMNS, NUMBERS, readCsv, refuse } from './weather.mjs'

/** After this many faults the rest would only hide the first. */
const FAULTS_SHOWN = 10
const DAY_MS = 86_400_000

const [, , path] = process.argv
const { header, rows } = readCsv(path)

const absent = COLUMNS.filter((name) => !header.includes(name))
if (absent.length > 0) {
  refuse(`The table lacks the column ${absent.join(', ')}. Its first line must name: ${COLUMNS.join(', ')}.`)
}
if (rows.length === 0) refuse('The table has a header but no days.')

const column = Object.fromEntries(header.map((name, i) => [name, i]))
/** A day of the calendar: the way through Date and back changes a day that does not exist, such as 30 February. */
const isDate = (text) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

const faults = []
let missingCells = 0
let missingDays = 0
let before = null
for (const { line, cells } of rows) {
  if (cells.length !== header.length) {
    faults.push(`line ${line}: ${cells.length} cells, but the header has ${header.length}`)
    continue
  }
  for (const name of NUMBERS) {
    const text = cells[column[name]]
    if (text === '') missingCells += 1
    else if (!Number.isFinite(Number(text))) faults.push(`line ${line}: ${name} is "${text}", which is not a number`)
  }
  const max = cells[column.temp_max]
  const min = cells[column.temp_min]
  if (max !== '' && min !== '' && Number(max) < Number(min))
    faults.push(`line ${line}: temp_max ${max} is below temp_min ${min}`)
  if (Number(cells[column.precipitation]) < 0) faults.push(`line ${line}: precipitation is below zero`)

  const date = cells[column.date]
  if (!isDate(date)) {
    faults.push(`line ${line}: "${date}" is not a date of the form 2012-01-31`)
    continue
  }
  if (before !== null) {
    const days = (Date.parse(date) - Date.parse(before)) / DAY_MS
    if (days <= 0) faults.push(`line ${line}: ${date} does not come after ${before}`)
    else missingDays += days - 1
  }
  before = date
}

if (faults.length > 0) {
  const more = faults.length > FAULTS_SHOWN ? `\n  and ${faults.length - FAULTS_SHOWN} more` : ''
  refuse(`The table has ${faults.length} faults:\n  ${faults.slice(0, FAULTS_SHOWN).join('\n  ')}${more}`)
}

const dates = rows.map(({ cells }) => cells[column.date])
const summary = {
  rows: rows.length,
  from: dates[0],
  to: dates.at(-1),
  years: [...new Set(dates.map((date) => Number(date.slice(0, 4))))],
  missingDays,
  missingCells,
}
writeFileSync('summary.json', JSON.stringify(summary))
console.log(
  `${summary.rows} days from ${summary.from} to ${summary.to}; ${missingDays} days and ${missingCells} cells missing`,
)
