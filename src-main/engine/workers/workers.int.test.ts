import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineProcess, engineProcess } from '../../../e2e/faults/engine-process.ts'
import { ended, read } from '../../../e2e/faults/runs.ts'
import { until } from '../../../e2e/faults/weir.ts'
import { type LogLine, type Run, routes } from '../../../src-shared/contract/index.ts'
import { TestWorker } from '../executors/worker/testing/client.ts'
import { connectOver } from '../executors/worker/testing/web-socket.ts'

const inProject = { params: { project: 'default' } }
let engine: EngineProcess

beforeAll(async () => {
  engine = await engineProcess()
  await engine.start()
})
afterAll(() => engine.remove())

const connect = (worker: TestWorker) => connectOver(worker, { base: `ws+unix:${engine.data}/engine.sock:` })
const start = (): Promise<Run> =>
  engine.client.call(routes.runs.start, { ...inProject, body: { workflow: 'main', params: {} } })
const workers = async () => (await engine.client.call(routes.workers.list, inProject)).items

async function linesOf(run: string): Promise<LogLine[]> {
  const lines: LogLine[] = []
  const stream = engine.client.lines(routes.runs.logs, { params: { project: 'default', run } })
  for await (const line of stream) lines.push(line)
  return lines
}

/** Comes back as often as the engine needs to start. */
async function comeBack(worker: TestWorker, executions: readonly string[]) {
  await until('the engine', async () => {
    try {
      await connect(worker)
      return true
    } catch {
      return false
    }
  })
  return worker.greet({ executions: [...executions] })
}

describe('a worker at a real engine', () => {
  test('registers its module, runs its workflow, and what it says can be read', async () => {
    const worker = new TestWorker({ name: 'first' })
    await connect(worker)
    const { versions, worker: id } = await worker.greet()
    expect(versions).toEqual({ digits: 1 })
    const run = await start()
    const order = await worker.next('execute')
    expect(order).toMatchObject({ run: run.id, workspace: 'main', target: 'digits/main', version: 1, attempt: 1 })
    const { token } = order
    worker.say({ type: 'started', token, pid: 7 }, { type: 'progress', token, done: 1, total: 2, text: 'half' })
    expect(await engine.client.call(routes.workers.get, { params: { project: 'default', worker: id } })).toMatchObject({
      name: 'first',
      workspace: 'main',
      hosts: { digits: 1 },
      connected: true,
      busy: 1,
      busyShared: 0,
      used: { processes: 1, shared: 0 },
      executions: [{ target: 'digits/main' }],
    })
    worker.say(
      { type: 'log', token, lines: [[Date.now(), 'warning', 'loss grows', { epoch: 3 }]] },
      {
        type: 'metric',
        token,
        values: [
          [1, 'loss', 0.5, 1],
          [2, 'loss', 0.25, 2],
        ],
      },
      { type: 'submit', id: 1, token, calls: [{ target: 'digits/train', args: [3] }] },
    )
    // The call is on disk: its order and the answer to its caller come in either order.
    const steps = ['train[0]']
    await worker.until('the answer', () => worker.heard.some((one) => one.type === 'submitted'))
    expect(worker.heard).toContainEqual({ type: 'submitted', id: 1, steps })
    const isCall = (one: { type: string }): boolean => one.type === 'execute' && one !== order
    await worker.until('the order', () => worker.heard.some(isCall))
    const called = worker.heard.find((one) => one.type === 'execute' && one !== order)
    if (called?.type !== 'execute') throw new Error('it was waited for')
    expect(called).toMatchObject({ target: 'digits/train', args: [3] })
    worker.say({ type: 'select', id: 2, token, steps, mode: 'all' })
    worker.say({ type: 'started', token: called.token }, { type: 'result', token: called.token, value: { score: 9 } })
    expect(await worker.next('selected')).toMatchObject({
      steps: [{ step: 'train[0]', outcome: 'succeeded', value: { score: 9 } }],
    })
    worker.say({ type: 'result', token, value: 'done' })
    await worker.next('recorded', ({ tokens }) => tokens.includes(token))
    const after = await ended(engine.client, run.id)
    expect(after).toMatchObject({ status: 'succeeded', result: { outputs: { result: 'done' } } })
    expect(await linesOf(run.id)).toMatchObject([
      { stream: 'log', level: 'warning', text: 'loss grows', fields: { epoch: 3 } },
    ])
    const step = after.steps[0]?.key ?? ''
    const params = { project: 'default', run: run.id, step }
    expect(await engine.client.call(routes.runs.metrics, { params })).toEqual({
      attempt: 1,
      series: [
        {
          name: 'loss',
          count: 2,
          min: 0.25,
          max: 0.5,
          points: [
            [1, 0.5, 1],
            [2, 0.25, 2],
          ],
        },
      ],
    })
    worker.leave()
    await until('its leave', async () => (await workers()).length === 0)
  })

  test('keeps what it runs while the engine is killed and comes back; a result that was told twice counts once', async () => {
    const worker = new TestWorker()
    await connect(worker)
    const { worker: id } = await worker.greet()
    const run = await start()
    const { token } = await worker.next('execute')
    worker.say({ type: 'started', token })
    await until(
      'the start',
      async () => (await read(engine.client, run.id)).steps[0]?.executions[0]?.status === 'running',
    )
    await engine.kill()
    await worker.closing()
    await engine.start()
    const welcome = await comeBack(worker, [token])
    expect(welcome).toMatchObject({ worker: id, abort: [] })
    worker.say({ type: 'result', token, value: 1 }, { type: 'result', token, value: 2 })
    await worker.next('recorded')
    const after = await ended(engine.client, run.id)
    expect(after.result?.outputs).toEqual({ result: 1 })
    expect(after.steps[0]?.executions).toMatchObject([{ status: 'succeeded', adopted: 1 }])
    worker.leave()
  })

  test('is asked to end what is cancelled', async () => {
    const worker = new TestWorker()
    await connect(worker)
    await worker.greet()
    const run = await start()
    const { token } = await worker.next('execute')
    worker.say({ type: 'started', token })
    await engine.client.call(routes.runs.cancel, { params: { project: 'default', run: run.id }, body: {} })
    expect(await worker.next('abort')).toEqual({ type: 'abort', token, reason: 'cancel' })
    worker.say({ type: 'aborted', token })
    expect((await ended(engine.client, run.id)).status).toBe('cancelled')
    worker.leave()
  })

  test('that is stopped gives its work to another one', async () => {
    const [one, other] = [new TestWorker({ name: 'one' }), new TestWorker({ name: 'other' })]
    await connect(one)
    const { worker: id } = await one.greet()
    const run = await start()
    const { token } = await one.next('execute')
    one.say({ type: 'started', token })
    await connect(other)
    await other.greet()
    await engine.client.call(routes.workers.stop, { params: { project: 'default', worker: id } })
    expect(await one.next('abort')).toMatchObject({ token, reason: 'stale' })
    await one.next('drain')
    one.leave()
    const again = await other.next('execute')
    expect(again).toMatchObject({ attempt: 2 })
    other.say({ type: 'result', token: again.token, value: null })
    expect((await ended(engine.client, run.id)).status).toBe('succeeded')
    other.leave()
  })

  test('a project that does not run is started by its connection, and wakes for nobody who only looks', async () => {
    await engine.client.call(routes.projects.create, { body: { name: 'mice' } })
    expect(await engine.client.call(routes.workers.list, { params: { project: 'mice' } })).toEqual({ items: [] })
    const state = async () => (await engine.client.call(routes.projects.get, { params: { project: 'mice' } })).state
    expect(await state()).toBe('idle')
    const worker = new TestWorker()
    await connectOver(worker, { base: `ws+unix:${engine.data}/engine.sock:`, project: 'mice' })
    expect((await worker.greet()).project).toBe('mice')
    expect(await state()).toBe('running')
    await engine.client.call(routes.projects.archive, { params: { project: 'mice' } })
    expect((await worker.closing()).code).toBe(1012)
    await connectOver(worker, { base: `ws+unix:${engine.data}/engine.sock:`, project: 'mice' })
    expect(await worker.closing()).toMatchObject({ code: 4404, reason: expect.stringContaining('archived') })
  })

  test('a million lines of one execution: none is lost, and memory stays', async () => {
    const worker = new TestWorker()
    await connect(worker)
    await worker.greet()
    const run = await start()
    const { token } = await worker.next('execute')
    const memory = async () => (await engine.client.call(routes.engine.status, {})).memoryBytes
    const before = await memory()
    let [room, most] = [1024 * 1024, 0]
    for (let line = 0; line < 1_000_000; ) {
      const lines: unknown[] = []
      let bytes = 0
      for (let n = 0; n < 10_000; n++, line++) {
        const text = `line ${line}\n`
        lines.push([1_800_000_000_000 + Math.floor(line / 100), 'stdout', text, null])
        bytes += text.length
      }
      while (room < bytes) room += (await worker.next('logged')).bytes
      room -= bytes
      worker.say({ type: 'log', token, lines })
      if (line % 100_000 === 0) most = Math.max(most, await memory())
    }
    worker.say({ type: 'result', token, value: null })
    await ended(engine.client, run.id)
    let count = 0
    const stream = engine.client.lines(routes.runs.logs, { params: { project: 'default', run: run.id } })
    for await (const line of stream) if (line.text === `line ${count}`) count++
    expect(count).toBe(1_000_000)
    expect(most - before).toBeLessThan(200 * 1024 * 1024)
    worker.leave()
  })
})
