import { readFileSync } from 'node:fs'

/** The numbers of one year, as the examples must find them. */
interface YearNumbers {
  readonly days: number
  readonly meanTemperature: number
  readonly minTemperature: number
  readonly maxTemperature: number
  readonly precipitation: number
  readonly wetDays: number
  readonly meanWind: number
  readonly maxWind: number
}

/** Columns of one year in tenths of their unit: whole numbers, so that sums are exact. */
interface Columns {
  readonly rain: number[]
  readonly high: number[]
  readonly low: number[]
  readonly wind: number[]
}

const WET_DAY_TENTHS = 10

function tenths(text: string | undefined): number {
  const match = /^(-?)(\d+)(?:\.(\d))?$/.exec(text ?? '')
  if (match === null) throw new Error(`not a number with at most one decimal: ${text}`)
  return (Number(match[2]) * 10 + Number(match[3] ?? 0)) * (match[1] === '-' ? -1 : 1)
}

const total = (column: readonly number[]): number => column.reduce((sum, value) => sum + value, 0)

const sumUp = ({ rain, high, low, wind }: Columns): YearNumbers => ({
  days: rain.length,
  // Half the sum of highest and lowest, both in tenths.
  meanTemperature: (total(high) + total(low)) / 20 / rain.length,
  minTemperature: Math.min(...low) / 10,
  maxTemperature: Math.max(...high) / 10,
  precipitation: total(rain) / 10,
  wetDays: rain.filter((mm) => mm >= WET_DAY_TENTHS).length,
  meanWind: total(wind) / 10 / wind.length,
  maxWind: Math.max(...wind) / 10,
})

/** The examples' numbers by year, from the table itself and by other means than theirs: no code in common. */
export function referenceNumbers(csv: string): Map<number, YearNumbers> {
  const years = new Map<number, Columns>()
  for (const line of readFileSync(csv, 'utf8').trim().split('\n').slice(1)) {
    const [date, rain, high, low, wind] = line.split(',')
    const year = new Date(`${date}T12:00:00Z`).getUTCFullYear()
    const columns = years.get(year) ?? { rain: [], high: [], low: [], wind: [] }
    years.set(year, columns)
    columns.rain.push(tenths(rain))
    columns.high.push(tenths(high))
    columns.low.push(tenths(low))
    columns.wind.push(tenths(wind))
  }
  return new Map([...years].map(([year, columns]) => [year, sumUp(columns)]))
}

/** Names and values of one year; a year that the table does not have is an error. */
export function numbersOf(
  reference: Map<number, YearNumbers>,
  year: number | undefined,
): [keyof YearNumbers, number][] {
  const numbers = year === undefined ? undefined : reference.get(year)
  if (numbers === undefined) throw new Error(`the table has no year ${year}`)
  return Object.entries(numbers) as [keyof YearNumbers, number][]
}

/** Slope of the straight line by least squares, as the mean over all pairs of points, weighted by their distance squared. */
export function referenceSlope(points: readonly (readonly [number, number])[]): number {
  let rise = 0
  let run = 0
  points.forEach(([x1, y1], i) => {
    for (const [x2, y2] of points.slice(i + 1)) {
      rise += (x2 - x1) * (y2 - y1)
      run += (x2 - x1) ** 2
    }
  })
  return rise / run
}
