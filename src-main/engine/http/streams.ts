import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bytes } from './handler.ts'
import { FIRST_PIECE_WAIT_MS, LINES_PIECE_CHARS } from './limits.ts'
import { rangeOf } from './range.ts'

export interface StreamHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
}

/** Bodies come from users: whatever they hold must not act as a page of the engine. */
const INERT = "default-src 'none'; sandbox"

/** Head and body of a download. `body` is null where only the head is answered. */
export function download(
  bytes: Bytes,
  request: { readonly range: string | undefined; readonly ifNoneMatch: string | undefined },
  status: number,
): StreamHead & { readonly body: AsyncIterable<Uint8Array> | null } {
  const etag = bytes.etag === undefined ? null : `"${bytes.etag}"`
  const headers: Record<string, string | number> = {
    'content-type': bytes.type ?? 'application/octet-stream',
    'content-security-policy': INERT,
  }
  if (etag !== null) headers.etag = etag
  if (bytes.name !== undefined) headers['content-disposition'] = disposition(bytes.name)
  for (const [name, value] of Object.entries(bytes.headers ?? {})) {
    if (value === null) delete headers[name]
    else headers[name] = value
  }
  if (etag !== null && matches(request.ifNoneMatch, etag)) return { status: 304, headers, body: null }
  if (bytes.size === undefined) return { status, headers, body: bytes.body }

  headers['accept-ranges'] = 'bytes'
  const range = rangeOf(request.range, bytes.size)
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${bytes.size}`, 'content-length': 0 },
      body: null,
    }
  }
  if (range === null) {
    return { status, headers: { ...headers, 'content-length': bytes.size }, body: exactly(bytes.body, 0, bytes.size) }
  }
  const length = range.end - range.start + 1
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': length,
      'content-range': `bytes ${range.start}-${range.end}/${bytes.size}`,
    },
    body: exactly(bytes.body, range.start, length),
  }
}

/** Part of a body. A source that is shorter than it said is an error: the caller must not see a clean end. */
async function* exactly(body: AsyncIterable<Uint8Array>, start: number, length: number): AsyncGenerator<Uint8Array> {
  let skip = start
  let left = length
  for await (const chunk of body) {
    if (skip >= chunk.length) {
      skip -= chunk.length
      continue
    }
    const piece = chunk.subarray(skip, skip + left)
    skip = 0
    left -= piece.length
    yield piece
    // The source is read to its end: only there it says whether the body was whole.
    if (left === 0 && start > 0) return
  }
  if (left > 0) throw new Error(`the body ended ${left} bytes too early`)
}

/** RFC 6266: an ASCII name for old readers, and the real one. */
function disposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch
    .split(',')
    .some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag)
}

/**
 * Objects, or batches of them, as newline-delimited JSON. What is ready at once goes out as one piece, and nothing waits
 * for company.
 */
export async function* encodeLines(lines: AsyncIterable<object>): AsyncGenerator<string> {
  const iterator = lines[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      let result: IteratorResult<object> | typeof NOTHING = await next
      let piece = ''
      while (result !== NOTHING && result.done !== true && piece.length < LINES_PIECE_CHARS) {
        piece += encode(result.value)
        next = iterator.next()
        next.catch(() => undefined) // thrown by the await above, in the next round
        result = await Promise.race([next, turn()])
      }
      if (piece !== '') yield piece
      if (result !== NOTHING && result.done === true) return
    }
  } finally {
    await iterator.return?.()
  }
}

function encode(value: object): string {
  if (!Array.isArray(value)) return `${JSON.stringify(value)}\n`
  let text = ''
  for (const line of value) text += `${JSON.stringify(line)}\n`
  return text
}

const NOTHING = Symbol('nothing is ready')
const turn = (): Promise<typeof NOTHING> => new Promise((resolve) => setImmediate(resolve, NOTHING))

/**
 * Starts a stream and waits a moment for its first piece: a failure at the start is thrown here, while it can still be
 * answered as a problem, and later failures come out of the returned stream.
 */
export async function started<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = source[Symbol.asyncIterator]()
  const first = iterator.next()
  const timer = new AbortController()
  const waited = delay(FIRST_PIECE_WAIT_MS, undefined, { signal: timer.signal }).catch(() => undefined)
  try {
    await Promise.race([first, waited])
  } finally {
    timer.abort()
  }
  first.catch(() => undefined) // thrown again below, to whoever reads the stream
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let result = await first; result.done !== true; result = await iterator.next()) yield result.value
      } finally {
        await iterator.return?.()
      }
    },
  }
}

/** Gives up a stream that nobody will read. */
export async function abandon(source: AsyncIterable<unknown> | null): Promise<void> {
  await source?.[Symbol.asyncIterator]().return?.()
}

/**
 * Sends a body with the reader's pace. When it fails half-way the connection is cut, because the status was sent
 * already; a clean end would pass for the whole.
 */
export async function send(
  response: ServerResponse,
  head: StreamHead,
  body: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  response.writeHead(head.status, { ...head.headers })
  response.flushHeaders()
  await pipeline(Readable.from(body, { objectMode: false }), response)
}
