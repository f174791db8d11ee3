import { type Client, createFetchClient, type SocketFactory, type SocketLike } from '../../src-shared/client/index.ts'
import { authRoutes } from '../../src-shared/contract/index.ts'
import { bridge } from './bridge.ts'

/** Where the console keeps the token of its session: in this browser, until the person signs out. */
const TOKEN_KEY = 'weir.session'
const TICKET = /^#ticket=([A-Za-z0-9_-]{22,64})$/

/** The desktop adds what signs in by itself: its screens never see a token. */
let token: string | null = bridge === null ? localStorage.getItem(TOKEN_KEY) : null
let current: Client | null = null

/** The one client of these screens. Ask for it at each call: signing in replaces it. */
export function client(): Client {
  current ??= createFetchClient({
    url: location.origin,
    token,
    ...(bridge === null ? {} : { socketFactory: bridgeSocket }),
  })
  return current
}

/** The token, for workers, which call the engine with a client of their own. Null in the desktop. */
export const sessionToken = (): string | null => token

/** Exchanges the ticket of a sign-in link, if the address holds one, and takes it out of the address. */
export async function signInByLink(): Promise<void> {
  const ticket = TICKET.exec(location.hash)?.[1]
  if (ticket === undefined || bridge !== null) return
  history.replaceState(null, '', location.pathname + location.search)
  const session = await client().call(authRoutes.signIn, { body: { ticket } })
  keepToken(session.token)
}

export async function signOut(): Promise<void> {
  try {
    await client().call(authRoutes.signOut, {})
  } finally {
    forgetToken()
  }
}

export function forgetToken(): void {
  localStorage.removeItem(TOKEN_KEY)
  replaceToken(null)
}

function keepToken(value: string): void {
  localStorage.setItem(TOKEN_KEY, value)
  replaceToken(value)
}

function replaceToken(value: string | null): void {
  token = value
  current?.close()
  current = null
}

/** Close code of a socket that was cut: what browsers say when no close frame came. */
const CUT = 1006

/** A WebSocket that the desktop carries to the engine's socket. */
const bridgeSocket: SocketFactory = (url) => {
  const socket: SocketLike = {
    send: () => undefined,
    close: () => undefined,
    onopen: null,
    onmessage: null,
    onclose: null,
  }
  const carried = bridge?.engine.connect(new URL(url).pathname, {
    open: () => socket.onopen?.(),
    message: (data) => socket.onmessage?.({ data }),
    close: () => socket.onclose?.({ code: CUT }),
  })
  if (carried === undefined) throw new TypeError('There is no desktop around these screens.')
  socket.send = (text) => carried.send(text)
  socket.close = () => carried.close()
  return socket
}
