/** node split.mjs FILE: writes years/<year>.csv, each with the header. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { readCsv } from './weather.mjs'

const [, , path] = process.argv
const { header, rows } = readCsv(path)
const date = header.indexOf('date')

const years = new Map()
for (const { cells } of rows) {
  const year = cells[date].slice(0, 4)
  const lines = years.get(year)
  if (lines === undefined) years.set(year, [cells.join(',')])
  else lines.push(cells.join(','))
}

mkdirSync('years')
for (const [year, lines] of years) {
  writeFileSync(`years/${year}.csv`, `${[header.join(','), ...lines].join('\n')}\n`)
  console.log(`${year}: ${lines.length} days`)
}
