import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type EngineProcess, engineProcess } from '../../../e2e/faults/engine-process.ts'
import { ended, read, refusal } from '../../../e2e/faults/runs.ts'
import { until } from '../../../e2e/faults/weir.ts'
import { type Pool, type PoolSpec, routes } from '../../../src-shared/contract/index.ts'
import { manifest } from '../executors/worker/testing/client.ts'

/**
 * The smallest worker: registers a module and answers every call, `main` with what it is told. It comes back when its connection
 * breaks, as SDKs do, and leaves when it is drained.
 */
const WORKER = `
const { randomBytes } = require('node:crypto')
const { WebSocket } = require('ws')
const session = randomBytes(32).toString('hex')
const [engine, project] = [process.env.WEIR_ENGINE.slice(5), process.env.WEIR_PROJECT]
let socket = null
const held = new Map()
let draining = false
const say = (...messages) => { if (socket?.readyState === 1) socket.send(JSON.stringify(messages)) }
const leave = () => { if (draining && held.size === 0) { socket?.close(1000); setTimeout(() => process.exit(0), 50) } }
const drain = () => { if (draining) process.exit(1); draining = true; say({ type: 'drain' }); leave() }
const finish = (token) => { held.set(token, true); say({ type: 'result', token, value: process.env.ANSWER ?? null }) }
process.on('SIGTERM', drain)
setInterval(() => say({ type: 'heartbeat', executions: [...held.keys()] }), 1000)
const connect = () => {
  socket = new WebSocket('ws+unix:' + engine + ':/api/v1/projects/' + project + '/workers/connect')
  socket.on('open', () => say({ type: 'hello', protocol: 1, session, workspace: process.env.WEIR_WORKSPACE, name: 'pooled',
    host: 'here', pid: process.pid, sdk: 'test 0', runtime: process.version, concurrency: 1, shared: 0, tags: [],
    pool: process.env.WEIR_POOL, manifests: JSON.parse(process.env.MANIFESTS), register: 'once', executions: [...held.keys()] }))
  socket.on('message', (data) => {
    for (const message of JSON.parse(data)) {
      if (message.type === 'welcome') for (const [token, isOver] of held) if (isOver) finish(token)
      if (message.type === 'execute') {
        held.set(message.token, false)
        say({ type: 'started', token: message.token, pid: process.pid })
        setTimeout(() => finish(message.token), Number(process.env.TAKES ?? 0))
      }
      if (message.type === 'recorded') for (const token of message.tokens) held.delete(token)
      if (message.type === 'abort') { held.delete(message.token); say({ type: 'aborted', token: message.token }) }
      if (message.type === 'drain') draining = true
    }
    leave()
  })
  socket.on('error', () => {})
  socket.on('close', () => { if (!draining) setTimeout(connect, 200) })
}
connect()
`

const project = 'default'
let engine: EngineProcess

beforeAll(async () => {
  engine = await engineProcess()
  await engine.start()
  writeFileSync(join(engine.data, 'worker.cjs'), WORKER)
})
afterAll(() => engine.remove())
afterEach(async () => {
  for (const { name } of await list())
    await engine.client.call(routes.pools.remove, { params: { project, pool: name } })
  await until('no worker', async () => (await workers()).length === 0)
})

const list = async (): Promise<Pool[]> => (await engine.client.call(routes.pools.list, { params: { project } })).items
const get = (pool: string): Promise<Pool> => engine.client.call(routes.pools.get, { params: { project, pool } })
const workers = async () => (await engine.client.call(routes.workers.list, { params: { project } })).items
const create = (name: string, spec: Partial<PoolSpec> = {}): Promise<Pool> =>
  engine.client.call(routes.pools.create, {
    params: { project },
    body: {
      name,
      command: `exec "${process.execPath}" worker.cjs`,
      folder: engine.data,
      idleStopMs: 60_000,
      ...spec,
      env: { NODE_PATH: resolve('node_modules'), MANIFESTS: JSON.stringify([manifest('digits')]), ...spec.env },
    },
  })
const start = () =>
  engine.client.call(routes.runs.start, { params: { project }, body: { workflow: 'main', params: {} } })

/** Registers the module, so that there is work before there is a worker. */
async function registered(): Promise<void> {
  const body = { manifests: [manifest('digits')] }
  await engine.client.call(routes.targets.register, { params: { project }, body })
}

test('work that waits starts a worker; without work it is stopped', async () => {
  await registered()
  await create('fits', { idleStopMs: 1000, env: { ANSWER: 'from the pool' } })
  expect(await get('fits')).toMatchObject({
    enabled: true,
    workers: [],
    problem: null,
    env: expect.arrayContaining(['ANSWER']),
  })
  expect(JSON.stringify(await get('fits'))).not.toContain('from the pool')
  const run = await start()
  expect((await ended(engine.client, run.id)).result?.outputs).toEqual({ result: 'from the pool' })
  const seen = await until('its worker', async () =>
    (await get('fits')).workers.find(({ state }) => state === 'connected'),
  )
  expect(seen.worker).toMatch(/^w-/)
  expect((await get('fits')).hosts).toEqual(['digits'])
  await until('its stop', async () => (await get('fits')).workers.length === 0)
  expect(await get('fits')).toMatchObject({ problem: null, nextStart: null })
})

test('min workers are always there, max are not passed', async () => {
  await create('fits', { min: 1, max: 2, env: { TAKES: '3000' } })
  await until('the first', async () => (await workers()).length === 1)
  const runs = await Promise.all([start(), start(), start()])
  await until('the second', async () => (await workers()).length === 2)
  for (const { id } of runs) expect((await ended(engine.client, id)).status).toBe('succeeded')
  expect((await get('fits')).workers.length).toBe(2)
})

test('a worker that fails says why, and is tried again after longer and longer waits', async () => {
  await create('ill', { min: 1, command: 'echo "No module named digits" >&2; exit 7' })
  await until('its words', async () => (await get('ill')).problem)
  const pool = await get('ill')
  expect(pool.problem).toMatch(/^A worker failed: it ended with 7\. The last that it wrote: No module named digits/)
  await until('several tries', async () => {
    const { lines } = await engine.client.call(routes.pools.logs, {
      params: { project, pool: 'ill' },
      query: { tail: 10 },
    })
    return lines.length >= 2
  })
  await engine.client.call(routes.pools.stop, { params: { project, pool: 'ill' } })
  expect(await get('ill')).toMatchObject({ enabled: false, problem: null })
})

test('after the engine was killed its workers come back, and no others are started', async () => {
  await create('fits', { min: 1, env: { TAKES: '2500', ANSWER: 'survived' } })
  const [before] = await until('the worker', async () => ((await workers()).length === 1 ? workers() : null))
  const run = await start()
  await until(
    'the start',
    async () => (await read(engine.client, run.id)).steps[0]?.executions[0]?.status === 'running',
  )
  await engine.kill()
  await engine.start()
  const after = await ended(engine.client, run.id)
  expect(after.result?.outputs).toEqual({ result: 'survived' })
  expect(after.steps[0]?.executions).toHaveLength(1)
  expect((await get('fits')).workers).toMatchObject([{ pid: before?.pid }])
  expect((await workers()).map(({ id }) => id)).toEqual([before?.id])
})

test('all workers end with the engine', async () => {
  await create('fits', { min: 1 })
  const [worker] = await until('the worker', async () => ((await workers()).length === 1 ? workers() : null))
  await engine.stop()
  expect(() => process.kill(worker?.pid ?? 0, 0)).toThrow(/ESRCH/)
  await engine.start()
  await until('another one', async () => (await workers()).some(({ pid }) => pid !== worker?.pid))
})

test('what cannot be a pool is refused', async () => {
  const code = async (spec: Partial<PoolSpec>): Promise<string> => (await refusal(create('odd', spec))).code
  expect(await code({ folder: 'relative' })).toBe('bad_request')
  expect(await code({ command: null })).toBe('bad_request')
  expect(await code({ min: 3, max: 2 })).toBe('bad_request')
  expect(await code({ command: null, modules: ['nothing.py'] })).toBe('module_not_found')
  await create('fits')
  expect((await refusal(create('fits'))).code).toBe('pool_exists')
  expect((await refusal(get('none'))).code).toBe('pool_not_found')
})
