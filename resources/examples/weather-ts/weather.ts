/** Four years of daily weather, checked and summed up year by year: the sample pipeline `seattle-weather`, as functions. */
import { type Asset, gather, log, task, workflow } from 'weir-sdk'
import { type Line, leastSquares, type Year, yearOf } from './numbers.ts'
import { type Day, readTable, type Summary } from './table.ts'

/** Refuses data that later steps would misread, naming the line. */
export const check = task({ cache: true }, async (csv: Asset): Promise<{ days: Day[]; summary: Summary }> => {
  const table = readTable(await csv.file().text())
  log.info('table read', { rows: table.summary.rows, from: table.summary.from, to: table.summary.to })
  return table
})

/**
 * The numbers of one year; a year whose days did not change is taken from the cache.
 *
 * @param days all days of the year
 * @param wetDay precipitation in mm from which a day counts as wet
 */
export const year = task({ cache: true }, async (days: Day[], wetDay: number): Promise<Year> => {
  const numbers = yearOf(days, wetDay)
  log.info(`${numbers.year}`, { meanTemperature: numbers.meanTemperature, wetDays: numbers.wetDays })
  return numbers
})

/** Straight lines through the yearly numbers, by least squares. */
export const trend = task(
  async (years: Year[]): Promise<{ years: number; temperature: Line; precipitation: Line }> => ({
    years: years.length,
    temperature: leastSquares(years.map((one) => ({ x: one.year, y: one.meanTemperature ?? 0 }))),
    precipitation: leastSquares(years.map((one) => ({ x: one.year, y: one.precipitation ?? 0 }))),
  }),
)

/**
 * Four years of daily weather, checked and summed up year by year.
 *
 * @param csv daily weather with the columns date, precipitation, temp_max, temp_min, wind and weather
 * @param wetDay precipitation in mm from which a day counts as wet (1 mm is the convention of the WMO)
 */
export const weather = workflow(async (csv: Asset, wetDay = 1) => {
  const { days, summary } = await check(csv)
  const years = summary.years.map((number) => days.filter(({ date }) => date.startsWith(`${number}-`)))
  const stats = await gather(years.map((ofYear) => year.submit(ofYear, wetDay)))
  return { summary, stats, trend: await trend(stats) }
})
