import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { EngineUnreachable } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { ProblemError, route } from '../../../src-shared/contract/index.ts'
import { MASTER_TOKEN, startTestApi, type TestApi } from './test-api.ts'

const table = {
  upload: route({
    id: 'test.upload',
    method: 'POST',
    path: '/api/v1/upload',
    permission: 'OBJECT',
    change: true,
    summary: 'Takes a file body',
    query: z.object({ refuse: z.stringbool().default(false) }),
    body: 'bytes',
    response: z.object({ digest: z.string(), size: z.number() }),
    status: 201,
  }),
  download: route({
    id: 'test.download',
    method: 'GET',
    path: '/api/v1/download/{kind}',
    permission: 'OBJECT',
    change: false,
    summary: 'Answers a file body',
    params: z.object({ kind: z.string() }),
    response: 'bytes',
  }),
  lines: route({
    id: 'test.lines',
    method: 'GET',
    path: '/api/v1/lines/{kind}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Answers lines',
    params: z.object({ kind: z.string() }),
    response: 'lines',
    line: z.object({ n: z.number(), text: z.string() }),
  }),
} as const

const CONTENT = randomBytes(300_000)
const CHUNK = 64_000
async function* content(end = CONTENT.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end; at += CHUNK) yield CONTENT.subarray(at, Math.min(end, at + CHUNK))
}
async function* brokenContent(after: number): AsyncGenerator<Uint8Array> {
  yield* content(after)
  // The head of the answer has left by now: the failure comes in the middle of the body.
  await headSent
  throw new ProblemError('blob_corrupt', 'The stored file is damaged.', { fix: 'Make it again.' })
}

/** What the streams of lines did, as seen from their inside. */
const seen = { made: 0, ended: 0, aborted: 0 }
let headSent: Promise<void> = Promise.resolve()
let letLineGo: () => void = () => undefined

interface Line {
  readonly n: number
  readonly text: string
}

async function* lines(kind: string, signal: AbortSignal): AsyncGenerator<Line | Line[]> {
  try {
    if (kind === 'refused') throw new ProblemError('run_not_found', 'There is no such run.', { fix: 'List the runs.' })
    if (kind === 'many') for (let n = 0; n < 20_000; n += 1) yield { n, text: 'x'.repeat(20) }
    if (kind === 'batches') {
      for (let n = 0; n < 20_000; n += 500) {
        yield Array.from({ length: 500 }, (_, more) => ({ n: n + more, text: 'line\nbreak' }))
        yield []
      }
    }
    if (kind === 'endless') {
      for (let n = 0; ; n += 1) {
        seen.made = n
        yield { n, text: 'x'.repeat(10_000) }
      }
    }
    if (kind === 'slow') {
      yield { n: 1, text: 'first' }
      await new Promise<void>((resolve) => {
        letLineGo = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      if (signal.aborted) {
        seen.aborted += 1
        return
      }
      yield { n: 2, text: 'second' }
    }
    if (kind === 'broken') {
      yield { n: 1, text: 'first' }
      await headSent
      throw new Error('the log is gone')
    }
  } finally {
    seen.ended += 1
  }
}

let server: TestApi
beforeAll(async () => {
  server = await startTestApi({
    mount: (mount) =>
      mount(table, {
        async upload({ query, body }) {
          if (query.refuse)
            throw new ProblemError('project_not_found', 'There is no such project.', { fix: 'List them.' })
          const hash = createHash('sha256')
          let size = 0
          for await (const chunk of body) {
            hash.update(chunk)
            size += chunk.length
          }
          return { digest: hash.digest('hex'), size }
        },
        download({ params }) {
          const whole = { size: CONTENT.length, etag: 'abc', name: 'Größe "1".csv', type: 'text/csv' }
          if (params.kind === 'whole') return { body: content(), ...whole }
          if (params.kind === 'unsized') return { body: content() }
          if (params.kind === 'short') return { body: content(CONTENT.length - 1), ...whole }
          if (params.kind === 'corrupt') return { body: brokenContent(200_000), ...whole }
          return { body: brokenContent(0), ...whole }
        },
        lines: ({ params }, context) => lines(params.kind, context.signal),
      }),
  })
})
afterAll(() => server.stop())
beforeEach(() => {
  seen.made = 0
  seen.ended = 0
  seen.aborted = 0
  headSent = Promise.resolve()
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(server.url + path, { method, headers: { authorization: `Bearer ${MASTER_TOKEN}`, ...headers } })
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())

describe('a download', () => {
  test('has length, type, name and validator, and cannot act as a page of the engine', async () => {
    const answer = await get('/api/v1/download/whole')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-length': String(CONTENT.length),
      'content-type': 'text/csv',
      etag: '"abc"',
      'content-disposition': `attachment; filename="Gr__e _1_.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.csv`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect((await bytesOf(answer)).equals(CONTENT)).toBe(true)
  })

  test('of unknown length is whole too', async () => {
    const answer = await get('/api/v1/download/unsized')
    expect(answer.headers.get('content-length')).toBeNull()
    expect((await bytesOf(answer)).equals(CONTENT)).toBe(true)
  })

  test('is answered with its head alone to HEAD, and with 304 to who has it', async () => {
    const head = await get('/api/v1/download/whole', {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), (await bytesOf(head)).length]).toEqual([
      200,
      String(CONTENT.length),
      0,
    ])
    for (const known of ['"abc"', 'W/"abc"', '"x", "abc"', '*']) {
      expect((await get('/api/v1/download/whole', { 'if-none-match': known })).status).toBe(304)
    }
    expect((await get('/api/v1/download/whole', { 'if-none-match': '"x"' })).status).toBe(200)
  })

  const ranges: [string, number, number, number][] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=63999-64001', 206, 63_999, 64_002],
    ['bytes=299999-', 206, 299_999, 300_000],
    ['bytes=-5', 206, 299_995, 300_000],
    ['bytes=100-999999', 206, 100, 300_000],
    ['bytes=5-2', 200, 0, 300_000],
    ['bytes=0-1,4-5', 200, 0, 300_000],
    ['lines=0-1', 200, 0, 300_000],
  ]
  test.each(ranges)('with Range: %s is answered with %i', async (range, status, start, end) => {
    const answer = await get('/api/v1/download/whole', { range })
    const body = await bytesOf(answer)
    expect([answer.status, answer.headers.get('content-length')]).toEqual([status, String(end - start)])
    expect(body.equals(CONTENT.subarray(start, end))).toBe(true)
    if (status === 206) expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/300000`)
  })

  test('beyond the end is refused', async () => {
    const answer = await get('/api/v1/download/whole', { range: 'bytes=300000-' })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */300000'])
  })

  test('that is damaged at its start is a problem', async () => {
    const answer = await get('/api/v1/download/corrupt-at-once')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([500, 'blob_corrupt'])
  })

  test.each(['corrupt', 'short'])('that turns out %s half-way is cut, never ended', async (kind) => {
    const download = await server.client().bytes(table.download, { params: { kind } })
    const read = async (): Promise<number> => {
      let size = 0
      for await (const chunk of download.body) size += chunk.length
      return size
    }
    await expect(read()).rejects.toBeInstanceOf(EngineUnreachable)
  })
})

describe('an upload', () => {
  test('streams', async () => {
    const answer = await server.client().call(table.upload, { body: content() })
    expect(answer).toEqual({ digest: createHash('sha256').update(CONTENT).digest('hex'), size: CONTENT.length })
  })

  test('may be empty, and larger than any JSON body', async () => {
    expect(await server.client().call(table.upload, { body: new Uint8Array(0) })).toMatchObject({ size: 0 })
    const big = 40 * 1024 * 1024
    async function* zeros(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < big; at += 1024 * 1024) yield new Uint8Array(1024 * 1024)
    }
    expect(await server.client().call(table.upload, { body: zeros() })).toMatchObject({ size: big })
  })

  test('that is refused is told so, though it never ends', async () => {
    let isGoing = true
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield new Uint8Array(64 * 1024)
          await delay(1)
        }
      } finally {
        isGoing = false
      }
    }
    const call = server.client().call(table.upload, { query: { refuse: 'true' }, body: endless() })
    await expect(call).rejects.toMatchObject({ code: 'project_not_found' })
    await expect.poll(() => isGoing).toBe(false)
  })

  test('that breaks off reaches the handler as a failure, not as a short file', async () => {
    const before = server.audited.length
    await new Promise<void>((resolve) => {
      const headers = {
        authorization: `Bearer ${MASTER_TOKEN}`,
        'content-type': 'application/octet-stream',
        'content-length': '1000',
      }
      const call = httpRequest(`${server.url}/api/v1/upload`, { method: 'POST', headers })
      call.on('error', () => resolve())
      call.write('only this', () => call.destroy())
      call.on('close', () => resolve())
    })
    await expect.poll(() => server.audited.length).toBe(before + 1)
    expect(server.audited.at(-1)?.status).toBeGreaterThanOrEqual(400)
  })

  test('of another type is refused', async () => {
    const answer = await fetch(`${server.url}/api/v1/upload`, {
      method: 'POST',
      body: '{}',
      headers: { authorization: `Bearer ${MASTER_TOKEN}`, 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(415)
  })
})

describe('lines', () => {
  const linesOf = (kind: string, signal?: AbortSignal) =>
    server.client().lines(table.lines, { params: { kind } }, signal === undefined ? {} : { signal })

  test('come all, in order', async () => {
    let next = 0
    for await (const line of linesOf('many')) expect(line.n).toBe(next++)
    expect(next).toBe(20_000)
    expect(seen.ended).toBe(1)
  })

  test('come one by one to the reader also when they were made in batches', async () => {
    let next = 0
    for await (const line of linesOf('batches')) expect(line).toEqual({ n: next++, text: 'line\nbreak' })
    expect(next).toBe(20_000)
  })

  test('come at once, not when the next ones do', async () => {
    const iterator = linesOf('slow')[Symbol.asyncIterator]()
    expect(await iterator.next()).toMatchObject({ value: { n: 1 } })
    letLineGo()
    expect(await iterator.next()).toMatchObject({ value: { n: 2 } })
    expect(await iterator.next()).toMatchObject({ done: true })
  })

  test('end when the reader goes away', async () => {
    const gone = new AbortController()
    const read = async (): Promise<void> => {
      for await (const _line of linesOf('slow', gone.signal)) gone.abort()
    }
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => [seen.aborted, seen.ended]).toEqual([1, 1])
  })

  test('wait for a reader who does not read', async () => {
    const client = createNodeClient({ url: server.url, token: MASTER_TOKEN })
    const iterator = client.lines(table.lines, { params: { kind: 'endless' } })[Symbol.asyncIterator]()
    await iterator.next()
    let before = -1
    await expect
      .poll(
        () => {
          const isStill = seen.made === before
          before = seen.made
          return isStill
        },
        { interval: 200 },
      )
      .toBe(true)
    // 10 kB a line: what the sockets of both sides hold, and no more.
    expect(seen.made).toBeLessThan(5_000)
    await iterator.return?.()
    await expect.poll(() => seen.ended).toBe(1)
    client.close()
  })

  test('that cannot begin are a problem', async () => {
    const answer = await get('/api/v1/lines/refused')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'run_not_found'])
  })

  test('that break half-way are cut', async () => {
    let release: () => void = () => undefined
    headSent = new Promise((resolve) => {
      release = resolve
    })
    const got: number[] = []
    const read = async (): Promise<void> => {
      for await (const line of linesOf('broken')) {
        got.push(line.n)
        release()
      }
    }
    await expect(read()).rejects.toBeInstanceOf(EngineUnreachable)
    expect(got).toEqual([1])
  })

  test('are cut, not ended, when the engine stops', async () => {
    const stopping = await startTestApi({
      mount: (mount) =>
        mount({ lines: table.lines }, { lines: ({ params }, context) => lines(params.kind, context.signal) }),
    })
    const read = async (): Promise<void> => {
      for await (const _line of stopping.client().lines(table.lines, { params: { kind: 'slow' } })) stopping.api.stop()
    }
    await expect(read()).rejects.toBeInstanceOf(EngineUnreachable)
    await expect.poll(() => stopping.api.active).toBe(0)
    await stopping.stop()
  })

  test('of somebody who signed in are watched without a warning of too many listeners, and cut at sign-out', async () => {
    const warnings: string[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', onWarning)
    const session = new AbortController()
    const signedIn = await startTestApi({
      authenticate: () => ({ name: 'ana', permissions: ['MASTER'], session: { id: 1, ended: session.signal } }),
      mount: (mount) =>
        mount({ lines: table.lines }, { lines: ({ params }, context) => lines(params.kind, context.signal) }),
    })
    const read = async (): Promise<void> => {
      for await (const _line of signedIn.client().lines(table.lines, { params: { kind: 'slow' } })) session.abort()
    }
    await expect(read()).rejects.toBeInstanceOf(EngineUnreachable)
    expect(seen.aborted).toBe(1)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    await signedIn.stop()
  })
})
