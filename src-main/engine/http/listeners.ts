import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { noteOwnConnection } from './caller.ts'
import { isLoopbackName } from './hosts.ts'
import { CONNECTION_CHECK_MS, HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_CONNECTIONS, MAX_HEADER_BYTES } from './limits.ts'
import { portOwner } from './port-owner.ts'
import { PROBLEM_TYPE } from './problem-of.ts'

/** Port of the API where none is asked for and this one is free. */
export const DEFAULT_PORT = 7767
const DEFAULT_HOST = '127.0.0.1'

/** Where to listen on TCP. `isChosen` tells whether a person asked for it: then another port will not do. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly isChosen: boolean
}

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface Listener {
  /** `http://127.0.0.1:7767`, or the path of the socket */
  readonly address: string
  /** Takes no new connections; resolves when the last one has ended. */
  close(): Promise<void>
  /** Ends connections that wait for a next request. */
  closeIdle(): void
  /** Ends all connections, also in the middle of an answer. */
  closeAll(): void
}

/**
 * Reads `--listen`: `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080` or just the port. Nothing gives the default.
 * @throws ProblemError address_refused for what is beyond this machine, bad_request for what is no address
 */
export function parseListen(text: string | undefined): ListenAddress {
  if (text === undefined || text === '') return { host: DEFAULT_HOST, port: DEFAULT_PORT, isChosen: false }
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:[\]]*):)?(\d{1,5})$/i.exec(text)
  const port = Number(match?.[2])
  if (match === null || port > 65_535) {
    throw new ProblemError('bad_request', `"${text}" is no address to listen at.`, {
      field: 'listen',
      fix: 'Give a port, or an address and a port such as 127.0.0.1:7767.',
    })
  }
  const host = (match[1] ?? DEFAULT_HOST).replace(/^\[|\]$/g, '') || DEFAULT_HOST
  if (!isLoopbackName(host)) throw beyondLoopback(host, port)
  return { host: host === 'localhost' ? DEFAULT_HOST : host, port, isChosen: true }
}

function beyondLoopback(host: string, port: number): ProblemError {
  const what = isIP(host) === 0 && host !== '*' ? `"${host}"` : host
  return new ProblemError(
    'address_refused',
    `This engine listens on this machine only; ${what} can be reached from others, which needs TLS and sign-in, and this version has neither.`,
    {
      field: 'listen',
      fix: `Use 127.0.0.1:${port}, and reach it from another machine through ssh -L ${port}:127.0.0.1:${port}.`,
    },
  )
}

function serverFor(app: FastifyInstance, upgrade: Upgrade): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Uploads take as long as they take; bodies of JSON have a limit of their own, see bodies.ts.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
    },
    (request, response) => app.routing(request, response),
  )
  server.maxConnections = MAX_CONNECTIONS
  server.on('upgrade', upgrade)
  server.on('clientError', refuseMalformed)
  return server
}

/** What Node's parser refuses never becomes a request; it is answered by hand, in the form of every other error. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const problem = new ProblemError(
    'bad_request',
    isTooLarge
      ? `The head of the request is larger than ${MAX_HEADER_BYTES / 1024} KiB.`
      : 'The request is not valid HTTP/1.1.',
    { fix: isTooLarge ? 'Send shorter headers and addresses.' : 'Use an HTTP client library.' },
  )
  refuseOnSocket(socket, problem)
}

/** Answers on a bare connection and closes it. */
export function refuseOnSocket(socket: Duplex, problem: ProblemError): void {
  const body = JSON.stringify(problem.toProblem())
  socket.on('error', () => undefined) // the caller may be gone: nobody is left to tell
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Listens on TCP; on another free port when the default one is taken and nobody asked for it. */
export async function listenTcp(app: FastifyInstance, address: ListenAddress, upgrade: Upgrade): Promise<Listener> {
  const server = serverFor(app, upgrade)
  try {
    await listening(server, () => server.listen({ host: address.host, port: address.port, exclusive: true }))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EADDRINUSE' && !address.isChosen)
      return listenTcp(app, { ...address, port: 0, isChosen: true }, upgrade)
    throw cannotListen(address, code, error)
  }
  const { port } = server.address() as AddressInfo
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return listener(server, `http://${host}:${port}`)
}

function cannotListen(address: ListenAddress, code: string, cause: unknown): ProblemError {
  const place = `${address.host}:${address.port}`
  if (code === 'EADDRINUSE') {
    const owner = portOwner(address.port)
    return new ProblemError('address_taken', `${place} is in use by ${owner ?? 'another program'}.`, {
      field: 'listen',
      fix: 'Stop that program, or choose another port with --listen; port 0 takes a free one.',
      cause,
    })
  }
  const reason =
    code === 'EACCES'
      ? 'this user may not use ports below 1024'
      : code === 'EADDRNOTAVAIL'
        ? 'this machine has no such address'
        : code
  return new ProblemError('address_refused', `The engine cannot listen at ${place}: ${reason}.`, {
    field: 'listen',
    fix: 'Choose 127.0.0.1 and a port above 1023.',
    cause,
  })
}

/**
 * Listens on a Unix socket that only this user can open, or on a named pipe. The caller holds the lock of the data
 * folder, so that a socket that is there already is a leftover.
 */
export async function listenSocket(app: FastifyInstance, path: string, upgrade: Upgrade): Promise<Listener> {
  const server = serverFor(app, upgrade)
  server.on('connection', (socket: Socket) => noteOwnConnection(socket))
  const isPipe = process.platform === 'win32'
  if (!isPipe) rmSync(path, { force: true })
  // The file is made inside `listen`, before it returns: it is never open to others, not even for a moment.
  const before = isPipe ? 0 : process.umask(0o177)
  try {
    const up = listening(server, () => server.listen(path))
    if (!isPipe) process.umask(before)
    await up
  } catch (error) {
    throw new ProblemError('data_unusable', `The engine cannot make its socket ${path}: ${codeOf(error)}.`, {
      fix: 'Check that the folder is on a local disk and can be written.',
      cause: error,
    })
  } finally {
    if (!isPipe) process.umask(before)
  }
  if (!isPipe) chmodSync(path, 0o600)
  return listener(server, path)
}

/** A folder in which only this user can put sockets; refuses one that somebody else has made there. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const stats = lstatSync(path)
  const isOwn = stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0
  if (isOwn) return
  throw new ProblemError(
    'data_unusable',
    `The folder ${path} for the engine's socket belongs to or is open to somebody else.`,
    {
      fix: `Remove ${path}, or use a data folder with a shorter path, whose socket can be inside.`,
    },
  )
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.removeListener('error', reject)
      resolve()
    })
    listen()
  })
}

function listener(server: Server, address: string): Listener {
  return {
    address,
    close: () => new Promise((resolve) => server.close(() => resolve())),
    closeIdle: () => server.closeIdleConnections(),
    closeAll: () => server.closeAllConnections(),
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)
