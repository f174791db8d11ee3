import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineProcess, engineProcess } from '../../../../e2e/faults/engine-process.ts'
import { routes } from '../../../../src-shared/contract/index.ts'
import { Client, type Run } from '../index.ts'
import { eventually } from './testing/scripted-engine.ts'
import { ProjectFolder, WorkerProcess } from './testing/worker-process.ts'

const MODULE = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import {
  asset, blob, type Blob, codec, context, gather, group, type Handle, input, log, metric, PlainDate, progress, runWorkflow, select, StepError,
  suspend, suspense, task, Tuple, workflow,
} from 'weir-sdk'

export class BadFold extends Error {}
export class Point {
  x: number
  constructor(x: number) { this.x = x }
}
codec(Point, { name: 'shapes.Point', encode: ({ x }) => ({ x }), decode: ({ x }) => new Point(x) })

const note = (file: string, text: string): void => appendFileSync(file, text + '\\n')
const count = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\\n').length - 1 : 0)

export const square = task(async (x: number, plus = 0) => x * x + plus)
export const pure = task({ isolation: 'shared' }, (x: number) => x + 1)
export const noted = task({ cache: true }, async (file: string, x: number) => { note(file, String(x)); return x })
export const memoised = task({ memo: true }, async (file: string, x: number) => { note(file, String(x)); return x })
export const flaky = task({ retries: { limit: 3, minDelay: 10 } }, async (file: string, fails: number) => {
  note(file, 'try')
  if (count(file) <= fails) throw new RangeError('try ' + count(file))
  return count(file)
})
export const picky = task({ retries: { limit: 3, minDelay: 10, when: (e) => !(e instanceof BadFold) } }, async (file: string) => {
  note(file, 'try')
  throw new BadFold('fold 3')
})
export const slow = task({ timeout: '500ms' }, async () => { await new Promise((r) => setTimeout(r, 60_000)) })
export const forever = task(async () => { await new Promise(() => setInterval(() => undefined, 1000)) })
export const later = task(async (ms: number) => { await new Promise((r) => setTimeout(r, ms)); return ms })
export const dies = task({ retries: { limit: 1, minDelay: 10 } }, async (file: string) => {
  note(file, 'try')
  if (count(file) === 1) process.kill(process.pid, 'SIGKILL')
  return count(file)
})
export const writes = task(async () => {
  writeFileSync('model.txt', 'weights')
  log.info('stored', { size: 7 })
  console.log('plain output')
  metric('loss', 0.5, 1)
  progress(1, 2)
  return asset('model.txt', { name: 'model' })
})
export const values = task(async (all: unknown) => all)

export const wide = workflow(async (n: number) => {
  const all = await gather(Array.from({ length: n }, (_, i) => pure.submit(i)))
  return all.reduce((a, b) => a + b, 0)
})
export const chain = workflow(async (n: number) => {
  let x: number | Handle<number> = 0
  for (let i = 0; i < n; i++) x = pure.submit(x)
  return x
})
export const caching = workflow(async (file: string) => [await noted(file, 1), await noted(file, 1), await noted(file, 2)])
export const memos = workflow(async (file: string) => Promise.all([memoised(file, 1), memoised(file, 1), memoised(file, 2)]))
export const errors = workflow(async (file: string) => {
  const tried = await flaky(file + '.1', 2)
  const bad = await picky(file + '.2').catch((e: unknown) => e)
  const late = await slow().catch((e: unknown) => e)
  return {
    tried, bad: bad instanceof BadFold && bad.message, stack: String((bad as Error & { cause: Error }).cause.stack),
    late: (late as Error).constructor.name + ': ' + (late as Error).message,
  }
})
export const selects = workflow(async () => {
  const handles = group('race', () => [later.submit(10), forever.submit()])
  const { done, pending } = await select(handles, { cancelRemaining: true })
  return [await done[0]!.result(), done.length, pending.length]
})
export const naps = workflow(async (file: string) => {
  note(file, 'begin ' + context().attempt)
  const handle = later.submit(1500)
  if (!context().resumed) await suspend('200ms')
  return suspense(() => handle.result())
})
export const asks = workflow(async () => 'Hello ' + (await input<string>('Name?', { type: 'string' })))
export const parent = workflow(async () => [await runWorkflow('square_of', { x: 3 }).result(), await square_of(4)])
export const square_of = workflow(async (x: number) => square(x))
export const keeps = workflow(async () => {
  const made = await writes()
  const [path] = await made.restore('back')
  return [made, readFileSync(path!, 'utf8')]
})
export const passes = workflow(async (day: PlainDate) => {
  const all = {
    day, big: 12345678901234567890n, nan: NaN, bytes: new Uint8Array(100_000).fill(7), set: new Set([1]), map: new Map([[1, 'x']]),
    tuple: new Tuple([1, 2]), point: new Point(3), when: new Date(0), text: await blob('text'), many: Array.from({ length: 20_000 }, (_, i) => i),
  }
  const back = (await values(all)) as typeof all
  return [
    day instanceof PlainDate, back.day.value, back.big === all.big, Number.isNaN(back.nan), back.bytes.length, back.set.has(1), back.map.get(1),
    back.tuple instanceof Tuple, back.point instanceof Point && back.point.x, back.when.getTime(), await (back.text as Blob).text(), back.many.length,
  ]
})
export const survives = workflow({ retries: { limit: 1, minDelay: 10 } }, async (file: string) => {
  note(file, 'begin')
  const first = await square(2)
  await later(4000)
  return [first, await square(3)]
})
export const lost = workflow(async (file: string) => dies(file))
export const unknown = workflow(async () => { throw new StepError('digits.Odd', 'odd', 'k3m9abcd:x:1') })
export const spawns = workflow(async () => { later.submit(300); return 'early' })
`

let engine: EngineProcess
let folder: ProjectFolder
let worker: WorkerProcess
let client: Client
let files = 0

const newFile = (): string => {
  files += 1
  return `${folder.path}/notes-${files}.txt`
}
const lines = async (file: string): Promise<number> => {
  return (await readFile(file, 'utf8')).split('\n').length - 1
}
const startWorker = async (...args: string[]): Promise<WorkerProcess> => {
  const one = new WorkerProcess(folder, ['--data', engine.data, ...args, 'code.ts'])
  await one.says('Connected')
  return one
}
const result = async (workflow: string, params: { [name: string]: unknown } = {}): Promise<unknown> => {
  const run = await client.submit(workflow, params)
  return run.result({ timeout: '60s' })
}

beforeAll(async () => {
  engine = await engineProcess()
  await engine.start()
  folder = new ProjectFolder().write({ 'code.ts': MODULE })
  worker = await startWorker('--register', '--concurrency', '4')
  client = new Client({ data: engine.data })
})
afterAll(async () => {
  client.close()
  await worker.kill()
  await engine.remove()
  folder.remove()
})

describe('workflows of TypeScript on a real engine', () => {
  test('are listed with their tasks, and fan out', async () => {
    const targets = await client.targets()
    expect(targets.find(({ path }) => path === 'code/wide')).toMatchObject({ kind: 'workflow', version: 1 })
    expect(await result('wide', { n: 200 })).toBe((200 * 201) / 2)
    expect(await result('chain', { n: 10 })).toBe(10)
  })

  test('cache over runs, memoise within one', async () => {
    const file = newFile()
    expect(await result('caching', { file })).toEqual([1, 1, 2])
    expect(await result('caching', { file })).toEqual([1, 1, 2])
    expect(await lines(file)).toBe(2)
    const other = newFile()
    expect(await result('memos', { file: other })).toEqual([1, 1, 2])
    expect(await lines(other)).toBe(2)
  })

  test('retry by their rules, and throw what their steps threw', async () => {
    const file = newFile()
    const value = (await result('errors', { file })) as { [key: string]: unknown }
    expect(value).toMatchObject({ tried: 3, bad: 'fold 3' })
    expect(value['stack']).toContain('code.ts:')
    expect(value['late']).toMatch(/500 ?ms|0\.5 ?s|longer|timeout/i)
    expect(await lines(`${file}.2`)).toBe(1)
    await expect(result('unknown')).rejects.toThrow('odd')
  })

  test('select, cancel what remains, and go on after what was called', async () => {
    expect(await result('selects')).toEqual([10, 1, 1])
    expect(await result('spawns')).toBe('early')
  })

  test('suspend, and go on with their steps', async () => {
    const file = newFile()
    expect(await result('naps', { file })).toBe(1500)
    expect(await lines(file)).toBe(3)
  })

  test('ask people', async () => {
    const run = await client.submit('asks')
    const step = await waitingInput(run)
    await engine.client.call(routes.runs.approve, {
      params: { project: 'default', run: run.id, step },
      body: { approved: true, answers: { answer: 'Ada' } },
    })
    expect(await run.result({ timeout: '30s' })).toBe('Hello Ada')
  })

  test('start runs of their own', async () => {
    const [one, other] = (await result('parent')) as unknown[]
    expect([one, other]).toEqual([9, 16])
  })

  test('keep assets, logs and metrics, which a client reads', async () => {
    const run = await client.submit<[{ name: string }, string]>('keeps')
    const [made, text] = await run.result({ timeout: '60s' })
    expect([made.name, text]).toEqual(['model', 'weights'])
    const found = await run.assets()
    expect(found.some(({ name, step }) => name === 'model' && step.startsWith('writes'))).toBe(true)
    const [path] = await (found[0]?.restore(`${folder.path}/out`) ?? [])
    expect(path).toContain('model.txt')
    const said: string[] = []
    for await (const line of run.logs())
      said.push(`${line.step} ${line.stream} ${line.text.trim()} ${JSON.stringify(line.fields ?? null)}`)
    expect(said).toContain('writes[0] stdout plain output null')
    expect(said.some((line) => line.includes('stored') && line.includes('"size":7'))).toBe(true)
  })

  test('pass all values', async () => {
    const value = await result('passes', { day: '2026-11-21' })
    expect(value).toEqual([true, '2026-11-21', true, true, 100_000, true, 'x', true, 3, 0, 'text', 20_000])
  })

  test('are cancelled with what they called', async () => {
    const run = await client.submit('asks')
    await waitingInput(run)
    await run.cancel('not needed')
    expect(await run.wait({ timeout: '30s' })).toBe('cancelled')
  })

  test('try again when a process was killed', async () => {
    expect(await result('lost', { file: newFile() })).toBe(2)
  })

  test('come through a restart of the engine', async () => {
    const file = newFile()
    const run = await client.submit('survives', { file })
    await eventually(() => existsSync(file), 'begin of the run')
    await wait(500)
    await engine.kill()
    await engine.start()
    expect(await run.result({ timeout: '60s' })).toEqual([4, 9])
    expect(await lines(file)).toBe(1)
  })

  test('go on with another worker when theirs was killed', async () => {
    const file = newFile()
    const run = await client.submit('survives', { file })
    await eventually(() => existsSync(file), 'begin of the run')
    await worker.kill()
    worker = await startWorker()
    expect(await run.result({ timeout: '90s' })).toEqual([4, 9])
    expect(await lines(file)).toBe(2)
    expect(await result('wide', { n: 3 })).toBe(6)
  })

  test('other code is refused without a release, and a new version with one', async () => {
    folder.write({ 'code.ts': MODULE.replace('x * x + plus', 'x * x + plus + 1') })
    const refused = new WorkerProcess(folder, ['--data', engine.data, 'code.ts'])
    expect(await refused.exit()).toBe(1)
    expect(refused.output).toContain('--register')
    const other = await startWorker('--register')
    expect(other.output).toContain('code@2')
    expect(await result('square_of', { x: 3 })).toBe(10)
    await other.kill()
    folder.write({ 'code.ts': MODULE })
  })
})

async function waitingInput(run: Run): Promise<string> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await wait(50)) {
    const { steps } = await engine.client.call(routes.runs.get, { params: { project: 'default', run: run.id } })
    const step = steps.find(({ approval, status }) => approval !== undefined && status === 'waiting')
    if (step !== undefined) return step.key
  }
  throw new Error('Nobody was asked.')
}
