import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_PYTHON } from '../../scripts/python.mjs'
import type { Json, Run } from '../../src-shared/contract/index.ts'
import { type CommandLine, commandLine } from '../faults/weir.ts'
import { accuracy, answersOf, readPictures } from './digits-reference.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere } from './languages.ts'

/** The examples in code as a person runs them: a worker on their files, the command line, and the numbers that come out. */
const ROOT = resolve(import.meta.dirname, '../..')
const EXAMPLES = join(ROOT, 'resources/examples')
const CSV = join(ROOT, 'node_modules/vega-datasets/data/seattle-weather.csv')
const PROJECT = 'examples'

let place: Bench
let weir: CommandLine
let typescript: Lab
let python: Lab

beforeAll(async () => {
  place = await bench()
  typescript = await place.lab('typescript', PROJECT)
  python = typescript.with('python')
  weir = await commandLine(place.engine.data)
})
afterAll(async () => {
  await python.close()
  await place.remove()
})

/** Starts a run by its file or name, and waits for its success. */
async function run(...args: readonly string[]): Promise<Run> {
  const { code, out, err } = await weir('--project', PROJECT, 'run', 'start', ...args, '--wait', '-q', '-o', 'json')
  expect(code, `${err}${out}`).toBe(0)
  return JSON.parse(out) as Run
}

const outputs = ({ result }: Run): Record<string, Json> => ({ ...result?.outputs })

/** A file of an asset of a run. */
async function file(ended: Run, output: string, path: string): Promise<string> {
  const to = join(weir.folder, path)
  const asked = ['asset', 'get', ended.id, '--output', output, '--file', path, '--to', to, '--force']
  const { code, err } = await weir('--project', PROJECT, ...asked)
  expect(code, err).toBe(0)
  return readFile(to, 'utf8')
}

describe('weather-ts', () => {
  it('comes to the numbers of the drawn pipeline, to the last digit', async () => {
    await typescript.worker(['weather'], ['--dev'], join(EXAMPLES, 'weather-ts'))
    const drawn = outputs(await run(join(EXAMPLES, 'seattle-weather'), '-p', `csv=${CSV}`))
    const coded = await run('weather', '-p', `csv=${CSV}`)
    const { report: _report, ...numbers } = drawn
    expect(outputs(coded)['result']).toEqual(numbers)
    // So that a fault which both share would show; the drawn one is compared with a reference of its own elsewhere.
    const stats = (numbers['stats'] ?? []) as unknown as { meanTemperature: number; wetDays: number }[]
    expect(stats.map(({ meanTemperature }) => meanTemperature.toFixed(2))).toEqual(['11.28', '12.11', '12.83', '13.13'])
    expect(stats.map(({ wetDays }) => wetDays)).toEqual([148, 119, 123, 116])

    const again = await run('weather', '-p', `csv=${CSV}`, '-p', 'wetDay=1')
    expect(again.steps.filter(({ status }) => status === 'cached').map(({ key }) => key)).toEqual([
      'check[0]',
      'year[0]',
      'year[1]',
      'year[2]',
      'year[3]',
    ])
  })

  it('refuses a table with a fault, and names the line', async () => {
    const text = (await readFile(CSV, 'utf8')).replace('2012-01-03,0.8,11.7', '2012-01-03,0.8,warm')
    const bad = await weir.file('bad.csv', text)
    const { code, out } = await weir('--project', PROJECT, 'run', 'start', 'weather', '-p', `csv=${bad}`, '--wait')
    expect(code).toBe(1)
    expect(out).toContain('line 4: temp_max is "warm", which is no number')
  })
})

describe('digits', () => {
  it('compares models on the real pictures, and keeps the best with its confusion matrix', async (context) => {
    context.skip(!isThere('python'), NO_PYTHON)
    await python.worker(['digits'], ['--dev'], join(EXAMPLES, 'digits'))
    const [samples, folds] = [240, 3]
    const ended = await run('digits', '-p', `samples=${samples}`, '-p', `folds=${folds}`)
    const result = outputs(ended)['result'] as { best: string; accuracy: Record<string, number> }

    const pictures = readPictures(join(EXAMPLES, 'digits/digits.csv.gz'), samples)
    const expected = [1, 3, 5].map((k): [string, number] => [
      k === 1 ? '1 neighbour' : `${k} neighbours`,
      Number(accuracy(pictures, k, folds).toFixed(4)),
    ])
    expect(result.accuracy).toEqual(Object.fromEntries(expected))
    const [best] = expected.reduce((a, b) => (b[1] > a[1] ? b : a))
    expect(result.best).toBe(best)
    expect(JSON.parse(await file(ended, 'best', 'model.json'))).toEqual({
      model: best,
      samples,
      library: 'plain Python',
    })

    const { asked, answers } = answersOf(pictures, Number.parseInt(best, 10), 0, 5)
    const counts = new Map<string, number>()
    for (const [at, { digit }] of asked.entries()) {
      const cell = `${digit} ${answers[at]}`
      counts.set(cell, (counts.get(cell) ?? 0) + 1)
    }
    const inOrder = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([, count]) => count)
    const svg = await file(ended, 'best', 'confusion.svg')
    expect([...svg.matchAll(/fill="#(?:ffffff|1a1f24)">(\d+)</g)].map(([, count]) => Number(count))).toEqual(inOrder)
  })
})

describe('mixed', () => {
  it('hands readings from a command to Python and on to TypeScript', async (context) => {
    context.skip(!isThere('python'), NO_PYTHON)
    const folder = join(EXAMPLES, 'mixed')
    await python.worker(['smoothing'], ['--dev'], folder)
    await typescript.worker(['words'], ['--dev'], folder)
    const ended = await run(join(folder, 'mixed.yaml'), '-p', 'readings=120', '-p', 'window=7')
    const of = (step: string, output: string): Json =>
      ended.steps.find(({ name }) => name === step)?.outputs?.[output] ?? null
    const readings = of('measure', 'readings') as number[]
    const smooth = of('smooth', 'result') as number[]
    expect(readings).toHaveLength(120)
    expect(new Set(readings).size).toBeGreaterThan(100)
    const means = readings.map((_, at) => {
      const part = readings.slice(Math.max(0, at - 3), at + 4)
      return part.reduce((sum, one) => sum + one, 0) / part.length
    })
    expect(smooth).toHaveLength(120)
    for (const [at, mean] of means.entries()) expect(smooth[at], `reading ${at}`).toBeCloseTo(mean, 3)
    let peaks = 0
    for (let at = 1; at < smooth.length - 1; at += 1) {
      const [before = 0, here = 0, after = 0] = smooth.slice(at - 1, at + 2)
      if (here > before && here >= after) peaks += 1
    }
    const [first = 0, last = 0] = [smooth[0], smooth.at(-1)]
    const way = last > first ? 'rise' : 'fall'
    expect(outputs(ended)['text']).toBe(
      `120 readings ${way} from ${first.toFixed(2)} to ${last.toFixed(2)}, with ${peaks} peaks on the way.`,
    )
    expect(ended.steps.map(({ name, executions }) => [name, executions[0]?.executor])).toEqual([
      ['measure', 'process'],
      ['smooth', 'worker'],
      ['describe', 'worker'],
    ])
  })
})
