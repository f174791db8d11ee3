import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { ProblemError, permissions, type Requirement, type Route } from '../../../src-shared/contract/index.ts'
import type { Audit, Authenticate } from '../auth/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { limitBodyTime, readBodies, refuseWrongMediaType } from './bodies.ts'
import { type Access, type Caller, callerOf, guard } from './caller.ts'
import type { Handlers } from './handler.ts'
import { JSON_BODY_LIMIT_BYTES, MAX_PARAM_LENGTH } from './limits.ts'
import { knownAddresses } from './not-found.ts'
import { PROBLEM_TYPE, problemOf } from './problem-of.ts'
import { type Serve, serveRoute } from './serve.ts'
import { createStrangers, type Strangers } from './strangers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route has one: without it the server does not start. */
    access?: Access & { readonly body: Route['body'] }
  }
  interface FastifyRequest {
    caller: Caller | null
  }
}

export interface ApiOptions {
  readonly log: Logger
  readonly authenticate: Authenticate
  readonly audit: Pick<Audit, 'write'>
}

/** A page or document beside the contract: docs, assets of the docs page. */
export interface Page {
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Api {
  /** Serves a table of the contract. Handlers may come later; calls wait for them. */
  mount<T extends Record<string, Route>>(table: T, handlers: Handlers<T> | Promise<Handlers<T>>): void
  /** Serves a public document, made at the first request and kept. */
  page(path: string, make: () => Page | Promise<Page>): void
  /** Fastify itself, for the listeners. */
  readonly app: FastifyInstance
  /** From now on every call but health is refused with `engine_stopping`, and live streams are cut. */
  stop(): void
  /** Aborted by `stop`. */
  readonly stopping: AbortSignal
  /** Calls whose answer is not complete. */
  readonly active: number
}

/** Answered also by an engine that stops. */
const ALWAYS_ANSWERED = 'engine.health'

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/**
 * Requests are checked by the contract's own schemas. Without this, Fastify would load a JSON Schema compiler at every
 * start, for schemas that no route has.
 */
const refuseSchemas = (): never => {
  throw new Error('routes describe what they take in the contract, not in schemas of Fastify')
}
const NO_SCHEMAS = { compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas } }

/**
 * The API server. One path for every call:
 *
 *   head ─▶ caller (host, token) ─▶ guard ─▶ body ─▶ validation ─▶ handler ─▶ audit ─▶ answer
 *                └──────────┴──────────┴────────┴──────────┴──▶ problem ─▶ audit ─┘
 */
export function createApi(options: ApiOptions): Api {
  const { log, authenticate } = options
  const stopping = new AbortController()
  const strangers = createStrangers({
    write: (entry) => options.audit.write(entry),
    onError: (error) => log.error({ err: error }, 'an entry of the audit table could not be written'),
  })
  const audit = auditor(options, strangers)
  const refuse = refusal(log, audit)
  let active = 0
  const app = fastify({
    logger: false,
    bodyLimit: JSON_BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    schemaController: NO_SCHEMAS,
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply),
  })

  readBodies(app)
  app.decorateRequest('caller', null)
  const addresses = knownAddresses()
  app.addHook('onRoute', (route) => {
    refuseUndeclared(route.config?.access, `${String(route.method)} ${route.url}`)
    addresses.add([route.method].flat(), route.url)
  })
  app.addHook('onRequest', async (request, reply) => {
    active += 1
    reply.raw.once('close', () => {
      active -= 1
    })
    reply.headers(HEADERS)
    const access = request.routeOptions.config.access
    request.caller = await callerOf(request.raw, authenticate, access)
    if (access === undefined) return
    guard(request.caller, access)
    if (stopping.signal.aborted && access.id !== ALWAYS_ANSWERED) throw stoppingProblem()
    refuseWrongMediaType(request, access.body)
    limitBodyTime(request, access.body)
  })
  app.setErrorHandler(refuse)
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = addresses.methodsAt(path)
    if (methods.length > 0) reply.header('allow', methods.join(', '))
    return refuse(addresses.problem(request.method, path), request, reply)
  })

  const serve: Serve = { log, audit, stopping: stopping.signal }
  return {
    app,
    mount: (table, handlers) => mount(app, table, handlers, serve),
    page: (path, make) => mountPage(app, path, make),
    stop() {
      stopping.abort(stoppingProblem())
      strangers.close()
    },
    stopping: stopping.signal,
    get active() {
      return active
    },
  }
}

type Refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Answers what went wrong as a problem, after it was audited. */
function refusal(log: Logger, audit: Serve['audit']): Refuse {
  return async (error, request, reply) => {
    const problem = problemOf(error, log, request.routeOptions.config?.access?.id ?? request.method)
    try {
      await audit(request, problem.status, problem.code)
    } catch (failure) {
      log.error({ err: failure }, 'an entry of the audit table could not be written')
    }
    if (problem.code === 'engine_stopping') reply.header('connection', 'close')
    if (problem.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
    reply.code(problem.status).headers(HEADERS).header('content-type', PROBLEM_TYPE)
    return reply.send(JSON.stringify(problem.toProblem()))
  }
}

function mount<T extends Record<string, Route>>(
  app: FastifyInstance,
  table: T,
  handlers: Handlers<T> | Promise<Handlers<T>>,
  serve: Serve,
): void {
  for (const [name, route] of Object.entries(table)) {
    refuseUndeclared(route, `${route.method} ${route.path}`)
    const { id, permission, change, body, audited } = route
    app.route({
      method: route.method,
      url: route.path.replace(/\{\w+\*\}$/, '*').replace(/\{(\w+)\}/g, ':$1'),
      config: { access: { id, permission, change, body, ...(audited === undefined ? {} : { audited }) } },
      handler: serveRoute(route, async () => (await handlers)[name as keyof T], serve),
    })
  }
}

const requirements: ReadonlySet<string> = new Set<Requirement | string>([
  'PUBLIC',
  'SIGNED_IN',
  ...Object.keys(permissions),
])

/** Nothing is served by accident: who may use it is part of every route. */
function refuseUndeclared(access: Partial<Access> | undefined, name: string): void {
  const isDeclared =
    access !== undefined && requirements.has(access.permission ?? '') && access.permission !== ('READ_ONLY' as string)
  if (isDeclared && typeof access.change === 'boolean') return
  throw new Error(`The route ${name} declares no permission, so that the server does not start with it.`)
}

function mountPage(app: FastifyInstance, path: string, make: () => Page | Promise<Page>): void {
  let made: Promise<Page> | null = null
  app.route({
    method: 'GET',
    url: path,
    config: { access: { id: 'docs.page', permission: 'PUBLIC', change: false, body: undefined } },
    async handler(_request, reply) {
      made ??= Promise.resolve(make())
      const page = await made.catch((error: unknown) => {
        made = null // the next reader tries again
        throw error
      })
      return reply.headers({ 'content-type': page.type, ...page.headers }).send(page.body)
    },
  })
}

/** Writes an entry for calls that change something; others are not audited. */
function auditor({ audit }: ApiOptions, strangers: Strangers): Serve['audit'] {
  return async (request, status, code) => {
    const access = request.routeOptions.config?.access
    if (access?.change !== true || (access.audited === false && code === null)) return
    const isStranger = request.caller?.principal === undefined || request.caller.principal === null
    const book = isStranger && code !== null ? strangers : audit
    await book.write({
      at: new Date().toISOString(),
      actor: request.caller?.principal?.name ?? 'unknown',
      from: request.caller?.from ?? request.raw.socket.remoteAddress ?? 'unknown',
      action: access.id,
      target: request.url.split('?', 1)[0] ?? '',
      status,
      code,
    })
  }
}

function stoppingProblem(): ProblemError {
  return new ProblemError('engine_stopping', 'The engine is stopping and takes no more calls.', {
    fix: 'Start it again with "weir boot up"; what runs now is taken up again then.',
  })
}
