import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { numbersOf, referenceNumbers, referenceSlope } from './reference.ts'

/** The scripts alone, as an executor runs them: in a folder with their files, without an engine. */

const EXAMPLE = resolve(import.meta.dirname, 'seattle-weather')
const CSV = resolve(import.meta.dirname, '../../node_modules/vega-datasets/data/seattle-weather.csv')
const HEADER = 'date,precipitation,temp_max,temp_min,wind,weather'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-seattle-'))
  for (const name of readdirSync(EXAMPLE).filter((file) => file.endsWith('.mjs')))
    cpSync(join(EXAMPLE, name), join(folder, name))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const script = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const table = (...lines: string[]): string => {
  const path = join(folder, 'table.csv')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

describe('check', () => {
  it('sums up the real table', () => {
    expect(script('check.mjs', CSV).status).toBe(0)
    expect(readJson('summary.json')).toEqual({
      rows: 1461,
      from: '2012-01-01',
      to: '2015-12-31',
      years: [2012, 2013, 2014, 2015],
      missingDays: 0,
      missingCells: 0,
    })
  })

  it('counts days and cells that are missing', () => {
    const path = table(HEADER, '2012-01-01,0.0,5.0,1.0,,sun', '2012-01-04,,5.0,1.0,2.0,sun')
    expect(script('check.mjs', path).status).toBe(0)
    expect(readJson('summary.json')).toMatchObject({ rows: 2, missingDays: 2, missingCells: 2 })
  })

  const faults: readonly [string, string[], string][] = [
    ['a missing column', ['date,precipitation'], 'lacks the column temp_max, temp_min, wind, weather'],
    ['an empty table', [HEADER], 'has a header but no days'],
    [
      'a number that is none',
      [HEADER, '2012-01-01,wet,5.0,1.0,2.0,rain'],
      'line 2: precipitation is "wet", which is not a number',
    ],
    ['a date that does not exist', [HEADER, '2013-02-29,0,5.0,1.0,2.0,sun'], 'line 2: "2013-02-29" is not a date'],
    [
      'days out of order',
      [HEADER, '2012-01-02,0,5,1,2,sun', '2012-01-01,0,5,1,2,sun'],
      'line 3: 2012-01-01 does not come after 2012-01-02',
    ],
    [
      'a maximum below the minimum',
      [HEADER, '2012-01-01,0,1.0,5.0,2.0,sun'],
      'line 2: temp_max 1.0 is below temp_min 5.0',
    ],
    ['a short line', [HEADER, '2012-01-01,0,5.0'], 'line 2: 3 cells, but the header has 6'],
    ['negative rain', [HEADER, '2012-01-01,-1,5,1,2,sun'], 'line 2: precipitation is below zero'],
  ]
  for (const [what, lines, words] of faults) {
    it(`refuses ${what}, in words and without a stack`, () => {
      const { status, stderr } = script('check.mjs', table(...lines))
      expect(status).toBe(1)
      expect(stderr).toContain(words)
      expect(stderr).not.toContain('at ')
    })
  }
})

describe('split, stats, trend, report', () => {
  it('come to the reference numbers', () => {
    expect(script('split.mjs', CSV).status).toBe(0)
    expect(readdirSync(join(folder, 'years')).sort()).toEqual(['2012.csv', '2013.csv', '2014.csv', '2015.csv'])

    const reference = referenceNumbers(CSV)
    const stats = [...reference.keys()].map((year) => {
      expect(script('stats.mjs', `years/${year}.csv`, '1').status).toBe(0)
      return readJson('stats.json') as Record<string, number>
    })
    for (const year of stats) {
      for (const [name, value] of numbersOf(reference, year.year))
        expect(year[name], `${year.year} ${name}`).toBeCloseTo(value, 5)
    }

    writeFileSync(join(folder, 'inputs.json'), JSON.stringify({ stats }))
    expect(script('trend.mjs').status).toBe(0)
    const trend = readJson('trend.json') as {
      years: number
      temperature: { slope: number }
      precipitation: { slope: number }
    }
    const points = (name: 'meanTemperature' | 'precipitation') =>
      [...reference].map(([year, numbers]) => [year, numbers[name]] as const)
    expect(trend.years).toBe(4)
    expect(trend.temperature.slope).toBeCloseTo(referenceSlope(points('meanTemperature')), 5)
    expect(trend.precipitation.slope).toBeCloseTo(referenceSlope(points('precipitation')), 5)

    script('check.mjs', CSV)
    writeFileSync(join(folder, 'inputs.json'), JSON.stringify({ summary: readJson('summary.json'), stats, trend }))
    expect(script('report.mjs').status).toBe(0)
    const report = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(report.match(/<svg /g)).toHaveLength(4)
    expect(report).toContain('<td>1232.8</td>')
    expect(report).not.toMatch(/NaN|undefined|https?:|<script/)
  })

  it('does without a trend when there is one year', () => {
    writeFileSync(
      join(folder, 'inputs.json'),
      JSON.stringify({ stats: [{ year: 2012, meanTemperature: 11, precipitation: 1200 }] }),
    )
    expect(script('trend.mjs').status).toBe(0)
    const trend = readJson('trend.json')
    expect(trend).toMatchObject({ years: 1, temperature: { slope: null, r2: null } })

    script('check.mjs', table(HEADER, '2012-01-01,2.0,6.0,2.0,1.0,rain'))
    script('stats.mjs', 'table.csv', '1')
    writeFileSync(
      join(folder, 'inputs.json'),
      JSON.stringify({ summary: readJson('summary.json'), stats: [readJson('stats.json')], trend }),
    )
    expect(script('report.mjs').status).toBe(0)
    const report = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(report).toContain('One year alone has no trend.')
    expect(report).not.toMatch(/NaN|Infinity/)
  })

  it('leaves cells without a value out of the means', () => {
    const path = table(HEADER, '2012-01-01,2.0,6.0,2.0,1.0,rain', '2012-01-02,,,1.0,,sun')
    expect(script('stats.mjs', path, '1').status).toBe(0)
    expect(readJson('stats.json')).toMatchObject({
      days: 2,
      meanTemperature: 4,
      precipitation: 2,
      wetDays: 1,
      meanWind: 1,
    })
  })
})
