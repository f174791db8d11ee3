import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { WebSocket } from 'ws'
import { type Client, createClient } from './client.ts'
import { MessageQueue } from './queue.ts'
import {
  EngineUnreachable,
  nobodyListens,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
  type TransportSocket,
} from './transport.ts'

/** The engine's address: its Unix socket or named pipe, or `http://127.0.0.1:PORT`. */
export type EngineAddress = { readonly socketPath: string } | { readonly url: string }

/** How long a WebSocket may take to open. */
const HANDSHAKE_TIMEOUT_MS = 10_000

/** A client for Node: over the engine's socket, where the file's permissions are the sign-in, or over TCP with a token. */
export function createNodeClient(options: EngineAddress & { readonly token?: string | null }): Client {
  return createClient({ transport: nodeTransport(options), token: options.token ?? null })
}

export function nodeTransport(address: EngineAddress): Transport {
  const agent = new Agent({ keepAlive: true })
  const place = placeOf(address)
  return {
    target: place.target,
    request: (request) => exchange(request, agent, place, request.repeatable),
    socket: (path, token) => openSocket(place, path, token),
    close: () => agent.destroy(),
  }
}

interface Place {
  readonly target: string
  readonly connect: { socketPath: string; host: string } | { host: string; port: number }
  readonly socketUrl: (path: string) => string
}

function placeOf(address: EngineAddress): Place {
  if ('socketPath' in address) {
    const { socketPath } = address
    return {
      target: socketPath,
      connect: { socketPath, host: 'localhost' },
      socketUrl: (path) => `ws+unix://${socketPath}:${path}`,
    }
  }
  const url = new URL(address.url)
  if (url.protocol !== 'http:')
    throw new TypeError(`${address.url}: only http:// addresses of this machine are supported.`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    target: url.origin,
    connect: { host, port: url.port === '' ? 80 : Number(url.port) },
    socketUrl: (path) => `ws://${url.host}${path}`,
  }
}

/**
 * Sends one request. A connection that was kept alive may have been closed by the engine in the same moment; then,
 * and only then, the request is sent once more.
 */
async function exchange(
  request: TransportRequest,
  agent: Agent,
  place: Place,
  repeat: boolean,
): Promise<TransportAnswer> {
  const { signal } = request
  signal?.throwIfAborted()
  const call = httpRequest({
    ...place.connect,
    agent,
    method: request.method,
    path: request.path,
    headers: lengthened(request),
  })
  const onAbort = (): void => void call.destroy(abortError(signal))
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const answer = await answerOf(call, request.body)
    answer.once('close', () => signal?.removeEventListener('abort', onAbort))
    return {
      status: answer.statusCode ?? 0,
      header: (name) => headerOf(answer, name),
      body: bodyOf(answer, place.target, signal),
    }
  } catch (error) {
    signal?.removeEventListener('abort', onAbort)
    if (signal?.aborted === true) throw abortError(signal)
    if (repeat && call.reusedSocket && codeOf(error) === 'ECONNRESET') return exchange(request, agent, place, false)
    throw unreachable(error, place.target)
  }
}

/** Resolves with the head of the answer, also when it comes while the body is still being sent. */
function answerOf(call: ClientRequest, body: TransportRequest['body']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answered = false
    call.once('response', (answer) => {
      answered = true
      resolve(answer)
      // An answer before the end of an upload is a refusal: the rest need not be sent.
      if (!call.writableFinished) answer.once('close', () => call.destroy())
    })
    call.on('error', reject) // after the answer came, a cut upload is no news
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      call.end(body)
      return
    }
    const source = Readable.from(body instanceof Blob ? body.stream() : body, { objectMode: false })
    source.once('error', (error) => {
      call.destroy(error)
      reject(error)
    })
    call.once('close', () => source.destroy())
    if (!answered) source.pipe(call)
  })
}

const headerOf = (answer: IncomingMessage, name: string): string | null => {
  const value = answer.headers[name]
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value
}

function lengthened(request: TransportRequest): Record<string, string> {
  const { body } = request
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return { ...request.headers }
  return { ...request.headers, 'content-length': String(Buffer.byteLength(body)) }
}

/** The body; a connection that was cut in the middle is an error, never a short but clean end. */
async function* bodyOf(
  answer: IncomingMessage,
  target: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer) yield chunk as Uint8Array
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal)
    throw unreachable(error, target)
  } finally {
    if (!answer.complete) answer.destroy()
  }
}

function openSocket(place: Place, path: string, token: string | null): Promise<TransportSocket> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(place.socketUrl(path), {
    headers,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
  })
  const messages = new MessageQueue({ onFull: () => socket.pause(), onRoom: () => socket.resume() })
  return new Promise((resolve, reject) => {
    const close = (): void => {
      socket.resume() // the closing handshake is read too
      socket.close()
    }
    socket.once('open', () => resolve({ send: (text) => socket.send(text), close, messages }))
    socket.once('unexpected-response', (_request, answer) => {
      reject(
        new EngineUnreachable(
          `HTTP_${answer.statusCode ?? 0}`,
          `${place.target} refused the event socket with status ${answer.statusCode ?? 0}.`,
        ),
      )
      socket.terminate()
    })
    socket.on('message', (data: Buffer) => messages.push(data.toString()))
    socket.on('error', (error) => {
      reject(unreachable(error, place.target))
      messages.end(unreachable(error, place.target))
    })
    socket.on('close', (code) => messages.end(code === 1006 ? unreachable(new Error('cut'), place.target) : null))
  })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ECONNRESET'

const abortError = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new DOMException('The call was aborted.', 'AbortError')

function unreachable(error: unknown, target: string): EngineUnreachable {
  const code = codeOf(error)
  const unheard = new EngineUnreachable(code, `No engine answers at ${target}.`, error)
  if (nobodyListens(unheard)) return unheard
  if (code === 'EACCES') return new EngineUnreachable(code, `The engine at ${target} belongs to another user.`, error)
  return new EngineUnreachable(code, `The connection to ${target} was cut (${code}).`, error)
}
