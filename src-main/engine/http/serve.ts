import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError, type Route } from '../../../src-shared/contract/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { Bytes, CallContext } from './handler.ts'
import { MAX_IDEMPOTENCY_KEY } from './limits.ts'
import { problemOf } from './problem-of.ts'
import { abandon, download, encodeLines, type StreamHead, send, started } from './streams.ts'
import { validatorOf } from './validate.ts'

/** Codes of a stream whose reader went away. */
const GONE: ReadonlySet<string> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'])

/** What every route shares. */
export interface Serve {
  readonly log: Logger
  /** Resolves when the entry is durable; does nothing for calls that change nothing. */
  readonly audit: (request: FastifyRequest, status: number, code: string | null) => Promise<void>
  readonly stopping: AbortSignal
}

/** A handler whose types were checked where it was handed in. */
type AnyHandler = (input: { params: unknown; query: unknown; body: unknown }, context: CallContext) => unknown

type RouteHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Validation, handler, audit and answer of one route. */
export function serveRoute(route: Route, handlerOf: () => Promise<unknown>, serve: Serve): RouteHandler {
  const validate = lazy(() => validatorOf(route))
  const status = route.status ?? (route.response === 'none' ? 204 : 200)
  const rest = restOf(route)
  return async (request, reply) => {
    const check = validate()
    const input = {
      params: check('params', rest === null ? request.params : named(request.params, rest)) ?? {},
      query: check('query', request.query) ?? {},
      body: route.body === 'bytes' ? bytesOf(request) : check('body', request.body),
    }
    const handler = (await handlerOf()) as AnyHandler
    const context = contextOf(request, reply, route.response === 'lines' ? endsOf(request, serve) : [])
    const result = await handler(input, context)
    switch (route.response) {
      case 'bytes':
        return answerBytes(result as Bytes, status, request, reply, serve)
      case 'lines':
        return answerLines(result as AsyncIterable<object>, status, request, reply, serve)
      case 'none':
        await serve.audit(request, status, null)
        return reply.code(status).send()
      default:
        await serve.audit(request, status, null)
        return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(result))
    }
  }
}

/** @param ends what ends the call before its caller goes away */
function contextOf(request: FastifyRequest, reply: FastifyReply, ends: readonly AbortSignal[]): CallContext {
  const gone = new AbortController()
  const release = ends.map((end) => abortWith(end, gone))
  // One listener for all of it: the pipe of a stream adds seven of its own, and Node warns at eleven.
  reply.raw.once('close', () => {
    for (const free of release) free()
    if (!reply.raw.writableFinished) gone.abort(new Error('the caller went away'))
  })
  return {
    actor: request.caller?.principal ?? { name: 'anonymous', permissions: [] },
    from: request.caller?.from ?? 'unknown',
    idempotencyKey: idempotencyKeyOf(request),
    ...destinationOf(request),
    signal: gone.signal,
  }
}

function destinationOf(request: FastifyRequest): Pick<CallContext, 'destination'> {
  const destination = request.headers['sec-fetch-dest']
  return typeof destination === 'string' ? { destination } : {}
}

/** Name of the parameter that holds the rest of the path, `{path*}`; null when the route has none. */
const restOf = (route: Route): string | null => /\{(\w+)\*\}$/.exec(route.path)?.[1] ?? null

/** Fastify calls the rest of a path `*`. */
function named(params: unknown, rest: string): Record<string, unknown> {
  const { '*': value, ...others } = params as Record<string, unknown>
  return { ...others, [rest]: value }
}

/**
 * A live stream would keep a stopping engine alive for as long as somebody watches, and show more to who signed out.
 * @returns lets go of the signal, which outlives the call
 */
function abortWith(end: AbortSignal, gone: AbortController): () => void {
  const onEnd = (): void => gone.abort(end.reason)
  if (end.aborted) onEnd()
  end.addEventListener('abort', onEnd, { once: true })
  return () => end.removeEventListener('abort', onEnd)
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_IDEMPOTENCY_KEY) return key
  throw new ProblemError(
    'bad_request',
    `An Idempotency-Key has 1 to ${MAX_IDEMPOTENCY_KEY} characters, and is given once.`,
    {
      field: 'header.idempotency-key',
      fix: 'Send a UUID.',
    },
  )
}

async function* bytesOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  // Without a body there is no stream, but an empty file is a file too.
  const body = request.body as AsyncIterable<Uint8Array> | undefined
  if (body !== undefined) yield* body
}

async function answerBytes(
  bytes: Bytes,
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
  serve: Serve,
): Promise<FastifyReply> {
  const { range, 'if-none-match': ifNoneMatch } = request.headers
  for (const [name, value] of Object.entries(bytes.headers ?? {})) if (value === null) reply.removeHeader(name)
  const head = download(bytes, { range, ifNoneMatch }, status)
  if (head.body === null || request.method === 'HEAD') {
    await abandon(bytes.body)
    await serve.audit(request, head.status, null)
    return answerHead(head, reply)
  }
  const body = await started(head.body)
  await serve.audit(request, head.status, null)
  return stream(head, body, request, reply, serve)
}

async function answerLines(
  lines: AsyncIterable<object>,
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
  serve: Serve,
): Promise<FastifyReply> {
  const head = { status, headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } }
  if (request.method === 'HEAD') {
    await abandon(lines)
    return answerHead(head, reply)
  }
  const body = await started(lines)
  await serve.audit(request, head.status, null)
  return stream(head, uncut(encodeLines(body), endsOf(request, serve)), request, reply, serve)
}

/** What ends a live stream before its end: the engine stops, or the caller signs out. */
function endsOf(request: FastifyRequest, { stopping }: Serve): AbortSignal[] {
  const ended = request.caller?.principal?.session?.ended
  return ended === undefined ? [stopping] : [stopping, ended]
}

/** A live stream that was ended has not come to its end: the caller must see a cut. */
async function* uncut(source: AsyncIterable<string>, ends: readonly AbortSignal[]): AsyncGenerator<string> {
  yield* source
  for (const end of ends) end.throwIfAborted()
}

function answerHead(head: StreamHead, reply: FastifyReply): FastifyReply {
  // The length is that of the body that is not sent, so Fastify must not put one of its own there.
  reply.hijack()
  reply.raw.writeHead(head.status, { ...plainHeaders(reply), ...head.headers })
  reply.raw.end()
  return reply
}

async function stream(
  head: StreamHead,
  body: AsyncIterable<Uint8Array | string>,
  request: FastifyRequest,
  reply: FastifyReply,
  serve: Serve,
): Promise<FastifyReply> {
  reply.hijack()
  try {
    await send(reply.raw, { status: head.status, headers: { ...plainHeaders(reply), ...head.headers } }, body)
  } catch (error) {
    reply.raw.destroy()
    // Callers go away or sign out, and engines stop: only what broke by itself is worth a word.
    const isExpected =
      endsOf(request, serve).some((end) => end.aborted) ||
      (error instanceof Error && 'code' in error && GONE.has(String(error.code)))
    // By the name of the operation: addresses of views are secrets.
    if (!isExpected) problemOf(error, serve.log, request.routeOptions.config.access?.id ?? request.method)
  }
  return reply
}

function plainHeaders(reply: FastifyReply): Record<string, string | number> {
  const headers: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (typeof value === 'string' || typeof value === 'number') headers[name] = value
  }
  return headers
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
