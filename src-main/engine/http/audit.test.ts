import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { ProblemError, route } from '../../../src-shared/contract/index.ts'
import { MASTER_TOKEN, startTestApi, type TestApi } from './test-api.ts'

/** What the audit table has of the calls of an API. */

const table = {
  write: route({
    id: 'test.write',
    method: 'POST',
    path: '/api/v1/texts/{name}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Writes',
    params: z.object({ name: z.string() }),
    query: z.object({ times: z.coerce.number().default(1) }),
    body: z.strictObject({ text: z.string() }),
    response: 'none',
  }),
  remove: route({
    id: 'test.remove',
    method: 'DELETE',
    path: '/api/v1/texts/{name}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Removes',
    params: z.object({ name: z.string() }),
    response: 'none',
  }),
  read: route({
    id: 'test.read',
    method: 'GET',
    path: '/api/v1/texts/{name}',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'Reads',
    params: z.object({ name: z.string() }),
    response: 'none',
  }),
  quiet: route({
    id: 'test.quiet',
    method: 'PUT',
    path: '/api/v1/quiet',
    permission: 'WORKFLOW',
    change: true,
    audited: false,
    summary: 'Keeps what is typed',
    response: 'none',
  }),
} as const

let server: TestApi
beforeAll(async () => {
  server = await startTestApi({
    authenticate: ({ bearer }) => {
      if (bearer === MASTER_TOKEN) return { name: 'tester', permissions: ['MASTER'] }
      return bearer === 'reader' ? { name: 'reader', permissions: ['WORKFLOW', 'READ_ONLY'] } : null
    },
    mount: (mount) =>
      mount(table, {
        write: () => undefined,
        remove: () => undefined,
        read() {
          throw new ProblemError('disk_full', 'No room is left.')
        },
        quiet: () => undefined,
      }),
  })
})
afterAll(() => server.stop())
beforeEach(() => {
  server.audited.length = 0
})

async function send(method: string, path: string, body: string | null, token = MASTER_TOKEN): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, ...(body === null ? {} : { 'content-type': 'application/json' }) }
  return (await fetch(server.url + path, { method, headers, body })).status
}

test('has every change with who, from where, what and how it ended, and nothing of the body', async () => {
  await send('POST', '/api/v1/texts/ana?times=2', '{"text":"a password"}')
  await send('POST', '/api/v1/texts/ana', '{"text":1}')
  await send('POST', '/api/v1/texts/ana', '{"text":"xx"}', 'guessed')
  await send('DELETE', '/api/v1/texts/7', null, 'reader')
  await send('POST', '/api/v1/texts/ana', '{"tex')
  await send('GET', '/api/v1/texts/ana', null)
  const [done] = server.audited
  expect(done).toMatchObject({
    actor: 'tester',
    from: '127.0.0.1',
    action: 'test.write',
    target: '/api/v1/texts/ana',
    status: 204,
    code: null,
  })
  expect(server.audited.map(({ actor, action, status, code }) => [actor, action, status, code])).toEqual([
    ['tester', 'test.write', 204, null],
    ['tester', 'test.write', 400, 'bad_request'],
    ['unknown', 'test.write', 401, 'unauthorized'],
    ['reader', 'test.remove', 403, 'forbidden'],
    ['tester', 'test.write', 400, 'bad_request'],
  ])
  expect(JSON.stringify(server.audited)).not.toContain('password')
})

test('has no entry of what programs do again and again, but one of its refusal', async () => {
  expect(await send('PUT', '/api/v1/quiet', null)).toBe(204)
  expect(server.audited).toEqual([])
  await send('PUT', '/api/v1/quiet', null, 'reader')
  expect(server.audited).toMatchObject([{ actor: 'reader', action: 'test.quiet', code: 'forbidden' }])
})

test('is not filled by strangers: of many refusals most are counted in one entry', async () => {
  const flooded = await startTestApi({
    authenticate: () => null,
    mount: (mount) => mount({ remove: table.remove }, { remove: () => undefined }),
  })
  const address = `${flooded.url}/api/v1/texts/${'x'.repeat(400)}`
  const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(address, { method: 'DELETE' })))
  expect(answers.every(({ status }) => status === 401)).toBe(true)
  expect(flooded.audited).toHaveLength(20)
  expect(flooded.audited[0]?.target).toHaveLength(200)
  flooded.api.stop()
  expect(flooded.audited).toHaveLength(21)
  expect(flooded.audited.at(-1)).toMatchObject({
    actor: 'unknown',
    action: 'test.remove',
    target: '80 calls within a minute',
    code: 'unauthorized',
  })
  await flooded.stop()
})

test('has the entry before the caller has the answer', async () => {
  const order: string[] = []
  let release: () => void = () => undefined
  const written = new Promise<void>((resolve) => {
    release = resolve
  })
  const slow = await startTestApi({
    audit: async () => {
      order.push('asked to write')
      await written
      order.push('written')
    },
    mount: (mount) => mount({ remove: table.remove }, { remove: () => undefined }),
  })
  const answered = slow
    .client()
    .call(table.remove, { params: { name: '7' } })
    .then(() => order.push('answered'))
  await expect.poll(() => order).toEqual(['asked to write'])
  release()
  await answered
  expect(order).toEqual(['asked to write', 'written', 'answered'])
  await slow.stop()
})

test('that cannot be written is a failure of the call', async () => {
  const broken = await startTestApi({
    audit: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    mount: (mount) => mount({ remove: table.remove }, { remove: () => undefined }),
  })
  await expect(broken.client().call(table.remove, { params: { name: '7' } })).rejects.toMatchObject({
    code: 'disk_full',
  })
  await broken.stop()
})
