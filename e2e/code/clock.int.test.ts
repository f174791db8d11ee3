import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_PYTHON } from '../../scripts/python.mjs'
import { type Run, routes } from '../../src-shared/contract/index.ts'
import { until } from '../faults/weir.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere } from './languages.ts'
import { LANGUAGES } from './worker-process.ts'

/** Jumps of the engine's clock, for `FAKETIME_TIMESTAMP_FILE`. */
const [NOW, AHEAD, BEHIND] = ['+0', '+2h', '-3d']
const HOUR_MS = 3_600_000
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
const NO_FAKETIME = 'libfaketime is not installed'

let folder: string
let stamp: string
let place: Bench
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-clock-'))
  stamp = join(folder, 'clock')
  await writeFile(stamp, NOW)
  if (!existsSync(FAKETIME)) return
  place = await bench({
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: stamp,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
})
afterAll(async () => {
  await place?.remove()
  await rm(folder, { recursive: true, force: true })
})

/** A run that waits in every way, and comes to its end all the same. */
async function passes(lab: Lab): Promise<Run> {
  const run = await lab.start('passing', { name: lab.name() })
  expect(await lab.value(run)).toBe(2)
  const ended = await lab.run(run)
  const statuses = ended.steps.map(({ executions }) => executions.map(({ status }) => status))
  expect(statuses.filter(({ length }) => length > 0)).toEqual([
    ['suspended', 'succeeded'],
    ['failed', 'succeeded'],
  ])
  return ended
}

// One after the other: there is one clock.
describe.each(LANGUAGES)('%s', (language) => {
  test('a clock that jumps by hours: nothing times out, no worker is taken for gone, and what waits goes on', async (context) => {
    if (!existsSync(FAKETIME)) return context.skip(NO_FAKETIME)
    if (!isThere(language)) return context.skip(NO_PYTHON)
    await writeFile(stamp, NOW)
    const lab = await place.lab(language)
    const worker = await lab.worker(['clock'], ['--register', '--concurrency', '4'])
    const name = lab.name()
    const run = await lab.start('through', { name })
    await lab.marked(name, 'b')
    await lab.reaches(run, 'through', 'waiting')
    await writeFile(stamp, AHEAD)
    const ahead = await until('the jump', async () => {
      const one = await passes(lab)
      return Date.parse(one.createdAt) - Date.now() > HOUR_MS ? one : null
    })
    expect((await lab.step(run, 'held[0]')).status).toBe('running')
    await writeFile(stamp, BEHIND)
    const behind = await passes(lab)
    expect(Date.parse(behind.createdAt)).toBeGreaterThanOrEqual(Date.parse(ahead.createdAt))
    await lab.open(name)
    expect(await lab.value(run)).toBe(name)
    expect(await lab.mark(name)).toBe('be')
    expect((await lab.step(run, 'held[0]')).executions.map(({ status }) => status)).toEqual(['succeeded'])
    await place.engine.kill()
    await place.engine.start()
    await passes(lab)
    const { items } = await place.engine.client.call(routes.events.list, { ...lab.inProject, query: {} })
    const times = items.map(({ at }) => Date.parse(at))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(items.filter(({ type }) => type === 'execution.lost')).toEqual([])
    await worker.kill()
  })
})
