import { existsSync } from 'node:fs'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'
import { ended, inProject, project, read, refusal, start, step } from './runs.ts'
import { type CommandLine, commandLine, until } from './weir.ts'

const UNREACHABLE = 4
const KILLS = 3
/** Jumps of the clock that a test makes, for `FAKETIME_TIMESTAMP_FILE`. */
const [NOW, AHEAD, BEHIND] = ['+0', '+2h', '-3d']
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
const NO_FAKETIME = 'libfaketime is not installed'

let cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  cleanups = []
})

async function newEngine(env: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await engineProcess(env)
  cleanups.push(() => engine.remove())
  return engine
}

/** A command line, and an engine with its supervisor behind it. */
async function supervised(): Promise<{ weir: CommandLine; engine: EngineProcess }> {
  const engine = await newEngine()
  const weir = await commandLine(engine.data)
  cleanups.push(() => weir.remove())
  await up(weir)
  return { weir, engine }
}

const up = async (weir: CommandLine): Promise<void> => {
  const { code, err } = await weir('boot', 'up', '--daemon', '--listen', '127.0.0.1:0')
  if (code !== 0) throw new Error(err)
}

const pidOf = async (data: string): Promise<number> =>
  (JSON.parse(await readFile(join(data, 'engine.json'), 'utf8')) as { pid: number }).pid

/** A step that waits until the test lets it go or is over, and notes each time that it was started. */
const held = (gate: string): string => `name: held
steps:
  x: {run: "echo begun >> ${gate}.notes; while [ ! -e ${gate} ] && [ -d ${dirname(gate)} ]; do sleep 0.05; done; echo ok > o", outputs: {o: {text: o}}}
outputs: {o: "\${{ steps.x.outputs.o }}"}
`
const isRunning = async (engine: EngineProcess, run: string): Promise<boolean> =>
  step(await read(engine.client, run), 'x').status === 'running'

test('two engines on one folder: the second says who owns it, and the first works on', async () => {
  const { weir, engine } = await supervised()
  await expect(engine.start()).resolves.toBeUndefined() // what answers is the first
  await until('the end of the second', async () => /owns the data folder/.test(engine.said()))
  expect(await pidOf(engine.data)).toBe((await engine.client.call(routes.engine.status, {})).pid)
  const again = await weir('boot', 'up', '--daemon')
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/runs already/)])
})

test('a port that is taken: by whom, what to do, and nothing is left running', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => server.close())
  const place = server.address()
  const port = typeof place === 'object' && place !== null ? place.port : 0
  const engine = await newEngine()
  const weir = await commandLine(engine.data)
  cleanups.push(() => weir.remove())
  const answer = await weir('boot', 'up', '--daemon', '--listen', `127.0.0.1:${port}`)
  expect(answer.code).toBe(UNREACHABLE)
  expect(answer.err).toMatch(
    new RegExp(`:${port} is in use by .*${process.pid}.*address_taken[\\s\\S]*fix: .*--listen`),
  )
  expect((await weir('boot', 'status')).code).toBe(UNREACHABLE)
  const outside = await weir('boot', 'up', '--daemon', '--listen', '0.0.0.0:0')
  expect([outside.code, outside.err]).toEqual([UNREACHABLE, expect.stringMatching(/address_refused[\s\S]*fix: /)])
})

test('files that say where the engine is and who may ask: gone, torn, empty', async () => {
  const { weir, engine } = await supervised()
  const file = join(engine.data, 'engine.json')
  for (const text of [null, '{"pid": 1, "soc']) {
    await (text === null ? rm(file) : writeFile(file, text))
    expect((await weir('boot', 'status')).code).toBe(0)
  }
  const token = join(engine.data, 'token')
  await rm(token)
  expect((await weir('run', 'list')).code).toBe(0) // the socket is guarded by the folder
  await weir('boot', 'down')
  await writeFile(token, '')
  await up(weir)
  expect((await readFile(token, 'utf8')).trim().length).toBeGreaterThan(30)
  await weir('boot', 'down')
  expect(existsSync(file)).toBe(false)
  await writeFile(
    file,
    '{"pid": 1, "version": "0", "socket": "/nowhere.sock", "url": "http://127.0.0.1:1", "listen": [], "startedAt": "x"}',
  )
  expect((await weir('boot', 'status')).code).toBe(UNREACHABLE)
  await up(weir)
  expect((await weir('boot', 'status')).code).toBe(0)
})

describe('steps outlive the engine', () => {
  test('it is stopped and started again: they are taken back, not started twice', async () => {
    const { weir, engine } = await supervised()
    const gate = join(weir.folder, 'gate')
    const run = await start(engine.client, held(gate))
    await until('the step', () => isRunning(engine, run))
    expect((await weir('boot', 'down')).code).toBe(0)
    await up(weir)
    await until('the adoption', async () => (step(await read(engine.client, run), 'x').executions[0]?.adopted ?? 0) > 0)
    await writeFile(gate, '')
    expect((await ended(engine.client, run)).result?.outputs).toEqual({ o: 'ok' })
    expect(await readFile(`${gate}.notes`, 'utf8')).toBe('begun\n')
  })

  test('it is stopped, and they end before it is started again', async () => {
    const engine = await newEngine()
    await engine.start()
    const gate = join(engine.data, 'gate')
    const run = await start(engine.client, held(gate))
    await until('the step', () => isRunning(engine, run))
    await engine.stop()
    await writeFile(gate, '')
    await until('the end of the step', async () =>
      existsSync(join(engine.data, 'projects', project, 'runs', run, 'x', '1', 'exit')),
    )
    await engine.start()
    expect((await ended(engine.client, run)).result?.outputs).toEqual({ o: 'ok' })
    expect(await readFile(`${gate}.notes`, 'utf8')).toBe('begun\n')
  })

  test(`it is killed ${KILLS} times, and its supervisor starts it again each time`, async () => {
    const { weir, engine } = await supervised()
    const gate = join(weir.folder, 'gate')
    const run = await start(engine.client, held(gate))
    await until('the step', () => isRunning(engine, run))
    for (let kill = 0; kill < KILLS; kill++) {
      const pid = await pidOf(engine.data)
      process.kill(pid, 'SIGKILL')
      await until('another engine', async () => {
        const status = await engine.client.call(routes.engine.status, {}).catch(() => null)
        return status !== null && status.pid !== pid
      })
    }
    await writeFile(gate, '')
    expect((await ended(engine.client, run)).result?.outputs).toEqual({ o: 'ok' })
    expect(await readFile(`${gate}.notes`, 'utf8')).toBe('begun\n')
    expect(await readFile(join(engine.data, 'logs', 'supervisor.log'), 'utf8')).toMatch(/ended by SIGKILL/)
  })
})

test('a key of a call that was carried out by an engine before: the same run, and no other request', async () => {
  const engine = await newEngine()
  await engine.start()
  const call = (n: number) =>
    engine.client.call(
      routes.runs.start,
      { ...inProject, body: { workflow: 'keyed', params: { n } } },
      { idempotencyKey: 'once' },
    )
  await ended(
    engine.client,
    await start(engine.client, 'name: keyed\nparams: {n: {type: integer, default: 0}}\nsteps: {x: {run: "true"}}\n'),
  )
  const first = await call(1)
  await engine.kill()
  await engine.start()
  expect((await call(1)).id).toBe(first.id)
  expect(await refusal(call(2))).toMatchObject({ code: 'idempotency_conflict', status: 409 })
})

test('what one run takes from another outlives it, and its working folders', async () => {
  const engine = await newEngine()
  await engine.start()
  const { client } = engine
  const source = `name: shared
steps:
  x: {run: "seq 1 1000 > o", outputs: {o: {files: o}}, cache: true}
  y: {inputs: {f: "\${{ steps.x.outputs.o }}"}, run: "wc -l < \${{ inputs.f }} > n", outputs: {n: {text: n}}}
outputs: {n: "\${{ steps.y.outputs.n }}", o: "\${{ steps.x.outputs.o }}"}
`
  const first = await ended(client, await start(client, source))
  const second = await ended(client, await start(client, source))
  expect(step(second, 'x').status).toBe('cached')
  await client.call(routes.runs.remove, { params: { project, run: first.id } })
  expect(await read(client, second.id)).toEqual(second)
  await rm(join(engine.data, 'projects', project, 'runs', second.id), { recursive: true, force: true })
  await client.call(routes.runs.rerun, { params: { project, run: second.id }, body: { from: 'y' } })
  const again = await ended(client, second.id)
  expect([again.status, again.result]).toEqual(['succeeded', second.result])
  expect(step(again, 'y').executions.length).toBe(2)
})

test('a clock that jumps: no timeout fires for it, times of a run never go back', async (context) => {
  if (!existsSync(FAKETIME)) return context.skip(NO_FAKETIME)
  const place = await commandLine()
  cleanups.push(() => place.remove())
  const stamp = await place.file('clock', NOW)
  const engine = await newEngine({
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: stamp,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
  await engine.start()
  const gate = join(place.folder, 'gate')
  const source = held(gate).replace('{run:', '{timeout: 30m, run:')
  const first = await start(engine.client, source)
  await until('the step', () => isRunning(engine, first))
  await writeFile(stamp, AHEAD)
  // A run that starts after the jump was noticed has its time.
  const quick = 'name: quick\nsteps: {x: {run: "true"}, s: {sleep: 1s}}\n'
  const jumped = await until('the jump', async () => {
    const run = await ended(engine.client, await start(engine.client, quick))
    return Date.parse(run.createdAt) - Date.now() > 3_600_000 ? run : null
  })
  expect(await isRunning(engine, first)).toBe(true)
  await writeFile(stamp, BEHIND)
  const behind = await ended(engine.client, await start(engine.client, quick))
  expect(behind.status).toBe('succeeded')
  expect(Date.parse(behind.createdAt)).toBeGreaterThanOrEqual(Date.parse(jumped.createdAt))
  await appendFile(gate, '')
  const run = await ended(engine.client, first)
  expect(run.result?.outputs).toEqual({ o: 'ok' })
  const events = await engine.client.call(routes.events.list, { ...inProject, query: {} })
  const times = events.items.map(({ at }) => Date.parse(at))
  expect(times).toEqual([...times].sort((a, b) => a - b))
})
