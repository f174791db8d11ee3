import { type ClientMessage, eventSocketPath, ProblemError, problemCodes, type RunEvent, ServerMessage } from '../contract/index.ts'
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
  let cursor = subscription.after ?? 0
  let confirm: () => void = () => undefined
  let refuse: (error: unknown) => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    confirm = resolve
    refuse = reject
  })
  ready.catch(() => undefined) // whoever loops over the events gets the error there

  const opened = transport.socket(eventSocketPath, token).then((socket) => {
    if (subscription.signal?.aborted === true) socket.close()
    subscription.signal?.addEventListener('abort', () => socket.close(), { once: true })
    socket.send(request(subscription, subscription.after))
    return socket
  })
  opened.catch(refuse)

  async function* events(): AsyncGenerator<RunEvent> {
    const socket = await opened
    try {
      for await (const text of socket.messages) {
        const message = ServerMessage.parse(JSON.parse(text))
        if (message.type === 'subscribed') {
          cursor = Math.max(cursor, message.cursor)
          confirm()
        } else if (message.type === 'events') {
          yield* message.events
          cursor = message.cursor
        } else if (message.type === 'resync') {
          // This reader was too slow for live events: the journal is read again from where it stands, at its own pace.
          socket.send(request(subscription, cursor))
        } else if (message.type === 'problem') throw refusal(message.code, message.detail)
      }
      if (subscription.signal?.aborted !== true) {
        throw new EngineUnreachable('ECONNRESET', `${transport.target} closed the stream of events.`)
      }
    } catch (error) {
      refuse(error)
      throw error
    } finally {
      socket.close()
    }
  }
  const iterator = once(events)
  return {
    ready,
    get cursor() {
      return cursor
    },
    [Symbol.asyncIterator]: () => iterator(),
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

export type { TransportSocket }
