import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Problem, ProblemError, route } from '../../../src-shared/contract/index.ts'
import { silentLog } from '../telemetry/index.ts'
import type { CallContext } from './handler.ts'
import { JSON_BODY_LIMIT_BYTES } from './limits.ts'
import { MASTER_TOKEN, startTestApi, type TestApi } from './test-api.ts'

const table = {
  echo: route({
    id: 'test.echo',
    method: 'POST',
    path: '/api/v1/echo/{name}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Says what it heard',
    params: z.object({ name: z.string().regex(/^[a-z]+$/, 'lower-case letters') }),
    query: z.object({ times: z.coerce.number().int().min(1).max(5).default(1) }),
    body: z.strictObject({ text: z.string().min(2), deep: z.json().optional() }),
    response: z.object({
      name: z.string(),
      times: z.number(),
      text: z.string(),
      key: z.string().nullable(),
      from: z.string(),
    }),
    status: 201,
  }),
  optional: route({
    id: 'test.optional',
    method: 'POST',
    path: '/api/v1/optional',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Takes a body or none',
    body: z.strictObject({ reason: z.string().optional() }).default({}),
    response: z.object({ reason: z.string().nullable() }),
  }),
  fail: route({
    id: 'test.fail',
    method: 'GET',
    path: '/api/v1/fail/{how}',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'Fails',
    params: z.object({ how: z.string() }),
    response: 'none',
  }),
  remove: route({
    id: 'test.remove',
    method: 'DELETE',
    path: '/api/v1/things/{id}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Removes',
    params: z.object({ id: z.string() }),
    response: 'none',
  }),
} as const

let server: TestApi
const logged: Record<string, unknown>[] = []
const log = {
  ...silentLog(),
  error: (facts: Record<string, unknown>) => void logged.push(facts),
} as unknown as ReturnType<typeof silentLog>

beforeAll(async () => {
  server = await startTestApi({
    log,
    authenticate: ({ viaSocket, bearer }) => {
      if (viaSocket || bearer === MASTER_TOKEN) return { name: 'tester', permissions: ['MASTER'] }
      return bearer === 'reader' ? { name: 'reader', permissions: ['WORKFLOW', 'READ_ONLY'] } : null
    },
    mount: (mount) =>
      mount(table, {
        echo: ({ params, query, body }, context: CallContext) => ({
          name: params.name,
          times: query.times,
          text: body.text,
          key: context.idempotencyKey,
          from: context.from,
        }),
        optional: ({ body }) => ({ reason: body.reason ?? null }),
        fail({ params }) {
          if (params.how === 'known')
            throw new ProblemError('disk_full', 'No room is left.', { fix: 'Make some.', cause: new Error('inner') })
          if (params.how === 'full') throw Object.assign(new Error('write'), { code: 'ENOSPC' })
          throw new Error('a secret of the inside')
        },
        remove: () => undefined,
      }),
  })
})
afterAll(() => server.stop())
beforeEach(() => {
  logged.length = 0
})

interface Sent {
  readonly method?: string
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
}
async function call(path: string, { method = 'GET', body, headers = {} }: Sent = {}) {
  const init = {
    method,
    headers: { authorization: `Bearer ${MASTER_TOKEN}`, ...headers },
    ...(body === undefined ? {} : { body }),
  }
  const answer = await fetch(server.url + path, init)
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: () => JSON.parse(text) as unknown,
    problem: () => Problem.parse(JSON.parse(text)),
  }
}
const json = (value: unknown, headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', ...headers },
})

describe('a call', () => {
  test('is validated, handled, and answered with the status of its route', async () => {
    const answer = await call('/api/v1/echo/ana?times=3', json({ text: 'hello' }, { 'idempotency-key': 'k1' }))
    expect(answer.status).toBe(201)
    expect(answer.json()).toEqual({ name: 'ana', times: 3, text: 'hello', key: 'k1', from: '127.0.0.1' })
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  test('without content is answered with 204 and nothing', async () => {
    const answer = await call('/api/v1/things/7', { method: 'DELETE' })
    expect([answer.status, answer.text]).toEqual([204, ''])
  })

  test.each([{}, { headers: { 'content-type': 'application/json' } }])(
    'may leave out a body that has a default: %j',
    async (sent) => {
      const answer = await call('/api/v1/optional', { method: 'POST', ...sent })
      expect(answer.json()).toEqual({ reason: null })
    },
  )

  test('carries headers that keep browsers from doing more than they should', async () => {
    const { headers } = await call('/api/v1/fail/known')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    const preflight = await call('/api/v1/optional', {
      method: 'OPTIONS',
      headers: { origin: server.url, 'access-control-request-method': 'POST' },
    })
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a problem', () => {
  const problems: [string, Sent, number, string, string | undefined][] = [
    ['/api/v1/echo/ana', json({}), 400, 'bad_request', 'body.text'],
    ['/api/v1/echo/ana', json({ text: 'x' }), 400, 'bad_request', 'body.text'],
    ['/api/v1/echo/ana', json({ text: 'xx', more: 1 }), 400, 'bad_request', 'body.more'],
    ['/api/v1/echo/ana', json(null), 400, 'bad_request', 'body'],
    ['/api/v1/echo/ANA', json({ text: 'xx' }), 400, 'bad_request', 'params.name'],
    ['/api/v1/echo/ana?times=9', json({ text: 'xx' }), 400, 'bad_request', 'query.times'],
    ['/api/v1/echo/ana?tmies=2', json({ text: 'xx' }), 400, 'bad_request', 'query.tmies'],
    ['/api/v1/echo/ana', { method: 'POST' }, 400, 'bad_request', 'body'],
    ['/api/v1/echo/ana', { ...json({}), body: '{"text": ' }, 400, 'bad_request', 'body'],
    ['/api/v1/echo/ana', { ...json({}), body: '{"__proto__": {"x": 1}, "text": "xx"}' }, 400, 'bad_request', 'body'],
    [
      '/api/v1/echo/ana',
      { method: 'POST', body: 'text=xx', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
      'header.content-type',
    ],
    [
      '/api/v1/echo/ana',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/octet-stream' } },
      415,
      'unsupported_media_type',
      'header.content-type',
    ],
    [
      '/api/v1/echo/ana',
      json({ text: 'xx' }, { 'idempotency-key': 'k'.repeat(201) }),
      400,
      'bad_request',
      'header.idempotency-key',
    ],
    ['/api/v1/nothing', {}, 404, 'not_found', undefined],
    ['/api/v1/echo/ana', { method: 'DELETE' }, 405, 'method_not_allowed', undefined],
    ['/api/v1/echo/ana', { method: 'PATCH', ...{} }, 405, 'method_not_allowed', undefined],
    ['/api/v1/echo/%E0%A4%A', json({ text: 'xx' }), 400, 'bad_request', 'path'],
    ['/api/v1/fail/known', {}, 507, 'disk_full', undefined],
    ['/api/v1/fail/full', {}, 507, 'disk_full', undefined],
  ]
  test.each(problems)('%s %j is %i %s at %s', async (path, sent, status, code, field) => {
    const answer = await call(path, sent)
    const problem = answer.problem()
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect({ answered: answer.status, status: problem.status, code: problem.code, field: problem.field }).toEqual({
      answered: status,
      status,
      code,
      field,
    })
    expect(problem.type).toBe(`/docs/errors#${code}`)
    expect(problem.fix).toMatch(/\.$/)
    expect(problem.detail).toMatch(/[.)]$/)
  })

  test('says which methods an address takes', async () => {
    const { headers, status } = await call('/api/v1/things/7', { method: 'POST' })
    expect([status, headers.get('allow')]).toEqual([405, 'DELETE'])
  })

  test('tells all faults at once', async () => {
    const problem = (await call('/api/v1/echo/ana', json({ text: 1, extra: true }))).problem()
    expect(problem.problems).toHaveLength(2)
  })

  test('refuses a body that is too large, and reads none that is announced as such', async () => {
    const answer = await call('/api/v1/echo/ana', json({ text: 'x'.repeat(JSON_BODY_LIMIT_BYTES) }))
    expect([answer.status, answer.problem().code]).toEqual([413, 'payload_too_large'])
  })

  test('refuses a body that is nested deeper than it can be checked', async () => {
    const depth = 200_000
    const body = `{"text": "xx", "deep": ${'['.repeat(depth)}${']'.repeat(depth)}}`
    const answer = await call('/api/v1/echo/ana', { ...json({}), body })
    expect([answer.status, answer.problem().field]).toEqual([400, 'body'])
  })

  test('of an unknown kind shows nothing of the inside, and an identifier that is in the log', async () => {
    const answer = await call('/api/v1/fail/unknown')
    expect([answer.status, answer.problem().code]).toEqual([500, 'internal'])
    expect(answer.text).not.toMatch(/secret|server\.test|at .*\.ts/)
    const id = /under ([0-9a-f]{12})/.exec(answer.problem().detail)?.[1]
    expect(logged).toMatchObject([{ errorId: id, operation: 'test.fail', err: { message: 'a secret of the inside' } }])
  })

  test('answers what is no HTTP in the same form', async () => {
    const text = await raw('NONSENSE\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(Problem.parse(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).code).toBe('bad_request')
    const long = await raw(`GET / HTTP/1.1\r\nHost: localhost:${server.port}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(long).toContain('head of the request')
  })
})

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    let heard = ''
    socket.on('data', (data) => {
      heard += data.toString()
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', reject)
  })
}

describe('the Host header', () => {
  const hosts: [string, boolean][] = [
    ['127.0.0.1:PORT', true],
    ['localhost:PORT', true],
    ['LOCALHOST:PORT', true],
    ['127.9.9.9:PORT', true],
    ['[::1]:PORT', true],
    ['localhost', false],
    ['localhost:1', false],
    ['evil.example:PORT', false],
    ['127.0.0.1.evil.example:PORT', false],
    ['localhost.evil.example:PORT', false],
    ['localhost:PORT@evil.example', false],
    ['', false],
  ]
  test.each(hosts)('%s is let in: %s', async (host, isLetIn) => {
    const answer = await viaHost(host.replace('PORT', String(server.port)))
    if (isLetIn) expect(answer.status).toBe(404)
    else expect(answer).toMatchObject({ status: 403, code: 'host_refused' })
  })

  test('is checked before who calls, and a foreign page is refused though it knows the token', async () => {
    const answer = await call('/api/v1/nothing', { headers: { origin: 'https://evil.example' } })
    expect(answer.problem()).toMatchObject({ code: 'host_refused', field: 'header.origin' })
    expect((await call('/api/v1/nothing', { headers: { origin: server.url } })).status).toBe(404)
  })

  test('does not matter on the socket, where no browser comes', async () => {
    const answer = await viaHost('anything.example', server.socketPath)
    expect(answer.status).toBe(404)
  })
})

function viaHost(host: string, socketPath?: string): Promise<{ status: number | undefined; code: string }> {
  return new Promise((resolve, reject) => {
    const place = socketPath === undefined ? { host: '127.0.0.1', port: server.port } : { socketPath }
    const call = httpRequest({ ...place, path: '/api/v1/nothing', headers: { host }, setHost: false }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => {
        text += data.toString()
      })
      answer.on('end', () => resolve({ status: answer.statusCode, code: (JSON.parse(text) as { code: string }).code }))
    })
    call.on('error', reject)
    call.end()
  })
}

test('callers on the socket need no token, and are named as such', async () => {
  const { createNodeClient } = await import('../../../src-shared/client/node.ts')
  const client = createNodeClient({ socketPath: server.socketPath })
  const answer = await client.call(table.echo, { params: { name: 'ana' }, body: { text: 'hello' } })
  expect(answer.from).toBe('socket')
  expect(answer.key).toMatch(/^[0-9a-f-]{36}$/)
  client.close()
})

test('a stopping engine refuses new calls and says that it stops', async () => {
  const stopping = await startTestApi({
    mount: (mount) => mount({ remove: table.remove }, { remove: () => undefined }),
  })
  stopping.api.stop()
  await expect(stopping.client().call(table.remove, { params: { id: '7' } })).rejects.toMatchObject({
    code: 'engine_stopping',
  })
  await stopping.stop()
})
