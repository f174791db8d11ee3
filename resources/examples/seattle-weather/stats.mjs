/**
 * node stats.mjs FILE WET_DAY: writes stats.json with the numbers of one year. Temperatures in °C, precipitation in mm,
 * wind in m/s. The mean temperature of a day is half the sum of its highest and lowest. Cells without a value are left out.
 */
import { writeFileSync } from 'node:fs'
import { readDays, refuse } from './weather.mjs'

const MONTHS = Array.from({ length: 12 }, (_, i) => String(i + 1).padStart(2, '0'))

const [, , path, wetDayText] = process.argv
const wetDay = Number(wetDayText)
const days = readDays(path)

const known = (values) => values.filter((value) => value !== null)
const sum = (values) => known(values).reduce((total, value) => total + value, 0)
const mean = (values) => (known(values).length === 0 ? null : sum(values) / known(values).length)
const dayMean = ({ max, min }) => (max === null || min === null ? null : (max + min) / 2)
/** Sums of decimals carry a binary tail (0.1 + 0.2); the data has one digit, so six keep all that is known. */
const rounded = (value) => (value === null ? null : Number(value.toFixed(6)))

const year = Number(days[0]?.date.slice(0, 4))
if (!Number.isInteger(year)) refuse(`${path} holds no days.`)

const temperatures = days.map(dayMean)
if (known(temperatures).length === 0) refuse(`${year} has no day with both temperatures.`)

const stats = {
  year,
  days: days.length,
  meanTemperature: rounded(mean(temperatures)),
  minTemperature: Math.min(...known(days.map(({ min }) => min))),
  maxTemperature: Math.max(...known(days.map(({ max }) => max))),
  precipitation: rounded(sum(days.map(({ precipitation }) => precipitation))),
  wetDays: days.filter(({ precipitation }) => precipitation !== null && precipitation >= wetDay).length,
  meanWind: rounded(mean(days.map(({ wind }) => wind))),
  maxWind: Math.max(...known(days.map(({ wind }) => wind))),
  months: MONTHS.map((month) => {
    const ofMonth = days.filter(({ date }) => date.slice(5, 7) === month)
    return {
      month: Number(month),
      meanTemperature: rounded(mean(ofMonth.map(dayMean))),
      precipitation: rounded(sum(ofMonth.map(({ precipitation }) => precipitation))),
    }
  }),
}

writeFileSync('stats.json', JSON.stringify(stats))
console.log(
  `${year}: ${stats.meanTemperature.toFixed(1)} °C, ${stats.precipitation.toFixed(0)} mm on ${stats.wetDays} wet days`,
)
