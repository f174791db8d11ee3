import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src-shared/contract/index.ts'
import { numbersOf, referenceNumbers, referenceSlope } from './reference.ts'

/** The examples as a person runs them: the built command line and a real engine in a data folder of its own. */

const ROOT = resolve(import.meta.dirname, '../..')
const EXAMPLES = 'resources/examples'
const CSV = resolve(ROOT, 'node_modules/vega-datasets/data/seattle-weather.csv')
const BUSYBOX = 'weir-test/busybox:1'
const RUN_FAILED = 1
const POLL_MS = 100
const WAITING_DEADLINE_MS = 60_000

let folder: string
let data: string

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function weir(...args: string[]): Promise<Ended> {
  const argv = [join(ROOT, 'resources/bin/weir.cjs'), '--data', data, ...args]
  return new Promise((done) => {
    execFile(process.execPath, argv, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      done({ code, stdout, stderr })
    })
  })
}

/** Runs a command that must succeed; answers what it printed. */
async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await weir(...args)
  expect(code, `weir ${args.join(' ')}\n${stderr}${stdout}`).toBe(0)
  return stdout
}

const runOf = (json: string): Run => JSON.parse(json) as Run
const start = async (example: string, ...args: string[]): Promise<Run> =>
  runOf(await ok('run', 'start', `${EXAMPLES}/${example}`, ...args, '--wait', '-o', 'json'))
/** Steps by name; items of a fan-out as `stats[0]`. */
const stepsOf = (run: Run) => Object.fromEntries(run.steps.map((step) => [step.key, step]))
const statuses = (run: Run) => Object.fromEntries(run.steps.map((step) => [step.key, step.status]))

interface Outputs {
  readonly summary: Record<string, unknown>
  readonly stats: Record<string, number>[]
  readonly trend: { years: number; temperature: { slope: number }; precipitation: { slope: number } }
}
const outputsOf = (run: Run): Outputs => run.result?.outputs as unknown as Outputs

function expectReferenceNumbers({ summary, stats, trend }: Outputs): void {
  const reference = referenceNumbers(CSV)
  expect(summary).toMatchObject({ rows: 1461, from: '2012-01-01', to: '2015-12-31', years: [2012, 2013, 2014, 2015] })
  expect(stats.map((year) => year['year'])).toEqual([2012, 2013, 2014, 2015])
  for (const year of stats) {
    for (const [name, value] of numbersOf(reference, year['year']))
      expect(year[name], `${year['year']} ${name}`).toBeCloseTo(value, 5)
  }
  // Literal values, so that a fault shared by reference and example would show.
  expect(stats.map((year) => year['days'])).toEqual([366, 365, 365, 365])
  expect(stats.map((year) => year['wetDays'])).toEqual([148, 119, 123, 116])
  expect(stats.map((year) => year['maxTemperature'])).toEqual([34.4, 33.9, 35.6, 35])
  const points = (name: 'meanTemperature' | 'precipitation') =>
    [...reference].map(([year, numbers]) => [year, numbers[name]] as const)
  expect(trend.years).toBe(4)
  expect(trend.temperature.slope).toBeCloseTo(referenceSlope(points('meanTemperature')), 5)
  expect(trend.precipitation.slope).toBeCloseTo(referenceSlope(points('precipitation')), 5)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-examples-'))
  data = join(folder, 'data')
  await ok('boot', 'up', '--daemon')
})
afterAll(async () => {
  await weir('boot', 'down')
  rmSync(folder, { recursive: true, force: true })
})

describe('seattle-weather', () => {
  it('comes to the reference numbers and keeps the report', async () => {
    const run = await start('seattle-weather', '--param', `csv=${CSV}`)
    expect(run.status).toBe('succeeded')
    expectReferenceNumbers(outputsOf(run))
    expect(run.steps.filter((step) => step.name === 'stats' && step.index !== undefined)).toHaveLength(4)

    const report = join(folder, 'report.html')
    await ok('asset', 'get', run.id, '--step', 'report', '--output', 'report', '--file', 'report.html', '--to', report)
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>[\s\S]*Warmest year[\s\S]*13\.1 °C/)
  })

  it('takes years that did not change from the cache, and counts the one that did', async () => {
    await start('seattle-weather', '--param', `csv=${CSV}`)
    const again = await start('seattle-weather', '--param', `csv=${CSV}`)
    expect(statuses(again)).toMatchObject({ split: 'cached', 'stats[0]': 'cached', 'stats[3]': 'cached' })
    expectReferenceNumbers(outputsOf(again))

    const changed = join(folder, 'changed.csv')
    writeFileSync(changed, readFileSync(CSV, 'utf8').replace('2014-07-01,0.0,34.4', '2014-07-01,0.0,39.9'))
    const run = await start('seattle-weather', '--param', `csv=${changed}`)
    expect(statuses(run)).toMatchObject({
      'stats[0]': 'cached',
      'stats[1]': 'cached',
      'stats[2]': 'succeeded',
      'stats[3]': 'cached',
    })
    expect(outputsOf(run).stats[2]?.['maxTemperature']).toBe(39.9)
    expect(stepsOf(run)['stats[2]']?.executions[0]?.cache?.reason).toMatch(/year/)
  })

  it('refuses bad data with the line at fault, and starts nothing after', async () => {
    const bad = join(folder, 'bad.csv')
    writeFileSync(bad, readFileSync(CSV, 'utf8').replace('2012-01-03,0.8,11.7', '2012-01-03,0.8,warm'))
    const { code, stdout } = await weir(
      'run',
      'start',
      `${EXAMPLES}/seattle-weather`,
      '--param',
      `csv=${bad}`,
      '--wait',
      '-o',
      'json',
    )
    expect(code).toBe(RUN_FAILED)
    const run = runOf(stdout)
    expect(run.status).toBe('failed')
    expect(statuses(run)).toMatchObject({ check: 'failed', split: 'skipped' })
    const { error } = stepsOf(run)['check']?.executions[0] ?? {}
    expect(error?.details).toContain('line 4: temp_max is "warm", which is not a number')
  })
})

describe('seattle-weather-container', () => {
  it('comes to the same numbers in containers', async (context) => {
    context.skip(process.env['WEIR_TEST_DOCKER'] === undefined, process.env['WEIR_TEST_DOCKER_SKIP'])
    const run = await start('seattle-weather-container', '--param', `csv=${CSV}`, '--param', `image=${BUSYBOX}`)
    expect(run.status).toBe('succeeded')
    expectReferenceNumbers(outputsOf(run))
    const executors = run.steps.flatMap((step) =>
      step.executions.map((execution) => `${step.name} ${execution.executor}`),
    )
    expect(new Set(executors)).toEqual(new Set(['split process', 'stats container', 'trend container']))

    const report = join(folder, 'report.txt')
    await ok('asset', 'get', run.id, '--step', 'trend', '--output', 'report', '--to', report)
    expect(readFileSync(report, 'utf8')).toContain('2014     12.83    1232.8')
  })
})

describe('flaky-approval', () => {
  /** Starts it and waits until a person is asked. */
  async function untilAsked(): Promise<string> {
    const { id } = runOf(await ok('run', 'start', `${EXAMPLES}/flaky-approval`, '-o', 'json'))
    const deadline = Date.now() + WAITING_DEADLINE_MS
    for (;;) {
      const run = runOf(await ok('run', 'inspect', id, '-o', 'json'))
      if (stepsOf(run)['review']?.status === 'waiting') return id
      if (Date.now() > deadline) throw new Error(`run ${id} does not ask: ${JSON.stringify(statuses(run))}`)
      await delay(POLL_MS)
    }
  }

  it('fails twice, works at the third attempt, and uses the answers', async () => {
    const id = await untilAsked()
    const asked = runOf(await ok('run', 'inspect', id, '-o', 'json'))
    expect(stepsOf(asked)['review']?.approval?.message).toBe('6 readings are in. Which of them count?')
    const attempts = stepsOf(asked)['measure']?.executions.map(({ attempt, status, exitCode }) => [
      attempt,
      status,
      exitCode,
    ])
    expect(attempts).toEqual([
      [1, 'failed', 75],
      [2, 'failed', 75],
      [3, 'succeeded', 0],
    ])

    await ok('run', 'approve', id, 'review', '--answer', 'threshold=10', '--answer', 'operator=Ada Lovelace')
    const run = runOf(await ok('run', 'watch', id, '-o', 'json'))
    expect(run.status).toBe('succeeded')
    // By hand: of 4.2, 18.5, 9.9, 27.1, 10, 13.6 four are at least 10; (18.5 + 27.1 + 10 + 13.6) / 4 = 17.3.
    expect(run.result?.outputs).toMatchObject({ kept: [18.5, 27.1, 10, 13.6] })
    expect(run.result?.outputs?.['conclusion']).toContain(
      '4 readings of at least 10, mean 17.30 (decided by Ada Lovelace)',
    )
  })

  it('refuses an answer that does not fit the form, and fails when the person refuses', async () => {
    const id = await untilAsked()
    const wrong = await weir('run', 'approve', id, 'review', '--answer', 'threshold=-1', '--answer', 'operator=Ada')
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('threshold')

    await ok('run', 'approve', id, 'review', '--reject', '--comment', 'the lamp was off')
    const { code, stdout } = await weir('run', 'watch', id, '-o', 'json')
    expect(code).toBe(RUN_FAILED)
    expect(statuses(runOf(stdout))).toMatchObject({ review: 'failed', conclude: 'skipped' })
  })
})
