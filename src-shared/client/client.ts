import type { Answer, Call, Route } from '../contract/index.ts'
import { type EventStream, type Subscription, subscribe } from './events.ts'
import { readLines } from './lines.ts'
import { problemOf } from './problem.ts'
import type { Transport, TransportAnswer } from './transport.ts'
import { urlOf } from './url.ts'

/** Routes by what they answer with. */
export type JsonRoute = Route & { readonly response: Exclude<Route['response'], 'bytes' | 'lines'> }
export type BytesRoute = Route & { readonly response: 'bytes' }
export type LinesRoute = Route & { readonly response: 'lines' }

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Chosen by the client for every POST that changes something, when absent: a repeated call is carried out once. */
  readonly idempotencyKey?: string
}

/** A download. Breaking off the loop over `body` closes the connection. */
export interface Download {
  readonly body: AsyncIterable<Uint8Array>
  /** Bytes, when the engine knows */
  readonly size: number | null
  readonly type: string
  /** Without quotes */
  readonly etag: string | null
}

/** A line of a `lines` route, by its schema. */
export type Line<R extends Route> = R['line'] extends { readonly _output: infer T } ? T : unknown

/**
 * Calls the engine through the contract's routes. Refusals are thrown as ProblemError with all their fields, a silent or
 * cut connection as EngineUnreachable. Answers are not validated again: an engine that is newer than this client may
 * say more than the client knows.
 */
export interface Client {
  call<R extends JsonRoute>(route: R, input: Call<R>, options?: CallOptions): Promise<Answer<R>>
  bytes<R extends BytesRoute>(route: R, input: Call<R>, options?: CallOptions): Promise<Download>
  /** Lines as they come. Ends when the engine ends the stream; throws EngineUnreachable when it was cut. */
  lines<R extends LinesRoute>(route: R, input: Call<R>, options?: CallOptions): AsyncIterable<Line<R>>
  /** Events of a project or run, in order and without gaps, also when this reader is slow. */
  subscribe(subscription: Subscription): EventStream
  /** Where it connects to */
  readonly target: string
  close(): void
}

interface Inputs {
  readonly params?: Record<string, unknown>
  readonly query?: Record<string, unknown>
  readonly body?: unknown
}

export function createClient(options: { readonly transport: Transport; readonly token?: string | null }): Client {
  const { transport } = options
  const token = options.token ?? null

  const send = async (route: Route, input: Inputs, call: CallOptions): Promise<TransportAnswer> => {
    const answer = await transport.request({
      method: route.method,
      path: urlOf(route, input.params, input.query),
      headers: headersOf(route, token, call),
      ...bodyOf(route, input.body),
      repeatable: route.body !== 'bytes',
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    if (answer.status >= 400) throw problemOf(answer.status, await textOf(answer.body), transport.target)
    return answer
  }

  return {
    target: transport.target,
    async call(route, input, call = {}) {
      const answer = await send(route, input, call)
      const text = await textOf(answer.body)
      return (route.response === 'none' ? undefined : JSON.parse(text)) as Answer<typeof route>
    },
    async bytes(route, input, call = {}) {
      const answer = await send(route, input, call)
      const size = answer.header('content-length')
      return {
        body: answer.body,
        size: size === null ? null : Number(size),
        type: answer.header('content-type') ?? 'application/octet-stream',
        etag: answer.header('etag')?.replace(/^"|"$/g, '') ?? null,
      }
    },
    async *lines(route, input, call = {}) {
      const answer = await send(route, input, call)
      for await (const line of readLines(answer.body)) yield JSON.parse(line) as Line<typeof route>
    },
    subscribe: (subscription) => subscribe(transport, token, subscription),
    close: () => transport.close(),
  }
}

function headersOf(route: Route, token: string | null, call: CallOptions): Record<string, string> {
  const headers: Record<string, string> = { accept: acceptOf(route) }
  if (token !== null) headers.authorization = `Bearer ${token}`
  if (route.body !== undefined) {
    headers['content-type'] = route.body === 'bytes' ? 'application/octet-stream' : 'application/json'
  }
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey
  else if (route.method === 'POST' && route.change) headers['idempotency-key'] = crypto.randomUUID()
  return headers
}

const acceptOf = (route: Route): string =>
  route.response === 'bytes' ? '*/*' : route.response === 'lines' ? 'application/x-ndjson' : 'application/json'

function bodyOf(route: Route, body: unknown): { body?: string | Uint8Array | Blob | AsyncIterable<Uint8Array> } {
  if (route.body === undefined) return {}
  if (route.body === 'bytes') return { body: body as Uint8Array | Blob | AsyncIterable<Uint8Array> }
  return { body: JSON.stringify(body ?? {}) }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
