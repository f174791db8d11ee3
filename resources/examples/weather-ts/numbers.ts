/** Numbers of a year, and straight lines through them. */
import type { Day } from './table.ts'

const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'))

export interface Month {
  month: number
  meanTemperature: number | null
  precipitation: number | null
}

/** Temperatures in °C, precipitation in mm, wind in m/s. */
export interface Year {
  year: number
  days: number
  meanTemperature: number | null
  minTemperature: number
  maxTemperature: number
  precipitation: number | null
  wetDays: number
  meanWind: number | null
  maxWind: number
  months: Month[]
}

/** A straight line; `r2` is the share of the variance that it explains, 0 to 1. All null when there is none. */
export interface Line {
  slope: number | null
  intercept: number | null
  r2: number | null
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)
const sum = (values: readonly (number | null)[]): number => known(values).reduce((total, value) => total + value, 0)
const mean = (values: readonly (number | null)[]): number | null =>
  known(values).length === 0 ? null : sum(values) / known(values).length
/** Half the sum of the highest and lowest of a day. */
const dayMean = ({ max, min }: Day): number | null => (max === null || min === null ? null : (max + min) / 2)
/** Sums of decimals carry a binary tail (0.1 + 0.2); the data has one digit, so six keep all that is known. */
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(6)))

/** @param wetDay precipitation in mm from which a day counts as wet */
export function yearOf(days: readonly Day[], wetDay: number): Year {
  const temperatures = days.map(dayMean)
  const year = Number(days[0]?.date.slice(0, 4))
  if (known(temperatures).length === 0) throw new Error(`${year} has no day with both temperatures.`)
  return {
    year,
    days: days.length,
    meanTemperature: rounded(mean(temperatures)),
    minTemperature: Math.min(...known(days.map(({ min }) => min))),
    maxTemperature: Math.max(...known(days.map(({ max }) => max))),
    precipitation: rounded(sum(days.map(({ precipitation }) => precipitation))),
    wetDays: known(days.map(({ precipitation }) => precipitation)).filter((mm) => mm >= wetDay).length,
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
}

/** Least squares of y = intercept + slope · x. */
export function leastSquares(points: readonly { readonly x: number; readonly y: number }[]): Line {
  const n = points.length
  const meanX = points.reduce((total, { x }) => total + x, 0) / n
  const meanY = points.reduce((total, { y }) => total + y, 0) / n
  const sxx = points.reduce((total, { x }) => total + (x - meanX) ** 2, 0)
  const sxy = points.reduce((total, { x, y }) => total + (x - meanX) * (y - meanY), 0)
  const syy = points.reduce((total, { y }) => total + (y - meanY) ** 2, 0)
  if (n < 2 || sxx === 0) return { slope: null, intercept: null, r2: null }
  const slope = sxy / sxx
  return { slope, intercept: meanY - slope * meanX, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy) }
}
