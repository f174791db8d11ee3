import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { eventRoutes, eventSocketPath, type RunEvent, ServerMessage } from '../../../src-shared/contract/index.ts'
import { MASTER_TOKEN, masterOnly, startTestApi, type TestApi } from '../http/test-api.ts'
import { silentLog } from '../telemetry/index.ts'
import { eventHandlers } from './handlers.ts'
import { type EventSockets, eventSockets } from './socket.ts'
import type { EventSource } from './source.ts'

const RUN_A = 'aaaaaaaa'
const RUN_B = 'bbbbbbbb'

/** A journal in memory: the same promises as the real one, with commits at the test's command. */
class Journal implements EventSource {
  readonly entries: RunEvent[][] = []
  readonly listeners = new Set<(events: readonly RunEvent[]) => void>()
  reads = 0

  exists = (project: string): boolean => project === 'default'
  lastCursor = (): number => this.entries.length
  async after(_project: string, cursor: number, limit: number, run?: string) {
    this.reads += 1
    const matching = this.entries
      .slice(cursor)
      .filter((events) => run === undefined || events.some((event) => event.run === run))
    await new Promise((resolve) => setImmediate(resolve)) // commits come between the read and its answer
    const taken = matching.slice(0, limit)
    const items = taken.flat().filter((event) => run === undefined || event.run === run)
    return { items, cursor: taken.at(-1)?.[0]?.cursor ?? cursor }
  }
  onCommit(_project: string, listener: (events: readonly RunEvent[]) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  commit(run: string, count = 1, size = 0): void {
    const cursor = this.entries.length + 1
    const events = Array.from(
      { length: count },
      (_, n): RunEvent => ({
        cursor,
        at: '2026-11-21T10:00:00.000Z',
        project: 'default',
        run,
        type: 'execution.finished',
        data: { n, text: 'x'.repeat(size) },
      }),
    )
    this.entries.push(events)
    for (const listener of [...this.listeners]) listener(events)
  }
}

let journal: Journal
let sockets: EventSockets
let server: TestApi
const opened: WebSocket[] = []

beforeEach(() => start(30_000))

async function start(heartbeatMs: number): Promise<void> {
  journal = new Journal()
  const authenticate: typeof masterOnly = (credentials) =>
    credentials.bearer === 'object-only' ? { name: 'ana', permissions: ['OBJECT'] } : masterOnly(credentials)
  sockets = eventSockets({ source: journal, authenticate, log: silentLog(), heartbeatMs })
  server = await startTestApi({
    authenticate,
    upgrade: sockets.upgrade,
    mount: (mount) => mount(eventRoutes, eventHandlers(journal)),
  })
}
async function stop(): Promise<void> {
  for (const socket of opened.splice(0)) socket.terminate()
  sockets.close()
  await server.stop()
}
afterEach(stop)

interface Peer {
  readonly socket: WebSocket
  readonly heard: ServerMessage[]
  say(message: object): void
}

async function peer(): Promise<Peer> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${eventSocketPath}`, {
    headers: { authorization: `Bearer ${MASTER_TOKEN}` },
  })
  opened.push(socket)
  const heard: ServerMessage[] = []
  socket.on('message', (data: Buffer) => heard.push(ServerMessage.parse(JSON.parse(data.toString()))))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return { socket, heard, say: (message) => socket.send(JSON.stringify(message)) }
}

const eventsOf = ({ heard }: Peer): RunEvent[] =>
  heard.flatMap((message) => (message.type === 'events' ? message.events : []))
const cursorsOf = (one: Peer): number[] => eventsOf(one).map(({ cursor }) => cursor)

describe('a subscription', () => {
  test('without a cursor has what comes from then on', async () => {
    journal.commit(RUN_A)
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'default' })
    await expect.poll(() => one.heard).toEqual([{ type: 'subscribed', id: 's', cursor: 1 }])
    journal.commit(RUN_A, 2)
    await expect.poll(() => cursorsOf(one)).toEqual([2, 2])
  })

  test('resumes after a cursor, across pages, without a gap or a double while commits go on', async () => {
    for (let n = 0; n < 1_300; n += 1) journal.commit(RUN_A)
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'default', after: 100 })
    await expect.poll(() => eventsOf(one).length).toBeGreaterThan(0)
    for (let n = 0; n < 200; n += 1) {
      journal.commit(RUN_A)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => eventsOf(one).length).toBe(1_400)
    expect(cursorsOf(one)).toEqual(Array.from({ length: 1_400 }, (_, n) => 101 + n))
  })

  test('of one run has that run alone, and does not read on and on for the others', async () => {
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'default', run: RUN_A, after: 0 })
    await expect.poll(() => one.heard.length).toBe(1)
    for (let n = 0; n < 20; n += 1) journal.commit(n % 4 === 0 ? RUN_A : RUN_B)
    await expect.poll(() => cursorsOf(one)).toEqual([1, 5, 9, 13, 17])
    const two = await peer()
    journal.reads = 0
    two.say({ type: 'subscribe', id: 's', project: 'default', run: RUN_A, after: 6 })
    await expect.poll(() => cursorsOf(two)).toEqual([9, 13, 17])
    journal.commit(RUN_B)
    journal.commit(RUN_A)
    await expect.poll(() => cursorsOf(two)).toEqual([9, 13, 17, 22])
    expect(journal.reads).toBeLessThan(5)
  })

  test('ends when it is asked to, and when the socket closes', async () => {
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'default' })
    await expect.poll(() => journal.listeners.size).toBe(1)
    one.say({ type: 'unsubscribe', id: 's' })
    await expect.poll(() => journal.listeners.size).toBe(0)
    one.say({ type: 'subscribe', id: 's', project: 'default' })
    one.say({ type: 'subscribe', id: 's', project: 'default' }) // takes the place of the first
    one.say({ type: 'subscribe', id: 't', project: 'default' })
    await expect.poll(() => journal.listeners.size).toBe(2)
    one.socket.close()
    await expect.poll(() => journal.listeners.size).toBe(0)
  })

  test('that cannot be is refused with words; the socket stays', async () => {
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'absent' })
    one.say({ type: 'nonsense' })
    one.socket.send('{"type')
    one.say({ type: 'ping' })
    await expect
      .poll(() => one.heard.map((message) => (message.type === 'problem' ? message.code : message.type)))
      .toEqual(expect.arrayContaining(['project_not_found', 'bad_request', 'bad_request', 'pong']))
  })

  test('is one of at most 64', async () => {
    const one = await peer()
    for (let n = 0; n < 65; n += 1) one.say({ type: 'subscribe', id: `s${n}`, project: 'default' })
    await expect
      .poll(() => one.heard.filter((message) => message.type === 'problem'))
      .toMatchObject([{ code: 'too_many_requests', id: 's64' }])
    expect(journal.listeners.size).toBe(64)
  })
})

describe('a slow reader', () => {
  test('is told to re-sync, keeps nothing in memory, and misses nothing when it does', async () => {
    const one = await peer()
    one.say({ type: 'subscribe', id: 's', project: 'default', after: 0 })
    await expect.poll(() => one.heard.length).toBe(1)
    one.socket.pause()
    // Far more than the sockets of both sides hold: what is over must not wait in the engine.
    for (let n = 0; n < 400 && journal.listeners.size > 0; n += 1) {
      journal.commit(RUN_A, 1, 100_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(journal.listeners.size).toBe(0)
    one.socket.resume()
    await expect.poll(() => one.heard.at(-1)?.type, { timeout: 10_000 }).toBe('resync')
    const resync = one.heard.at(-1)
    const cursor = resync?.type === 'resync' ? resync.cursor : -1
    expect(cursorsOf(one).at(-1)).toBe(cursor)
    one.say({ type: 'subscribe', id: 's', project: 'default', after: cursor })
    await expect.poll(() => cursorsOf(one).length, { timeout: 10_000 }).toBe(journal.entries.length)
    expect(cursorsOf(one)).toEqual(journal.entries.map((_, n) => n + 1))
  })

  test('of the past is read to at its own pace', async () => {
    for (let n = 0; n < 3_000; n += 1) journal.commit(RUN_A, 1, 20_000)
    const one = await peer()
    one.socket.pause()
    one.say({ type: 'subscribe', id: 's', project: 'default', after: 0 })
    await expect.poll(() => journal.reads).toBeGreaterThan(0)
    let before = -1
    await expect
      .poll(
        () => {
          const isStill = journal.reads === before
          before = journal.reads
          return isStill
        },
        { interval: 100 },
      )
      .toBe(true)
    expect(journal.reads).toBeLessThan(6) // of 7
    one.socket.resume()
    await expect.poll(() => cursorsOf(one).length, { timeout: 10_000 }).toBe(3_000)
  })
})

describe('the socket', () => {
  const url = (path: string): string => `ws://127.0.0.1:${server.port}${path}`
  async function refusal(path: string, options: object, protocols: string[] = []): Promise<number> {
    const socket = new WebSocket(url(path), protocols, options)
    opened.push(socket)
    return new Promise((resolve, reject) => {
      socket.once('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0))
      socket.once('open', () => resolve(101))
      socket.once('error', reject)
    })
  }
  const bearer = { authorization: `Bearer ${MASTER_TOKEN}` }

  test('lets in who may, and nobody else', async () => {
    expect(await refusal(eventSocketPath, {})).toBe(401)
    expect(await refusal(eventSocketPath, { headers: { authorization: 'Bearer guessed' } })).toBe(401)
    expect(await refusal(eventSocketPath, { headers: { authorization: 'Bearer object-only' } })).toBe(403)
    expect(await refusal(eventSocketPath, { headers: bearer })).toBe(101)
    expect(await refusal(eventSocketPath, {}, ['weir.v1', `weir.bearer.${MASTER_TOKEN}`])).toBe(101)
    expect(await refusal(eventSocketPath, {}, ['weir.bearer.guessed'])).toBe(401)
    expect(await refusal('/api/v1/other', { headers: bearer })).toBe(404)
  })

  test('is closed to pages of others and to names of others', async () => {
    expect(await refusal(eventSocketPath, { headers: { ...bearer, origin: 'https://evil.example' } })).toBe(403)
    expect(await refusal(eventSocketPath, { headers: { ...bearer, host: `evil.example:${server.port}` } })).toBe(403)
    expect(await refusal(eventSocketPath, { headers: { ...bearer, origin: `http://localhost:${server.port}` } })).toBe(
      101,
    )
  })

  test('answers browsers with the protocol that is no secret', async () => {
    const socket = new WebSocket(url(eventSocketPath), ['weir.v1', `weir.bearer.${MASTER_TOKEN}`])
    opened.push(socket)
    await new Promise((resolve) => socket.once('open', resolve))
    expect(socket.protocol).toBe('weir.v1')
  })

  test('is cut when it gives no sign of life, and only then', async () => {
    await stop()
    await start(200)
    const deaf = await peer()
    const well = await peer()
    deaf.socket.pause()
    await expect.poll(() => sockets.size).toBe(1)
    expect(well.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('closes with the engine', async () => {
    const one = await peer()
    const closed = new Promise((resolve) => one.socket.once('close', resolve))
    sockets.close()
    expect(await closed).toBe(1001)
    expect(await refusal(eventSocketPath, { headers: bearer })).toBe(503)
  })
})

test('the journal over REST pages by cursor', async () => {
  for (let n = 0; n < 5; n += 1) journal.commit(n === 2 ? RUN_B : RUN_A)
  const client = server.client()
  const first = await client.call(eventRoutes.list, { params: { project: 'default' }, query: { limit: 2 } })
  expect([first.items.map(({ cursor }) => cursor), first.cursor]).toEqual([[1, 2], 2])
  const ofRun = await client.call(eventRoutes.list, { params: { project: 'default' }, query: { after: 2, run: RUN_A } })
  expect(ofRun.items.map(({ cursor }) => cursor)).toEqual([4, 5])
  await expect(client.call(eventRoutes.list, { params: { project: 'absent' } })).rejects.toMatchObject({
    code: 'project_not_found',
  })
})

describe("the client's stream of events", () => {
  test('resumes, re-syncs by itself, and ends when it is broken off', async () => {
    journal.commit(RUN_A)
    const client = createNodeClient({ socketPath: server.socketPath })
    const stream = client.subscribe({ project: 'default', after: 0 })
    await stream.ready
    const got: number[] = []
    for await (const event of stream) {
      got.push(event.cursor)
      if (event.cursor === 1) for (let n = 0; n < 300; n += 1) journal.commit(RUN_A, 1, 60_000)
      if (event.cursor === 301) break
    }
    expect(got).toEqual(Array.from({ length: 301 }, (_, n) => n + 1))
    await expect.poll(() => journal.listeners.size).toBe(0)
    client.close()
  })

  test('says why it was refused, and that it was cut', async () => {
    const client = server.client()
    const read = async (project: string): Promise<void> => {
      for await (const _event of client.subscribe({ project })) sockets.close()
    }
    await expect(read('absent')).rejects.toMatchObject({ name: 'ProblemError', code: 'project_not_found' })
    const cut = read('default')
    await expect.poll(() => journal.listeners.size).toBe(1)
    sockets.close()
    await expect(cut).rejects.toMatchObject({ name: 'EngineUnreachable' })
  })
})
