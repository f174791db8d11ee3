import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { ClientMessage, eventSocketPath, ProblemError, type ServerMessage } from '../../../src-shared/contract/index.ts'
import type { Authenticate } from '../auth/index.ts'
import { callerOf, guard, problemOf, refuseOnSocket, type Upgrade } from '../http/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { EventSource } from './source.ts'
import { EventSubscription, type Reader } from './subscription.ts'

/** Longest message of a client. */
const MAX_MESSAGE_BYTES = 16 * 1024
/** Subscriptions of one socket at the same time. */
const MAX_SUBSCRIPTIONS = 64
/** What may wait in memory for one reader before it counts as slow. */
const BUFFER_LIMIT_BYTES = 1024 * 1024
/** What a reader that asks and asks without reading may pile up before it is cut. */
const BUFFER_CUT_BYTES = 8 * BUFFER_LIMIT_BYTES
/** How often it is looked whether a slow reader has room again. */
const ROOM_CHECK_MS = 20
/** How often a sign of life is asked for; a socket that gave none since the last time is cut. */
const HEARTBEAT_MS = 30_000
/** The subprotocol that is answered to browsers, which must offer one to send their token. */
const PROTOCOL = 'weir.v1'
/** Close codes of RFC 6455. */
const GOING_AWAY = 1001
const POLICY_VIOLATION = 1008

export interface EventSocketsOptions {
  readonly source: EventSource | Promise<EventSource>
  readonly authenticate: Authenticate
  readonly log: Logger
  /** Milliseconds between signs of life; 30,000 when absent */
  readonly heartbeatMs?: number
}

export interface EventSockets {
  /** For the `upgrade` event of every listener. */
  readonly upgrade: Upgrade
  /** Open sockets */
  readonly size: number
  /** Refuses new sockets and closes those that are open. */
  close(): void
}

/** The WebSocket on which events are pushed. */
export function eventSockets(options: EventSocketsOptions): EventSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : ([...offered][0] ?? false)),
  })
  const alive = new WeakSet<WebSocket>()
  let isClosed = false
  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, options.heartbeatMs ?? HEARTBEAT_MS)
  heartbeat.unref()

  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (isClosed)
      throw new ProblemError('engine_stopping', 'The engine is stopping.', { fix: 'Connect again when it runs.' })
    const path = request.url?.split('?', 1)[0] ?? ''
    if (path !== eventSocketPath) {
      throw new ProblemError('not_found', `There is no WebSocket at ${path.slice(0, 200)}.`, {
        fix: `Use ${eventSocketPath}.`,
      })
    }
    const caller = await callerOf(request, options.authenticate)
    guard(caller, {
      id: 'events.subscribe',
      permission: 'WORKFLOW',
      change: false,
    })
    server.handleUpgrade(request, socket, head, (client) => {
      alive.add(client)
      endWithSession(client, caller.principal?.session?.ended)
      client.on('pong', () => alive.add(client))
      serve(client, options)
    })
  }

  return {
    upgrade(request, socket, head) {
      const onError = (): void => void socket.destroy()
      socket.on('error', onError)
      accept(request, socket, head).then(
        () => socket.removeListener('error', onError),
        (error: unknown) => refuseOnSocket(socket, problemOf(error, options.log, 'events.subscribe')),
      )
    },
    get size() {
      return server.clients.size
    },
    close() {
      isClosed = true
      clearInterval(heartbeat)
      for (const socket of server.clients) {
        socket.close(GOING_AWAY, 'the engine is stopping')
        // Who does not read will not answer the closing handshake either.
        if (socket.bufferedAmount > 0) socket.terminate()
      }
    },
  }
}

/** Who signs out sees nothing more. */
function endWithSession(client: WebSocket, ended: AbortSignal | undefined): void {
  if (ended === undefined) return
  const close = (): void => {
    client.close(POLICY_VIOLATION, 'signed out')
    // Who does not read will not answer the closing handshake either.
    if (client.bufferedAmount > 0) client.terminate()
  }
  if (ended.aborted) close()
  ended.addEventListener('abort', close, { once: true })
  client.once('close', () => ended.removeEventListener('abort', close))
}

/** Serves one socket until it closes. */
function serve(socket: WebSocket, { source, log }: EventSocketsOptions): void {
  const subscriptions = new Map<string, EventSubscription>()
  const reader = readerOf(socket)

  const subscribe = async (message: Extract<ClientMessage, { type: 'subscribe' }>): Promise<void> => {
    subscriptions.get(message.id)?.end()
    if (subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new ProblemError('too_many_requests', `This socket has ${MAX_SUBSCRIPTIONS} subscriptions already.`, {
        fix: 'End some, or open another socket.',
      })
    }
    const subscription = new EventSubscription(source, reader, message, () => {
      if (subscriptions.get(message.id) === subscription) subscriptions.delete(message.id)
    })
    subscriptions.set(message.id, subscription)
    await subscription.start()
  }

  const refuse = (error: unknown, id: string | undefined): void => {
    const problem = problemOf(error, log, 'events.subscribe')
    const detail = problem.context.fix === undefined ? problem.message : `${problem.message} ${problem.context.fix}`
    reader.send({ type: 'problem', code: problem.code, detail, ...(id === undefined ? {} : { id }) })
  }

  socket.on('message', (data: Buffer) => {
    const message = parse(data.toString())
    if (message === null) {
      refuse(
        new ProblemError('bad_request', 'The message is none that is understood here.', {
          fix: 'See ClientMessage at /api/docs.',
        }),
        undefined,
      )
    } else if (message.type === 'ping') reader.send({ type: 'pong' })
    else if (message.type === 'unsubscribe') subscriptions.get(message.id)?.end()
    else subscribe(message).catch((error: unknown) => refuse(error, message.id))
  })
  socket.on('error', (error) => log.debug({ err: error }, 'event socket failed'))
  socket.on('close', () => {
    for (const subscription of [...subscriptions.values()]) subscription.end()
  })
}

function readerOf(socket: WebSocket): Reader {
  const isGone = (): boolean => socket.readyState !== socket.OPEN
  return {
    send(message: ServerMessage) {
      if (isGone()) return
      if (socket.bufferedAmount > BUFFER_CUT_BYTES) socket.terminate()
      else socket.send(JSON.stringify(message))
    },
    isFull: () => socket.bufferedAmount > BUFFER_LIMIT_BYTES,
    async room() {
      // ws tells when one message was written, not when the buffer has drained: looking is simpler, and rare.
      while (!isGone() && socket.bufferedAmount > BUFFER_LIMIT_BYTES / 2) {
        await new Promise((resolve) => setTimeout(resolve, ROOM_CHECK_MS))
      }
    },
    get isGone() {
      return isGone()
    },
  }
}

function parse(text: string): ClientMessage | null {
  try {
    return ClientMessage.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null // not JSON: the caller says so
  }
}
