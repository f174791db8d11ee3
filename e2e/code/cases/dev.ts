import { expect } from 'vitest'
import { routes } from '../../../src-shared/contract/index.ts'
import { until } from '../../faults/weir.ts'
import type { Lab } from '../lab.ts'
import { behaviour } from './case.ts'

const MODULES = ['dev']

/** Code that changes: releases, development, versions. Each case has the module for itself. */
export const dev = [
  behaviour('without a release other code is refused, with a way out', async (lab) => {
    const folder = await lab.copy()
    await (await lab.worker(MODULES, ['--register'], folder)).kill()
    const same = await lab.worker(MODULES, [], folder)
    expect(await lab.result('current')).toBe('first')
    await same.kill()
    await second(lab, folder)
    const refused = lab.launch(MODULES, [], folder)
    expect(await refused.exit()).toBe(1)
    expect(refused.output).toContain('--register')
    const released = await lab.worker(MODULES, ['--register'], folder)
    expect(await lab.result('current')).toBe('second')
    await released.kill()
  }),

  behaviour('a save is seen by the next run; a fault is shown, and the last good version goes on', async (lab) => {
    const folder = await lab.copy()
    const worker = await lab.worker(MODULES, ['--dev'], folder)
    expect(await lab.result('current')).toBe('first')
    await save(lab, folder, (text) => text.replace('first', 'second'))
    expect(await lab.result('current')).toBe('second')
    await lab.edit(folder, 'dev', (text) => text + FAULT)
    await worker.says(/last good version/i)
    await until('the fault', async () => (await lab.connected())[0]?.faults.some(({ module }) => module === 'dev'))
    expect(await lab.result('current')).toBe('second')
    await save(lab, folder, (text) => text.replace(FAULT, '').replace('second', 'third'))
    expect(await lab.result('current')).toBe('third')
    expect((await lab.connected())[0]?.faults).toEqual([])
    await worker.kill()
  }),

  behaviour('a run that began before a save ends with the code of its beginning, in the same worker', async (lab) => {
    const folder = await lab.copy()
    const worker = await lab.worker(MODULES, ['--dev', '--concurrency', '4'], folder)
    const [early, late] = [lab.name(), lab.name()]
    const began = await lab.start('held', { name: early })
    await lab.marked(early, 'x')
    await save(lab, folder, (text) => text.replace('first', 'second'))
    const next = await lab.start('held', { name: late })
    await lab.marked(late, 'x')
    await save(lab, folder, (text) => text.replace('second', 'third'))
    expect(await lab.result('current')).toBe('third')
    for (const name of [early, late]) await lab.open(name)
    expect(await lab.value(began)).toEqual(['first', 'first'])
    expect(await lab.value(next)).toEqual(['second', 'second'])
    await until('the old code to be let go', async () => {
      const [one] = await lab.connected()
      return one !== undefined && Object.keys(one.earlier).length === 0
    })
    expect(await lab.result('current')).toBe('third')
    await worker.kill()
  }),

  behaviour('a run whose version is gone says so, and can be cancelled', async (lab) => {
    const folder = await lab.copy()
    const name = lab.name()
    const worker = await lab.worker(MODULES, ['--dev'], folder)
    const run = await lab.start('held', { name })
    await lab.marked(name, 'x')
    await worker.kill()
    await second(lab, folder)
    const other = await lab.worker(MODULES, ['--dev'], folder)
    await lab.reaches(run, 'held', 'queued')
    const ofRun = { params: { project: lab.project, run } }
    const { summary } = await lab.engine.client.call(routes.runs.why, ofRun)
    expect(summary).toMatch(/held: version \d+ of dev is hosted by no worker any more.* cancel the run/)
    await lab.engine.client.call(routes.runs.cancel, { ...ofRun, body: {} })
    expect((await lab.ended(run)).status).toBe('cancelled')
    expect(await lab.result('current')).toBe('second')
    await other.kill()
  }),

  behaviour('two workers with different versions: each run has its own', async (lab) => {
    const [old, young] = [await lab.copy(), await lab.copy()]
    const one = await lab.worker(MODULES, ['--register'], old)
    const name = lab.name()
    const run = await lab.start('held', { name })
    await lab.marked(name, 'x')
    await second(lab, young)
    const two = await lab.worker(MODULES, ['--register'], young)
    expect(await lab.result('current')).toBe('second')
    await lab.open(name)
    expect(await lab.value(run)).toEqual(['first', 'first'])
    await one.kill()
    await two.kill()
  }),

  behaviour('an edit of what a cached task uses makes its results old; another one does not', async (lab) => {
    const folder = await lab.copy()
    const name = lab.name()
    const worker = await lab.worker(MODULES, ['--dev'], folder)
    expect(await lab.result('keeps', { name })).toBe(1)
    await save(lab, folder, (text) => text.replace(BYSTANDER, (_, before) => `${before}5`))
    expect(await lab.result('keeps', { name })).toBe(1)
    await save(lab, folder, (text) => text.replace(HELPER, (_, before) => `${before}100`))
    expect(await lab.result('keeps', { name })).toBe(200)
    await worker.kill()
  }),

  behaviour('where the code does not count, results outlive edits and renamed parameters', async (lab) => {
    const folder = await lab.copy()
    const name = lab.name()
    const first = await lab.worker(MODULES, ['--register'], folder)
    expect(await lab.result('lasts', { name })).toBe(1)
    await first.kill()
    await lab.edit(folder, 'dev', (text) => text.replace(LASTING, '$1title$2title$3 * 7'))
    const worker = await lab.worker(MODULES, ['--register'], folder)
    const run = await lab.start('lasts', { name })
    expect(await lab.value(run)).toBe(1)
    expect((await lab.step(run, 'lasting[0]')).status).toBe('cached')
    await worker.kill()
  }),
]

/** Begins what never ends. */
const FAULT = '\n((('
const BYSTANDER = /(bystander\(\) -> int:\n {4}return |bystander = \(\): number => )1/
const HELPER = /(helper\(\) -> int:\n {4}return |helper = \(\): number => )1/
/** Its parameter twice, and what it does with it. */
const LASTING = /(lasting(?: = task\(.*\(|\())name([^)]*\).*\s+.*mark\(|[^)]*\) => mark\()name(\)) \* 1/

const second = (lab: Lab, folder: string): Promise<void> =>
  lab.edit(folder, 'dev', (text) => text.replace('first', 'second'))

/** Saves other code, and waits until the worker hosts it. */
async function save(lab: Lab, folder: string, change: (text: string) => string): Promise<void> {
  const before = (await lab.connected())[0]?.hosts['dev']
  await lab.edit(folder, 'dev', change)
  await until('the new version', async () => {
    const now = (await lab.connected())[0]?.hosts['dev']
    return now !== undefined && now !== before
  })
}
