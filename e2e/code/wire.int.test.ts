import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_PYTHON } from '../../scripts/python.mjs'
import { routes } from '../../src-shared/contract/index.ts'
import { until } from '../faults/weir.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere } from './languages.ts'
import { compare, expected, readTraces } from './storm-trace.ts'
import { Wire } from './wire.ts'
import { LANGUAGES, WorkerProcess } from './worker-process.ts'

/** Breaks of the connection in one run, and how many of them come with a kill of the engine. */
const CUTS = 10
const KILL_EVERY = 5
const ROUNDS = 4_000
const HINTS = 200
const WIDTH = 6
/** More than either side waits before it takes a silent one for gone. */
const NOTICED_MS = 40_000

let place: Bench
let wire: Wire
const workers: WorkerProcess[] = []
const labs: Lab[] = []
beforeAll(async () => {
  place = await bench()
  wire = await Wire.to(place.engine)
})
afterAll(async () => {
  for (const worker of workers) await worker.kill()
  wire?.close()
  await place?.remove()
})

async function startWorker(lab: Lab): Promise<WorkerProcess> {
  const { language, project } = lab
  const folder = join(resolve(import.meta.dirname), language)
  const files = ['wire', 'storm'].map((module) => lab.file(module))
  const worker = new WorkerProcess({ language, folder, engine: wire, project, marks: place.marks }, [
    '--register',
    '--concurrency',
    '4',
    ...files,
  ])
  workers.push(worker)
  await worker.says(/Hosts |Connected/)
  return worker
}

/** All that a run said, in the order in which it did. */
async function said(lab: Lab, run: string): Promise<{ out: string[]; log: string[]; system: string[] }> {
  const lines = await lab.logs(run)
  const of = (name: string): string[] => lines.flatMap(({ stream, text }) => (stream === name ? [text] : []))
  return { out: of('stdout'), log: of('log'), system: of('system') }
}

async function measuredOnce(lab: Lab, run: string, step: string, count: number): Promise<void> {
  const params = { project: lab.project, run, step }
  const { series } = await lab.engine.client.call(routes.runs.metrics, { params, query: {} })
  expect(series).toMatchObject([{ count, min: 0, max: count - 1 }])
}

async function toldOnce(lab: Lab, run: string): Promise<void> {
  expect(await lab.value(run)).toBe(ROUNDS)
  const { out, log, system } = await said(lab, run)
  expect(system).toEqual([])
  const wrong = (lines: string[], text: (n: number) => string): [number, number] => [
    lines.length,
    lines.findIndex((line, n) => line !== text(n)),
  ]
  expect(wrong(out, (n) => `out ${n} größe`)).toEqual([ROUNDS, -1])
  expect(wrong(log, (n) => `said ${n}`)).toEqual([ROUNDS, -1])
  await measuredOnce(lab, run, 'tells[0]', ROUNDS)
}

describe.each(LANGUAGES)('%s', (language) => {
  let lab: Lab
  beforeAll(async () => {
    if (!isThere(language)) return
    lab = await place.lab(language)
    labs.push(lab)
    await startWorker(lab)
  })

  test(`the connection is cut ${CUTS} times: results, lines and values come once and in order`, async (context) => {
    if (!isThere(language)) context.skip(NO_PYTHON)
    const run = await lab.start('tell', { rounds: ROUNDS })
    const hints = await lab.start('hint', { count: HINTS })
    const storm = await lab.start('storm', { key: lab.name(), width: WIDTH })
    await lab.reaches(run, 'tells[0]', 'running')
    for (let cut = 1; cut <= CUTS; cut++) {
      await sleep(100 + Math.random() * 500)
      if (cut % KILL_EVERY === 0) {
        await place.engine.kill()
        await place.engine.start()
      } else {
        await until('a connection', async () => wire.cut() > 0)
      }
    }
    await toldOnce(lab, run)
    expect(await lab.value(hints)).toBe((HINTS * (HINTS - 1)) / 2)
    const { out, log } = await said(lab, hints)
    expect([new Set(out).size, out.length, new Set(log).size, log.length]).toEqual([HINTS, HINTS, HINTS, HINTS])
    expect(await lab.value(storm)).toEqual(expected(WIDTH))
    const own = (await readTraces(place.marks)).filter(({ execution }) => execution.startsWith(`${storm}:`))
    expect(compare([await lab.run(storm)], own).interrupted).toBe(0)
  })
})

test('connections that hang are noticed, and made anew', async () => {
  // Those of the tests above: alone, this one would look at nothing.
  expect(labs).not.toEqual([])
  const runs = await Promise.all(labs.map(async (lab) => ({ lab, run: await lab.start('tell', { rounds: ROUNDS }) })))
  for (const { lab, run } of runs) await lab.reaches(run, 'tells[0]', 'running')
  const began = performance.now()
  wire.hang()
  for (const { lab, run } of runs) await toldOnce(lab, run)
  expect(performance.now() - began).toBeLessThan(NOTICED_MS)
})
