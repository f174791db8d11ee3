import {
  type ClientMessage,
  eventSocketPath,
  ProblemError,
  problemCodes,
  type RunEvent,
  ServerMessage,
} from '../contract/index.ts'
import { EngineUnreachable, type Transport, type TransportSocket } from './transport.ts'

export interface Subscription {
  readonly project: string
  /** All runs of the project when absent */
  readonly run?: string
  /** Resume after this cursor; only what is new when absent */
  readonly after?: number
  readonly signal?: AbortSignal
}

/**
 * Events in the order of the journal. `cursor` is the position after the last event that was handed out: subscribe
 * again with `after: cursor` when the connection was cut. Ends only when the loop breaks off or the signal aborts.
 */
export interface EventStream extends AsyncIterable<RunEvent> {
  readonly cursor: number
  /** Resolves when the engine has confirmed: what happens from then on is delivered. */
  readonly ready: Promise<void>
}

/** The one subscription on its socket. */
const ID = 'events'

export function subscribe(transport: Transport, token: string | null, subscription: Subscription): EventStream {
  const state = { cursor: subscription.after ?? 0 }
  const opened = open(transport, token, subscription, state)
  opened.catch(() => undefined) // whoever waits for `ready` or loops over the events gets the error there
  const iterator = once(() => events(opened, transport.target, subscription, state))
  const ready = opened.then(() => undefined)
  ready.catch(() => undefined) // the same for those who never look at it
  return {
    ready,
    get cursor() {
      return state.cursor
    },
    [Symbol.asyncIterator]: () => iterator(),
  }
}

interface Opened {
  readonly socket: TransportSocket
  readonly messages: AsyncIterator<string>
}

/** Opens the socket and subscribes; resolves when the engine has confirmed. */
async function open(
  transport: Transport,
  token: string | null,
  subscription: Subscription,
  state: { cursor: number },
): Promise<Opened> {
  const { signal } = subscription
  const socket = await transport.socket(eventSocketPath, token)
  if (signal?.aborted === true) {
    socket.close()
    signal.throwIfAborted()
  }
  signal?.addEventListener('abort', () => socket.close(), { once: true })
  socket.send(request(subscription, subscription.after))
  const messages = socket.messages[Symbol.asyncIterator]()
  try {
    const first = await messages.next()
    if (first.done !== true) {
      const message = ServerMessage.parse(JSON.parse(first.value))
      if (message.type === 'problem') throw refusal(message.code, message.detail)
      if (message.type === 'subscribed') state.cursor = Math.max(state.cursor, message.cursor)
    }
  } catch (error) {
    socket.close()
    throw error
  }
  return { socket, messages }
}

async function* events(
  opened: Promise<Opened>,
  target: string,
  subscription: Subscription,
  state: { cursor: number },
): AsyncGenerator<RunEvent> {
  const { socket, messages } = await opened
  try {
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
      const message = ServerMessage.parse(JSON.parse(next.value))
      if (message.type === 'events') {
        yield* message.events
        state.cursor = message.cursor
      } else if (message.type === 'resync') {
        // This reader was too slow for live events: the journal is read again from where it stands, at its own pace.
        socket.send(request(subscription, state.cursor))
      } else if (message.type === 'problem') throw refusal(message.code, message.detail)
    }
    if (subscription.signal?.aborted === true) return
    throw new EngineUnreachable('ECONNRESET', `${target} closed the stream of events.`)
  } finally {
    socket.close()
  }
}

/** A stream is read by one loop; a second loop goes on where the first broke off only by a new subscription. */
function once<T>(create: () => AsyncGenerator<T>): () => AsyncGenerator<T> {
  let created: AsyncGenerator<T> | null = null
  return () => {
    created ??= create()
    return created
  }
}

function request(subscription: Subscription, after: number | undefined): string {
  const message: ClientMessage = { type: 'subscribe', id: ID, project: subscription.project }
  if (subscription.run !== undefined) message.run = subscription.run
  if (after !== undefined) message.after = after
  return JSON.stringify(message)
}

function refusal(code: string, detail: string): ProblemError {
  return new ProblemError(Object.hasOwn(problemCodes, code) ? (code as ProblemError['code']) : 'internal', detail)
}
