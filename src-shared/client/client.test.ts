import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebSocket as ServerSocket, WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { route } from '../contract/index.ts'
import type { SocketLike } from './fetch.ts'
import { type Client, createFetchClient, EngineUnreachable, nobodyListens } from './index.ts'
import { readLines } from './lines.ts'
import { createNodeClient } from './node.ts'
import { urlOf } from './url.ts'

const table = {
  start: route({
    id: 'x.start',
    method: 'POST',
    path: '/api/v1/x/{name}',
    permission: 'WORKFLOW',
    change: true,
    summary: '',
    params: z.object({ name: z.string() }),
    query: z.object({ dry: z.boolean().optional(), limit: z.number().optional() }),
    body: z.object({ n: z.number() }),
    response: z.object({ ok: z.boolean() }),
  }),
  check: route({
    id: 'x.check',
    method: 'POST',
    path: '/api/v1/check',
    permission: 'WORKFLOW',
    change: false,
    summary: '',
    response: z.object({ ok: z.boolean() }),
  }),
  remove: route({
    id: 'x.remove',
    method: 'DELETE',
    path: '/api/v1/x',
    permission: 'WORKFLOW',
    change: true,
    summary: '',
    response: 'none',
  }),
  put: route({
    id: 'x.put',
    method: 'POST',
    path: '/api/v1/put',
    permission: 'OBJECT',
    change: true,
    summary: '',
    body: 'bytes',
    response: z.object({ ok: z.boolean() }),
  }),
  get: route({
    id: 'x.get',
    method: 'GET',
    path: '/api/v1/get',
    permission: 'OBJECT',
    change: false,
    summary: '',
    response: 'bytes',
  }),
  lines: route({
    id: 'x.lines',
    method: 'GET',
    path: '/api/v1/lines',
    permission: 'OBJECT',
    change: false,
    summary: '',
    response: 'lines',
    line: z.object({ n: z.number() }),
  }),
} as const

let server: Server
let url: string
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
const heard: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []

beforeEach(async () => {
  heard.length = 0
  answer = (_request, response) => void response.end('{"ok":true}')
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      answer(request, response, body)
    })
    request.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const socketFactory = (address: string, protocols: string[]): SocketLike =>
  new WebSocket(address, protocols) as unknown as SocketLike
const clients: [string, () => Client][] = [
  ['over node:http', () => createNodeClient({ url, token: 't' })],
  ['over fetch', () => createFetchClient({ url, token: 't', socketFactory })],
]

describe.each(clients)('a client %s', (_name, create) => {
  let client: Client
  beforeEach(() => {
    client = create()
  })
  afterEach(() => client.close())

  test('sends path, query, body, token and a key of its own', async () => {
    const result = await client.call(table.start, { params: { name: 'a/b c' }, query: { dry: true }, body: { n: 1 } })
    expect(result).toEqual({ ok: true })
    expect(heard).toMatchObject([
      {
        method: 'POST',
        url: '/api/v1/x/a%2Fb%20c?dry=true',
        body: '{"n":1}',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      },
    ])
    expect(heard[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('sends a key only for what creates, and the one that it is given', async () => {
    await client.call(table.start, { params: { name: 'a' }, body: { n: 1 } }, { idempotencyKey: 'mine' })
    await client.call(table.check, {})
    answer = (_request, response) => void response.writeHead(204).end()
    expect(await client.call(table.remove, {})).toBeUndefined()
    expect(heard.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', undefined, undefined])
  })

  test('throws problems with all that they say', async () => {
    const problem = {
      type: '/docs/errors#x',
      title: 'T',
      status: 400,
      code: 'params_invalid',
      detail: 'D.',
      field: 'body.n',
      fix: 'F.',
      line: 3,
      column: 4,
      problems: [{ a: 1 }],
    }
    answer = (_request, response) =>
      void response.writeHead(400, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
    await expect(client.call(table.check, {})).rejects.toMatchObject({
      name: 'ProblemError',
      code: 'params_invalid',
      message: 'D.',
      context: { field: 'body.n', fix: 'F.', line: 3, column: 4, problems: [{ a: 1 }] },
    })
  })

  test('understands codes that are newer than itself by their status', async () => {
    const answerWith = (status: number, body: string): void => {
      answer = (_request, response) => void response.writeHead(status).end(body)
    }
    answerWith(
      404,
      JSON.stringify({ type: '', title: '', status: 404, code: 'planet_not_found', detail: 'No planet.' }),
    )
    await expect(client.call(table.check, {})).rejects.toMatchObject({ code: 'not_found', message: 'No planet.' })
    answerWith(502, '<html>Bad gateway</html>')
    await expect(client.call(table.check, {})).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('not as a Weir engine does'),
    })
  })

  test('streams up and down', async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('one ')
      yield new TextEncoder().encode('two')
    }
    await client.call(table.put, { body: body() })
    expect(heard[0]).toMatchObject({ body: 'one two', headers: { 'content-type': 'application/octet-stream' } })
    answer = (_request, response) =>
      void response.writeHead(200, { etag: '"e"', 'content-type': 'text/csv', 'content-length': 3 }).end('a,b')
    const download = await client.bytes(table.get, {})
    expect(download).toMatchObject({ size: 3, type: 'text/csv', etag: 'e' })
    const parts: Uint8Array[] = []
    for await (const chunk of download.body) parts.push(chunk)
    expect(Buffer.concat(parts).toString()).toBe('a,b')
  })

  test('reads lines, and throws when they are cut', async () => {
    answer = (_request, response) => {
      response.write('{"n":1}\n{"n"')
      response.write(':2}\n')
      setImmediate(() => response.destroy())
    }
    const got: number[] = []
    const read = async (): Promise<void> => {
      for await (const line of client.lines(table.lines, {})) got.push(line.n)
    }
    await expect(read()).rejects.toBeInstanceOf(EngineUnreachable)
    expect(got.length).toBeLessThanOrEqual(2)
  })

  test('says when nobody is there, and tells that from a cut', async () => {
    answer = (_request, response) => void response.destroy()
    const cut = await client.call(table.check, {}).catch((error: unknown) => error)
    expect([cut instanceof EngineUnreachable, nobodyListens(cut)]).toEqual([true, false])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const gone = await client.call(table.check, {}).catch((error: unknown) => error)
    expect(nobodyListens(gone)).toBe(true)
  })

  test('can be told to stop waiting', async () => {
    answer = () => undefined
    const signal = AbortSignal.timeout(50)
    await expect(client.call(table.check, {}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(client.call(table.check, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  test('shows its token when it subscribes', async () => {
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'weir.v1' })
    const shown = new Promise<string>((resolve) => {
      sockets.on('connection', (socket: ServerSocket, request) => {
        resolve(`${request.headers.authorization ?? ''}${request.headers['sec-websocket-protocol'] ?? ''}`)
        socket.send(JSON.stringify({ type: 'subscribed', id: 'events', cursor: 7 }))
      })
    })
    const stream = client.subscribe({ project: 'default' })
    await stream.ready
    expect(stream.cursor).toBe(7)
    expect(await shown).toMatch(/^Bearer t$|weir\.bearer\.t/)
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
  })
})

test('a connection that the engine closed while it was idle costs no call', async () => {
  const client = createNodeClient({ url })
  await client.call(table.check, {})
  let isFirst = true
  answer = (request, response) => {
    if (isFirst)
      request.socket.destroy() // as if it had been closed in the moment of the call
    else response.end('{"ok":true}')
    isFirst = false
  }
  expect(await client.call(table.start, { params: { name: 'a' }, body: { n: 1 } })).toEqual({ ok: true })
  const keys = heard.slice(1).map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
  client.close()
})

test('lines are split wherever the pieces end', async () => {
  const text = '{"a":"é"}\n\n{"b":2}\nlast'
  for (let size = 1; size < 8; size += 1) {
    const bytes = new TextEncoder().encode(text)
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    const lines: string[] = []
    for await (const line of readLines(pieces())) lines.push(line)
    expect(lines).toEqual(['{"a":"é"}', '{"b":2}', 'last'])
  }
})

test('the rest of a path keeps its slashes, and nothing else of it is taken for a part of the address', () => {
  const view = { id: 'x.view', path: '/api/v1/x/{ticket}/{path*}' } as const
  expect(urlOf(view, { ticket: 'a/b', path: 'plots/ä %2F#?.html' }, { download: '' })).toBe(
    '/api/v1/x/a%2Fb/plots/%C3%A4%20%252F%23%3F.html?download=',
  )
  expect(() => urlOf(view, { ticket: 'a', path: '' })).toThrow(/needs the path parameter "path"/)
})

test('a path without its parameter is a mistake of the program', () => {
  expect(() => urlOf(table.start, {})).toThrow(/needs the path parameter "name"/)
})
