/** node trend.mjs: reads the yearly numbers from the step's inputs, writes trend.json with one straight line for each. */
import { readFileSync, writeFileSync } from 'node:fs'

const { stats } = JSON.parse(readFileSync('inputs.json', 'utf8'))

/**
 * Least squares of y = intercept + slope · x.
 *
 * @returns slope and intercept in the unit of y, and r2: the share of the variance that the line explains, 0 to 1.
 *   With fewer than two different x there is no line: everything is null.
 */
const leastSquares = (points) => {
  const n = points.length
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const syy = points.reduce((sum, { y }) => sum + (y - meanY) ** 2, 0)
  if (n < 2 || sxx === 0) return { slope: null, intercept: null, r2: null }
  const slope = sxy / sxx
  return { slope, intercept: meanY - slope * meanX, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy) }
}

const line = (field) => leastSquares(stats.map((year) => ({ x: year.year, y: year[field] })))
const trend = { years: stats.length, temperature: line('meanTemperature'), precipitation: line('precipitation') }

writeFileSync('trend.json', JSON.stringify(trend))
const signed = (value, digits) =>
  value === null ? 'no trend' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
console.log(
  `temperature ${signed(trend.temperature.slope, 2)} °C a year, precipitation ${signed(trend.precipitation.slope, 0)} mm a year`,
)
