import { type Client, createClient } from './client.ts'
import { MessageQueue } from './queue.ts'
import { EngineUnreachable, type Transport, type TransportRequest, type TransportSocket } from './transport.ts'

/** The part of `fetch` that is used; tests and older runtimes hand in their own. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

/** The part of the browser's WebSocket that is used. */
export interface SocketLike {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}
export type SocketFactory = (url: string, protocols: string[]) => SocketLike

export interface FetchClientOptions {
  /** Origin of the engine, e.g. `http://127.0.0.1:7767` */
  readonly url: string
  readonly token?: string | null
  readonly fetchLike?: FetchLike
  readonly socketFactory?: SocketFactory
}

/** A client for windows and browsers. */
export function createFetchClient(options: FetchClientOptions): Client {
  return createClient({ transport: fetchTransport(options), token: options.token ?? null })
}

export function fetchTransport(options: FetchClientOptions): Transport {
  const origin = new URL(options.url).origin
  const send = options.fetchLike ?? ((url, init) => fetch(url, init))
  const open = options.socketFactory ?? browserSocket
  return {
    target: origin,
    async request(request) {
      const response = await send(origin + request.path, initOf(request)).catch((error: unknown) => {
        if (request.signal?.aborted === true) throw error
        throw new EngineUnreachable(codeOf(error), `No engine answers at ${origin}.`, error)
      })
      return {
        status: response.status,
        header: (name) => response.headers.get(name),
        body: chunksOf(response, origin, request.signal),
      }
    },
    socket: (path, token) => openSocket(open, `${origin.replace(/^http/, 'ws')}${path}`, token, origin),
    close: () => undefined,
  }
}

function initOf(request: TransportRequest): RequestInit {
  const init: RequestInit = { method: request.method, headers: { ...request.headers } }
  if (request.signal !== undefined) init.signal = request.signal
  const { body } = request
  if (body === undefined) return init
  const isWhole = typeof body === 'string' || body instanceof Uint8Array || body instanceof Blob
  // Node's types and those of browsers differ on what a body may be, and on `duplex`, which streams demand.
  const sent: unknown = isWhole ? { body } : { body: streamOf(body), duplex: 'half' }
  return { ...init, ...(sent as Pick<RequestInit, 'body'>) }
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

async function* chunksOf(
  response: Response,
  target: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  let ended = false
  try {
    for (;;) {
      const next = await reader.read()
      ended = next.done
      if (next.done) return
      yield next.value as Uint8Array
    }
  } catch (error) {
    ended = true
    if (signal?.aborted === true) throw error
    throw new EngineUnreachable(codeOf(error), `The connection to ${target} was cut.`, error)
  } finally {
    if (!ended) await reader.cancel()
  }
}

/** Browsers cannot set headers on a WebSocket: the token travels as a subprotocol, beside the one that is answered. */
function openSocket(open: SocketFactory, url: string, token: string | null, target: string): Promise<TransportSocket> {
  const socket = open(url, token === null ? ['weir.v1'] : ['weir.v1', `weir.bearer.${token}`])
  // A browser's socket cannot be paused; the engine's own bound (resync) keeps the queue short.
  const messages = new MessageQueue({ onFull: () => undefined, onRoom: () => undefined })
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve({ send: (text) => socket.send(text), close: () => socket.close(), messages })
    socket.onmessage = (event) => messages.push(String(event.data))
    socket.onclose = (event) => {
      const cut = new EngineUnreachable('ECONNRESET', `The connection to ${target} was cut or refused.`)
      reject(cut)
      messages.end(event.code === 1006 ? cut : null)
    }
  })
}

const browserSocket: SocketFactory = (url, protocols) => {
  const create = (globalThis as { WebSocket?: new (url: string, protocols: string[]) => SocketLike }).WebSocket
  if (create === undefined) throw new TypeError('This runtime has no WebSocket: hand in `socketFactory`.')
  return new create(url, protocols)
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'ECONNREFUSED'
}
