import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { FRAME_BYTES } from '../../../src-shared/contract/worker-protocol.ts'
import { WorkerHub } from '../executors/index.ts'
import { Bench } from '../executors/worker/testing/bench.ts'
import { TestWorker } from '../executors/worker/testing/client.ts'
import { type Address, connectOver } from '../executors/worker/testing/web-socket.ts'
import { MASTER_TOKEN, masterOnly, startTestApi, type TestApi } from '../http/test-api.ts'
import { WorkerLines } from '../projects/index.ts'
import { silentLog } from '../telemetry/index.ts'
import { type WorkerSockets, workerSockets } from './socket.ts'

/** Sockets on a real server, with a hub of the project `default` behind them in place of its thread. */
let bench: Bench
let hub: WorkerHub
let lines: WorkerLines
let sockets: WorkerSockets
let server: TestApi
const audited: string[] = []
/** Frames on their way to the hub are kept back when a test says so */
let held: (() => void)[] | null = null

beforeEach(async () => {
  bench = new Bench()
  lines = new WorkerLines()
  held = null
  audited.length = 0
  hub = new WorkerHub({
    project: 'default',
    engine: '0.0.0',
    calls: bench.calls,
    report: (report) => bench.reports.push(report),
    blobs: bench.blobs,
    now: Date.now,
    post: (message) => lines.hear(message),
    note: () => undefined,
  })
  const authenticate: typeof masterOnly = (credentials) =>
    credentials.bearer === 'reads' ? { name: 'ana', permissions: ['WORKFLOW', 'READ_ONLY'] } : masterOnly(credentials)
  sockets = workerSockets({
    gate: {
      async connect(project, socket) {
        if (project === 'gone') throw new ProblemError('project_archived', 'the project gone is archived')
        if (project === 'ill') throw new ProblemError('project_failed', 'the project ill cannot be used now')
        if (project !== 'default') throw new ProblemError('project_not_found', `there is no project ${project}`)
        return lines.open(socket, (message) => {
          if (message.type !== 'worker.frame' || held === null) hub.hear(message)
          else held.push(() => hub.hear(message))
        })
      },
    },
    authenticate,
    audit: { write: async ({ action, actor }) => void audited.push(`${actor} ${action}`) },
    log: silentLog(),
  })
  server = await startTestApi({ authenticate, upgrade: sockets.upgrade, mount: () => undefined })
})
afterEach(async () => {
  sockets.close()
  await hub.close()
  await server.stop()
  await bench[Symbol.asyncDispose]()
})

const address = (over: Partial<Address> = {}): Address => ({
  base: server.url,
  headers: { authorization: `Bearer ${MASTER_TOKEN}` },
  ...over,
})

describe('who may connect', () => {
  test('is decided before the upgrade', async () => {
    const refusal = async (over: Partial<Address>): Promise<string> =>
      connectOver(new TestWorker(), address(over)).then(
        () => 'let in',
        (error: Error) => error.message,
      )
    expect(await refusal({ headers: {} })).toMatch(/^401 .*unauthorized/)
    expect(await refusal({ headers: { authorization: 'Bearer reads' } })).toMatch(/^403 .*may only read/)
    const headers = { authorization: `Bearer ${MASTER_TOKEN}` }
    expect(await refusal({ headers: { ...headers, host: 'evil.example' } })).toMatch(/^403 .*host_refused/)
    expect(await refusal({ headers: { ...headers, origin: 'http://evil.example' } })).toMatch(/^403 .*host_refused/)
    expect(audited).toEqual([])
  })

  test('over the socket, without a token', async () => {
    const worker = new TestWorker()
    await connectOver(worker, { base: `ws+unix:${server.socketPath}:` })
    expect((await worker.greet()).project).toBe('default')
    expect(audited).toEqual(['tester workers.connect'])
  })

  test.each([
    ['nowhere', 4404, 'there is no project nowhere'],
    ['gone', 4404, 'the project gone is archived'],
    ['ill', 1012, 'the project ill cannot be used now'],
  ])('the project %s is refused with a code and words', async (project, code, reason) => {
    const worker = new TestWorker()
    await connectOver(worker, address({ project }))
    expect(await worker.closing()).toEqual({ code, reason })
  })

  test('is known from the address', () => {
    expect(sockets.serves('/api/v1/projects/a%2Fb/workers/connect?x=1')).toBe(true)
    expect(sockets.serves('/api/v1/events')).toBe(false)
    expect(sockets.serves(undefined)).toBe(false)
  })
})

describe('frames', () => {
  test('go through in both directions, as they were said', async () => {
    const worker = new TestWorker()
    await connectOver(worker, address())
    const { worker: name } = await worker.greet()
    hub.start(bench.job('t1', name, { args: ['ä😀'] }))
    expect(await worker.next('execute')).toMatchObject({ token: 't1', args: ['ä😀'] })
    worker.say({ type: 'started', token: 't1' }, { type: 'result', token: 't1', value: 'ö' })
    await bench.until('the end', () => bench.about('t1').length === 2)
    expect(bench.find('finished')[0]?.outcome.outputs).toEqual({ result: 'ö' })
  })

  test('over 8 MiB end the connection', async () => {
    const worker = new TestWorker()
    await connectOver(worker, address())
    await worker.greet()
    worker.sayText(`["${'x'.repeat(FRAME_BYTES)}"]`)
    expect(await worker.closing()).toMatchObject({ code: 1009 })
  })

  test('that are no texts end the connection', async () => {
    const worker = new TestWorker()
    const socket = await connectOver(worker, address())
    socket.send(Buffer.from('[]'))
    expect(await worker.closing()).toMatchObject({ code: 4400, reason: 'frames are texts' })
  })

  test('wait in the network while the project does not take them', async () => {
    const worker = new TestWorker()
    const socket = await connectOver(worker, address())
    const { worker: name } = await worker.greet()
    hub.start(bench.job('t1', name))
    await worker.next('execute')
    held = []
    const text = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 64; n++) {
      worker.say({ type: 'log', token: 't1', lines: [[n, 'stdout', `${text}\n`, null]] })
    }
    // Four times what may be under way: the rest is not read, and stays with the worker.
    await bench.until('a full line', () => (held?.length ?? 0) >= 16)
    await new Promise((resolve) => setImmediate(resolve))
    expect(held.length).toBeLessThan(24)
    expect(socket.bufferedAmount).toBeGreaterThan(8 * 1024 * 1024)
    const waiting = held
    held = null
    for (const go of waiting) go()
    let bytes = 0
    while (bytes < 64 * (text.length + 1)) bytes += (await worker.next('logged')).bytes
  })
})

describe('ends', () => {
  test('of connections reach the hub: as one that leaves, or as one that breaks', async () => {
    const [leaves, breaks] = [new TestWorker(), new TestWorker({ name: 'breaks' })]
    for (const worker of [leaves, breaks]) {
      await connectOver(worker, address())
      await worker.greet()
    }
    leaves.leave(1000)
    breaks.leave(1006)
    await bench.until('one', () => hub.workers().length === 1 && hub.workers()[0]?.connected === false)
    expect(hub.workers()).toMatchObject([{ name: 'breaks' }])
  })

  test('of the thread, or of the engine, are told with 1012: come back', async () => {
    const [one, other] = [new TestWorker(), new TestWorker()]
    await connectOver(one, address())
    await one.greet()
    lines.closeAll('the project starts again: come back')
    expect(await one.closing()).toEqual({ code: 1012, reason: 'the project starts again: come back' })
    await connectOver(other, address())
    await other.greet()
    sockets.close()
    expect(await other.closing()).toMatchObject({ code: 1012 })
    await expect(connectOver(new TestWorker(), address())).rejects.toThrow(/503 .*engine_stopping/)
  })

  test('reasons that are too long for a close are cut between characters', async () => {
    const worker = new TestWorker()
    await connectOver(worker, address())
    worker.say(worker.hello({ workspace: 'ö'.repeat(63) }))
    const { code, reason } = await worker.closing()
    expect(code).toBe(4404)
    expect(reason).toMatch(/^there is no workspace ö+$/)
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
  })
})
