import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Execute, Json } from '../protocol.ts'
import { type Connection, eventually, ScriptedEngine } from './testing/scripted-engine.ts'
import { ProjectFolder, WorkerProcess } from './testing/worker-process.ts'

const MODULE = `
import { writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { asset, blob, context, input, log, metric, progress, secret, select, suspend, suspense, task, target, workflow, group, gather, type Handle } from 'weir-sdk'
import { helper } from './lib/helper.ts'

export class BadFold extends Error {}

export const add = task((a: number, b = 10) => a + b)
export const folder = task(() => process.cwd())
export const where = task(() => helper())
export const fails = task({ retries: { limit: 2, when: (error) => !(error instanceof BadFold) } }, async (how: string) => {
  if (how === 'fold') throw new BadFold('fold 3')
  throw new RangeError('far')
})
export const prints = task(() => {
  console.log('to stdout')
  console.error('to stderr')
  log.warning('structured', { fold: 3 })
  metric('loss', 0.5, 1)
  progress(1, 2, 'half')
  process.stdout.write('no end of line')
  return 'printed'
})
export const quits = task(() => process.exit(3))
export const fills = task(() => {
  const all: number[][] = []
  for (;;) all.push(new Array(1_000_000).fill(1.5))
})
export const hangs = task(async () => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' })
  console.log('child', child.pid)
  await new Promise(() => undefined)
})
export const stubborn = task(() => {
  process.on('SIGTERM', () => undefined)
  console.log('deaf')
  setInterval(() => undefined, 1000)
  return new Promise(() => undefined)
})
export const large = task((bytes: Uint8Array) => ({ bytes, list: Array.from({ length: 30_000 }, (_, i) => i), text: 'small' }))
export const bad = task(() => ({ scores: [1, 2, () => 3] }))
export const chatty = task(async (lines: number) => {
  for (let i = 0; i < lines; i++) log.info('x'.repeat(1000), { i })
  return 'done'
})
export const outChatty = task(async (lines: number) => {
  for (let i = 0; i < lines; i++) console.log('y'.repeat(1000))
  return 'done'
})
export const types = task((day: Date, big: bigint, set: Set<string>) => [day instanceof Date, typeof big, set instanceof Set])
export const keeps = task(async () => {
  writeFileSync('model.txt', 'weights')
  const made = await asset('model.txt', { name: 'model' })
  return [made, await blob('hello', { mediaType: 'text/plain' })]
})
export const pure = task({ isolation: 'shared' }, async (x: number) => {
  if (x === 13) console.log('thirteen')
  return x * 2
})
export const flow = workflow(async (n: number) => {
  const handles = group('training', () => Array.from({ length: n }, (_, i) => add.submit(i)))
  const sum = await add(handles[0]!, handles[1]!)
  return { sum, all: await gather(handles), first: handles[0] }
})
export const catches = workflow(async () => {
  try {
    await fails('fold')
  } catch (error) {
    return [error instanceof BadFold, (error as Error).message, String((error as Error & { cause: Error }).cause.stack)]
  }
})
export const asks = workflow(async () => [await input<string>('Go on?', { type: 'string' }), (await secret('token')).length])
export const chooses = workflow(async () => {
  const { done, pending, timedOut } = await select([add.submit(1), add.submit(2)], { timeout: '5s', cancelRemaining: true })
  return [done.length, pending.length, timedOut]
})
export const sleeps = workflow(async () => {
  if (!context().resumed) await suspend('10m')
  return suspense(() => add(1))
})
export const remote = workflow(() => target<(x: number) => number>('digits/train').with({ retries: 5, timeout: '1m' })(1))
`
const FILES = {
  'code.ts': MODULE,
  'lib/helper.ts': `
export function helper(): string {
  return new Error('here').stack + ' ' + import.meta.url
}
`,
}

let folder: ProjectFolder
let engine: ScriptedEngine
let worker: WorkerProcess
let link: Connection
let nextToken = 0

const launch = async (...args: string[]): Promise<void> => {
  worker = new WorkerProcess(folder, ['--engine', engine.url, '--concurrency', '2', ...args, 'code.ts'], {
    WEIR_TOKEN: 't0k',
  })
  link = await engine.connection()
}

beforeEach(async () => {
  folder = new ProjectFolder().write(FILES)
  engine = await ScriptedEngine.start()
})
afterEach(async () => {
  await worker.kill()
  await engine.stop()
  folder.remove()
})

function job(target: string, args: Json[], more: Partial<Execute> = {}): Execute {
  nextToken += 1
  return {
    type: 'execute',
    token: `t${nextToken}`,
    execution: `k3m9abcd:${target}[0]:1`,
    run: 'k3m9abcd',
    workspace: 'main',
    target: `code/${target}`,
    version: 1,
    args,
    attempt: 1,
    isolation: 'process',
    ...more,
  }
}

/** Runs one execution to its end. */
async function run(target: string, args: Json[], more: Partial<Execute> = {}): Promise<Json> {
  const one = job(target, args, more)
  link.say(one)
  const { value } = await link.next('result', ({ token }) => token === one.token)
  link.say({ type: 'recorded', tokens: [one.token] })
  return value
}

async function failure(target: string, args: Json[], more: Partial<Execute> = {}) {
  const one = job(target, args, more)
  link.say(one)
  const { error, kind } = await link.next('error', ({ token }) => token === one.token)
  link.say({ type: 'recorded', tokens: [one.token] })
  return { ...error, kind }
}

const logText = (token: string, stream: string): string =>
  link
    .of('log')
    .filter((message) => message.token === token)
    .flatMap(({ lines }) => lines.filter(([, name]) => name === stream).map(([, , text]) => text))
    .join('')

describe('a worker', () => {
  test('says who it is, and runs tasks in fresh processes with folders of their own', async () => {
    await launch('--register', '--tag', 'gpu', '--name', 'box')
    const hello = await link.welcome()
    expect(link.authorization).toBe('Bearer t0k')
    expect(hello).toMatchObject({ register: 'once', tags: ['gpu'], name: 'box', concurrency: 2, workspace: 'main' })
    expect(hello.sdk).toMatch(/^typescript \d/)
    const [manifest] = hello.manifests
    const add = manifest?.targets.find(({ name }) => name === 'add')
    expect(add).toMatchObject({
      kind: 'task',
      parameters: [
        { name: 'a', schema: { type: 'number' }, required: true },
        { name: 'b', schema: { type: 'number' }, required: false, default: 10 },
      ],
    })
    expect(await run('add', [1])).toBe(11)
    expect(await run('add', [1, { $weir: 'absent' }])).toBe(11)
    expect(await run('add', [1], { named: { b: 5 } })).toBe(6)
    const folders = [await run('folder', []), await run('folder', [])]
    expect(new Set(folders).size).toBe(2)
    await eventually(() => folders.every((path) => !existsSync(path as string)), 'removal of the working folders')
    const place = (await run('where', [])) as string
    expect(place).toContain('lib/helper.ts:3:')
    expect(place).toContain(`/lib/helper.ts`)
  })

  test('says errors with class, message, stack of the source, and whether to try again', async () => {
    await launch('--register')
    await link.welcome()
    expect(await failure('fails', ['fold'])).toMatchObject({ type: 'code.BadFold', message: 'fold 3', retry: false })
    const far = await failure('fails', ['far'])
    expect(far).toMatchObject({ type: 'RangeError', message: 'far' })
    expect(far.retry).toBeUndefined()
    expect(far.stack).toMatch(/code\.ts:14:/)
    expect(await failure('bad', [])).toMatchObject({
      type: 'ValueError',
      message: expect.stringContaining('result.scores[2] is a function'),
    })
    expect(await failure('quits', [])).toMatchObject({
      kind: 'abandoned',
      message: expect.stringContaining('exit code 3'),
    })
    expect(await failure('none', [])).toMatchObject({
      message: expect.stringContaining('code/none is not in the modules'),
    })
  })

  test('tells that the heap was full', async () => {
    worker = new WorkerProcess(folder, ['--engine', engine.url, '--register', 'code.ts'], {
      NODE_OPTIONS: '--max-old-space-size=300',
    })
    link = await engine.connection()
    await link.welcome()
    expect(await failure('fills', [])).toMatchObject({ kind: 'oom', message: expect.stringContaining('out of memory') })
  })

  test('sends all output before the result', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('prints', [])
    link.say(one)
    const result = await link.next('result')
    const { token } = one
    expect(logText(token, 'stdout')).toBe('to stdout\nno end of line')
    expect(logText(token, 'stderr')).toBe('to stderr\n')
    expect(logText(token, 'warning')).toBe('structured')
    const last = link.heard.findLastIndex(({ type }) => type === 'log')
    expect(link.heard.indexOf(result)).toBeGreaterThan(last)
    expect(link.of('metric')[0]?.values[0]?.slice(1)).toEqual(['loss', 0.5, 1])
    expect(link.of('progress')[0]).toMatchObject({ done: 1, total: 2, text: 'half' })
    expect(result.usage?.peakMemoryBytes).toBeGreaterThan(1_000_000)
  })

  test('passes large values and files as blobs, and plain values as their parameter wants them', async () => {
    await launch('--register')
    await link.welcome()
    const bytes = Buffer.alloc(100_000, 7)
    const { createHash } = await import('node:crypto')
    const digest = createHash('sha256').update(bytes).digest('hex')
    engine.blobs.set(digest, bytes)
    const value = (await run('large', [{ $weir: 'bytes', blob: digest, size: bytes.length }])) as Record<string, Json>
    expect(value['bytes']).toEqual({ $weir: 'bytes', blob: digest, size: bytes.length })
    expect(value['text']).toBe('small')
    const stored = value['list'] as { $weir: string; blob: string }
    expect(stored.$weir).toBe('stored')
    expect(JSON.parse(engine.blobs.get(stored.blob)?.toString() ?? '')).toHaveLength(30_000)
    expect(await run('types', ['2026-11-21T10:00:00Z', 5, ['a', 'b']])).toEqual([true, 'bigint', true])
    const [asset, blob] = (await run('keeps', [])) as { [key: string]: Json }[]
    expect(asset).toMatchObject({ kind: 'asset', name: 'model', files: [{ path: 'model.txt', size: 7 }] })
    expect(blob).toMatchObject({ $weir: 'blob', size: 5, mediaType: 'text/plain' })
    expect(link.of('asset')[0]?.assets).toEqual([{ name: 'model', value: asset }])
  })

  test('makes calls together, and waits for their steps', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('flow', [3])
    link.say(one)
    const first = await link.next('submit')
    expect(first.calls).toEqual([0, 1, 2].map((x) => ({ target: 'code/add', args: [x], group: 'training' })))
    link.say({ type: 'submitted', id: first.id, steps: ['add[0]', 'add[1]', 'add[2]'] })
    const second = await link.next('submit')
    const ref = (step: string): Json => ({ $weir: 'step', run: 'k3m9abcd', step })
    expect(second.calls).toEqual([{ target: 'code/add', args: [ref('add[0]'), ref('add[1]')] }])
    link.say({ type: 'submitted', id: second.id, steps: ['add[3]'] })
    const wait = await link.next('select')
    expect(wait).toMatchObject({ steps: ['add[3]'], mode: 'all' })
    link.say({
      type: 'selected',
      id: wait.id,
      timedOut: false,
      steps: [{ step: 'add[3]', outcome: 'succeeded', value: 21 }],
    })
    const all = await link.next('select')
    expect(all).toMatchObject({ steps: ['add[0]', 'add[1]', 'add[2]'], mode: 'all' })
    const steps = [10, 11, 12].map((value, at) => ({ step: `add[${at}]`, outcome: 'succeeded' as const, value }))
    link.say({ type: 'selected', id: all.id, timedOut: false, steps })
    const { value } = await link.next('result')
    expect(value).toEqual({ sum: 21, all: [10, 11, 12], first: ref('add[0]') })
  })

  test('gives steps that arguments refer to as their results, and throws their errors as what they were', async () => {
    await launch('--register')
    await link.welcome()
    const ref = { $weir: 'step', run: 'k3m9abcd', step: 'add[0]' }
    const steps = { 'add[0]': { step: 'add[0]', outcome: 'succeeded' as const, value: 4 } }
    expect(await run('add', [ref, 1], { steps })).toBe(5)
    link.say(job('catches', []))
    const call = await link.next('submit')
    link.say({ type: 'submitted', id: call.id, steps: ['fails[0]'] })
    const wait = await link.next('select')
    const error = {
      type: 'code.BadFold',
      message: 'fold 3',
      stack: 'BadFold: fold 3\n    at there',
      step: 'k3m9abcd:fails[0]:1',
    }
    link.say({
      type: 'selected',
      id: wait.id,
      timedOut: false,
      steps: [{ step: 'fails[0]', outcome: 'failed', error }],
    })
    const { value } = await link.next('result')
    expect(value).toEqual([true, 'fold 3', 'BadFold: fold 3\n    at there'])
  })

  test('asks people, secrets, and for the first of several steps', async () => {
    await launch('--register')
    await link.welcome()
    link.say(job('asks', []))
    const call = await link.next('submit')
    expect(call.calls).toEqual([{ input: 'Go on?', schema: { type: 'string' } }])
    link.say({ type: 'submitted', id: call.id, steps: ['input[0]'] })
    const wait = await link.next('select')
    link.say({
      type: 'selected',
      id: wait.id,
      timedOut: false,
      steps: [{ step: 'input[0]', outcome: 'succeeded', value: 'yes' }],
    })
    const wanted = await link.next('secret')
    expect(wanted.name).toBe('token')
    link.say({ type: 'secret', id: wanted.id, value: 'hush' })
    expect((await link.next('result')).value).toEqual(['yes', 4])
    link.say(job('chooses', []))
    const calls = await link.next('submit')
    link.say({ type: 'submitted', id: calls.id, steps: ['add[0]', 'add[1]'] })
    const any = await link.next('select')
    expect(any).toMatchObject({ mode: 'any', timeoutMs: 5000, cancelRemaining: true, steps: ['add[0]', 'add[1]'] })
    const steps = [
      { step: 'add[0]', outcome: 'succeeded' as const, value: 1 },
      { step: 'add[1]', outcome: 'cancelled' as const },
    ]
    link.say({ type: 'selected', id: any.id, timedOut: false, steps })
    expect((await link.next('result')).value).toEqual([1, 1, false])
    link.say(job('remote', []))
    const far = await link.next('submit')
    expect(far.calls).toMatchObject([
      { target: 'digits/train', args: [1], options: { retries: { limit: 5 }, timeoutMs: 60_000 } },
    ])
    link.say({
      type: 'refused',
      id: far.id,
      problem: { code: 'target_not_found', message: 'No worker.', fix: 'Start one.' },
    })
    const { error } = await link.next('error')
    expect(error).toMatchObject({ type: 'EngineRefusal', message: 'No worker. Start one.' })
  })

  test('gives up its process when it suspends', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('sleeps', [])
    link.say(one)
    expect(await link.next('suspend')).toMatchObject({ token: one.token, steps: [], delayMs: 600_000 })
    link.say({ type: 'recorded', tokens: [one.token] })
    link.say(job('sleeps', [], { resumed: true, attempt: 2 }))
    const call = await link.next('submit')
    link.say({ type: 'submitted', id: call.id, steps: ['add[0]'] })
    const look = await link.next('select')
    expect(look.timeoutMs).toBe(0)
    link.say({ type: 'selected', id: look.id, timedOut: true, steps: [{ step: 'add[0]', outcome: 'pending' }] })
    expect(await link.next('suspend')).toMatchObject({ steps: ['add[0]'], mode: 'all' })
  })

  test('ends an execution with its children, by force when it is deaf', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('hangs', [])
    link.say(one)
    const child = await eventually(() => /child (\d+)/.exec(logText(one.token, 'stdout'))?.[1], 'line with the child')
    link.say({ type: 'abort', token: one.token, reason: 'cancel' })
    await link.next('aborted', ({ token }) => token === one.token)
    await eventually(() => !isAlive(Number(child)), 'end of the child')
    const deaf = job('stubborn', [])
    link.say(deaf)
    await eventually(() => logText(deaf.token, 'stdout').includes('deaf'), 'line')
    link.say({ type: 'abort', token: deaf.token, reason: 'timeout' })
    await link.next('aborted', ({ token }) => token === deaf.token)
  })

  test.each(['chatty', 'outChatty'])('holds %s back until its lines are written', async (target) => {
    await launch('--register')
    await link.welcome()
    const one = job(target, [10_000])
    link.say(one)
    const bytes = (): number =>
      link
        .of('log')
        .reduce((sum, { lines }) => sum + lines.reduce((all, [, , text]) => all + Buffer.byteLength(text), 0), 0)
    const WINDOW = 1024 * 1024
    await eventually(() => bytes() > WINDOW - 300_000, 'full window')
    let acknowledged = 0
    while (link.of('result').length === 0) {
      const now = bytes()
      expect(now - acknowledged).toBeLessThanOrEqual(WINDOW)
      if (now > acknowledged) link.say({ type: 'logged', token: one.token, bytes: now - acknowledged })
      acknowledged = now
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(bytes()).toBe(target === 'chatty' ? 10_000_000 : 10_010_000)
    expect(link.heard.findLastIndex(({ type }) => type === 'log')).toBeLessThan(
      link.heard.findIndex(({ type }) => type === 'result'),
    )
  })

  test('runs pure functions in one warm process, each with its own output', async () => {
    await launch('--register')
    await link.welcome()
    const jobs = Array.from({ length: 500 }, (_, x) => job('pure', [x], { isolation: 'shared' }))
    link.say(...jobs)
    await eventually(() => link.of('result').length === 500, 'all results')
    expect(link.of('result').map(({ value }) => value)).toEqual(jobs.map((_, x) => x * 2))
    expect(new Set(link.of('started').map(({ pid }) => pid)).size).toBe(1)
    const [thirteen] = link.of('log')
    expect(thirteen).toMatchObject({ token: jobs[13]?.token })
    expect(link.frames).toBeLessThan(200)
  })

  test('works on while the connection is away, and says again what was not recorded', async () => {
    await launch('--register')
    const hello = await link.welcome()
    const done = job('add', [1, 1])
    const waiting = job('flow', [2])
    link.say(done, waiting)
    await link.next('result', ({ token }) => token === done.token)
    const call = await eventually(() => link.of('submit')[0], 'call')
    link.cut()
    link = await engine.connection()
    const again = await link.welcome()
    expect(again.session).toBe(hello.session)
    expect([...again.executions].sort()).toEqual([done.token, waiting.token].sort())
    expect(await link.next('submit')).toEqual(call)
    await link.next('result', ({ token }) => token === done.token)
    link.say({ type: 'recorded', tokens: [done.token] })
    link.cut()
    link = await engine.connection()
    expect((await link.welcome([waiting.token])).executions).toEqual([waiting.token])
    link.cut()
    link = await engine.connection()
    expect((await link.welcome()).executions.filter((token) => token === done.token)).toEqual([])
  })

  test('does not say again what the engine did not understand', async () => {
    await launch('--register')
    await link.welcome()
    const done = job('add', [1, 1])
    const asking = job('flow', [2])
    link.say(done, asking)
    await link.next('result', ({ token }) => token === done.token)
    await eventually(() => link.of('submit')[0], 'call')
    link.close(4400, 'a message is odd')
    link = await engine.connection()
    await link.welcome()
    const failures = [await link.next('error'), await link.next('error')]
    expect(failures.map(({ token }) => token).sort()).toEqual([done.token, asking.token].sort())
    for (const { error } of failures) expect(error.message).toContain('a message is odd')
    expect(link.of('submit')).toEqual([])
    expect(await run('add', [1, 2])).toBe(3)
  })

  test('ends with words when it is never understood', async () => {
    await launch('--register')
    for (const _ of [1, 2]) {
      await link.welcome()
      link.close(4400, 'a message is odd')
      link = await engine.connection()
    }
    await link.welcome()
    link.close(4400, 'a message is odd')
    await worker.says('The engine does not understand this worker: a message is odd')
  })

  test('comes to an engine that is started later, and to one that was started again', async () => {
    const { portNumber } = engine
    await engine.stop()
    worker = new WorkerProcess(folder, ['--engine', `http://127.0.0.1:${portNumber}`, '--register', 'code.ts'])
    await worker.says('does not answer')
    engine = await ScriptedEngine.start(portNumber)
    link = await engine.connection()
    await link.welcome()
    expect(await run('add', [1, 2])).toBe(3)
  })

  test('drains: what runs comes to its end, and is recorded', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('flow', [2])
    link.say(one)
    const call = await link.next('submit')
    worker.child.kill('SIGTERM')
    await link.next('drain')
    expect(worker.code).toBeNull()
    link.say({ type: 'refused', id: call.id, problem: { code: 'x', message: 'no' } })
    await link.next('error')
    expect(worker.code).toBeNull()
    link.say({ type: 'recorded', tokens: [one.token] })
    expect(await worker.exit()).toBe(0)
  })

  test('ends at once at the second signal', async () => {
    await launch('--register')
    await link.welcome()
    const one = job('hangs', [])
    link.say(one)
    const child = await eventually(() => /child (\d+)/.exec(logText(one.token, 'stdout'))?.[1], 'line with the child')
    worker.child.kill('SIGINT')
    await link.next('drain')
    worker.child.kill('SIGINT')
    expect(await worker.exit()).toBe(130)
    await eventually(() => !isAlive(Number(child)), 'end of the child')
  })

  test.runIf(process.platform !== 'win32')('leaves nothing behind when it is killed', async () => {
    const before = new Set(leftovers())
    await launch('--register')
    await link.welcome()
    const one = job('hangs', [])
    link.say(one)
    const child = await eventually(() => /child (\d+)/.exec(logText(one.token, 'stdout'))?.[1], 'line with the child')
    const own = leftovers().filter((name) => !before.has(name) && ownedBy(name, worker.child.pid))
    expect(own.length).toBe(1)
    await worker.kill()
    await eventually(() => !isAlive(Number(child)), 'end of the child')
    await eventually(() => own.every((name) => !existsSync(join(tmpdir(), name))), 'removal of its folder')
  })

  test('refuses to run other code than was released', async () => {
    await launch()
    expect((await link.next('hello')).register).toBe('never')
    link.close(4409, 'The module code is registered with other code.')
    expect(await worker.exit()).toBe(1)
    expect(worker.output).toContain('registered with other code. Release the code with --register')
  })

  test('ends with the place of a fault, when it does not develop', async () => {
    folder.write({ 'code.ts': 'export const x = (' })
    worker = new WorkerProcess(folder, ['--engine', engine.url, '--register', 'code.ts'])
    expect(await worker.exit()).toBe(1)
    expect(worker.output).toContain('code.ts:1:')
  })
})

describe('a worker that develops', () => {
  test('begins with a fault, says it, and goes on when it is mended', async () => {
    folder.write({ 'code.ts': 'export const x = (' })
    await launch('--dev')
    expect((await link.welcome()).manifests).toEqual([])
    const { faults } = await link.next('declare')
    expect(faults).toEqual([{ module: 'code', message: expect.stringMatching(/^code\.ts:1:/) }])
    folder.write({ 'code.ts': "import { task } from 'weir-sdk'\nexport const one = task(() => 1)" })
    const mended = await link.next('declare')
    link.say({ type: 'declared', id: mended.id, versions: { code: 1 } })
    expect(await run('one', [])).toBe(1)
  })

  const source = (body: string): string =>
    `import { task } from 'weir-sdk'\nimport { one } from './lib/one.ts'\n${body}\n`

  test('declares anew at every save, and goes on with the last good version after a fault', async () => {
    folder.write({ 'code.ts': source('export const value = task(() => one)'), 'lib/one.ts': 'export const one = 1' })
    await launch('--dev')
    const hello = await link.welcome()
    expect(await run('value', [])).toBe(1)
    folder.write({ 'lib/one.ts': 'export const one = 2' })
    const declared = await link.next('declare')
    expect(declared.manifests[0]?.targets[0]?.code).not.toBe(hello.manifests[0]?.targets[0]?.code)
    expect(await run('value', [])).toBe(1) // still of version 1
    link.say({ type: 'declared', id: declared.id, versions: { code: 2 } })
    expect(await run('value', [], { version: 2 })).toBe(2)
    expect(await run('value', [], { version: 1 })).toBe(1)
    folder.write({ 'code.ts': source('export const value = task(() => one +)') })
    const broken = await link.next('declare')
    expect(broken.faults).toEqual([
      { module: 'code', message: expect.stringMatching(/^code\.ts:3:38: Unexpected "\)"/) },
    ])
    expect(broken.manifests).toEqual(declared.manifests)
    await worker.says('The last good version goes on.')
    link.say({ type: 'declared', id: broken.id, versions: { code: 2 } })
    expect(await run('value', [], { version: 2 })).toBe(2)
    folder.write({ 'code.ts': source('export const value = task(() => one + 40)') })
    const mended = await link.next('declare', ({ faults }) => faults.length === 0)
    link.say({ type: 'declared', id: mended.id, versions: { code: 3 } })
    expect(mended.earlier).toEqual({ code: [1, 2] })
    expect(await run('value', [], { version: 3 })).toBe(42)
  })

  test('serves the versions before until the engine says that no run needs them', async () => {
    const both = (value: number): string =>
      source(`export const value = task(() => one * ${value})
export const pure = task({ isolation: 'shared' }, () => one * ${value})`)
    folder.write({ 'code.ts': both(1), 'lib/one.ts': 'export const one = 1' })
    await launch('--dev')
    expect((await link.welcome()).earlier).toEqual({})
    for (const version of [2, 3]) {
      folder.write({ 'code.ts': both(version) })
      const declared = await link.next('declare')
      expect(declared.earlier).toEqual({ code: version === 2 ? [1] : [1, 2] })
      link.say({ type: 'declared', id: declared.id, versions: { code: version } })
    }
    for (const version of [1, 2, 3, 1]) expect(await run('value', [], { version })).toBe(version)
    for (const version of [1, 3]) expect(await run('pure', [], { version, isolation: 'shared' })).toBe(version)
    link.close(1012, 'restarts')
    link = await engine.connection()
    expect((await link.welcome([], 3)).earlier).toEqual({ code: [1, 2] })
    link.say({ type: 'retire', versions: { code: [1, 3], other: [7] } })
    const gone = await failure('value', [], { version: 1 })
    expect(gone).toMatchObject({ kind: 'abandoned', type: 'VersionGone' })
    for (const version of [2, 3]) expect(await run('value', [], { version })).toBe(version)
  })

  test('tells of a version that was replaced before it had its number', async () => {
    folder.write({ 'code.ts': source('export const value = task(() => one)'), 'lib/one.ts': 'export const one = 1' })
    await launch('--dev')
    await link.welcome()
    folder.write({ 'lib/one.ts': 'export const one = 2' })
    const first = await link.next('declare')
    folder.write({ 'lib/one.ts': 'export const one = 3' })
    const second = await link.next('declare')
    expect(second.earlier).toEqual({ code: [1] })
    link.say({ type: 'declared', id: first.id, versions: { code: 2 } })
    expect((await link.next('declare')).earlier).toEqual({ code: [1, 2] })
    link.say({ type: 'declared', id: second.id, versions: { code: 3 } })
    for (const version of [1, 2, 3]) expect(await run('value', [], { version })).toBe(version)
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => /^weir-sdk-[A-Za-z0-9]{6}$/.test(name))

/** Folders of other workers that run at the same time are theirs. */
function ownedBy(name: string, worker: number | undefined): boolean {
  const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === worker)
  return children.some((pid) => folderOf(pid)?.startsWith(`${join(tmpdir(), name)}/`))
}

function parentOf(pid: string): number | null {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
  } catch {
    return null // gone meanwhile
  }
}

function folderOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null // gone meanwhile
  }
}
