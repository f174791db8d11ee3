import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { CLOSE, FRAME_BYTES, workerSocketPath } from '../../../src-shared/contract/worker-protocol.ts'
import type { Audit, Authenticate } from '../auth/index.ts'
import { callerOf, guard, problemOf, refuseOnSocket, type Upgrade } from '../http/index.ts'
import type { WorkerLine, WorkerSocket } from '../projects/index.ts'
import type { Logger } from '../telemetry/index.ts'

/** Characters of frames that may be under way to a project's thread; beyond them the socket is not read. */
const FULL_CHARS = 16 * 1024 * 1024
const ROOM_CHARS = FULL_CHARS / 2
/** How long a worker may take to answer the closing handshake, in ms. */
const CLOSING_MS = 5_000
/** A reason has at most so many bytes (RFC 6455). */
const REASON_BYTES = 123
/** Close codes of RFC 6455: by one that leaves, and for a session that was signed out. */
const NORMAL = 1000
const SERVICE_RESTART = 1012
const POLICY_VIOLATION = 1008
const ADDRESS = new RegExp(`^/api/v1/projects/([^/]+)${workerSocketPath}$`)
const ACCESS = { id: 'workers.connect', permission: 'WORKFLOW', change: true } as const

/** Where the connections of workers lead to. */
export interface WorkerGate {
  /** Refuses with project_not_found, project_archived, project_failed or engine_stopping. */
  connect(project: string, socket: WorkerSocket): Promise<WorkerLine>
}

export interface WorkerSocketsOptions {
  readonly gate: WorkerGate | Promise<WorkerGate>
  readonly authenticate: Authenticate
  readonly audit: Pick<Audit, 'write'>
  readonly log: Logger
}

export interface WorkerSockets {
  /** Whether an address is one of these sockets */
  serves(url: string | undefined): boolean
  readonly upgrade: Upgrade
  readonly size: number
  /** Refuses new connections and closes those that are open: workers come again. */
  close(): void
}

/** The WebSockets of workers: who may connect is decided here, what is said by the project's thread. */
export function workerSockets(options: WorkerSocketsOptions): WorkerSockets {
  const { log } = options
  const server = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES, perMessageDeflate: false })
  let isClosed = false

  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (isClosed) throw new ProblemError('engine_stopping', 'The engine is stopping.', { fix: 'Connect again.' })
    const caller = await callerOf(request, options.authenticate)
    guard(caller, ACCESS)
    const path = pathOf(request.url)
    const project = projectOf(path) ?? ''
    await options.audit.write({
      at: new Date().toISOString(),
      actor: caller.principal?.name ?? 'unknown',
      from: caller.from,
      action: ACCESS.id,
      target: path,
      status: 101,
      code: null,
    })
    server.handleUpgrade(request, socket, head, (client) => {
      client.pause() // until there is somebody who listens
      client.on('error', (error) => log.debug({ err: error }, 'the socket of a worker failed'))
      endWithSession(client, caller.principal?.session?.ended)
      void serve(client, project, options)
    })
  }

  return {
    serves: (url) => projectOf(pathOf(url)) !== null,
    upgrade(request, socket, head) {
      const onError = (): void => void socket.destroy()
      socket.on('error', onError)
      accept(request, socket, head).then(
        () => socket.removeListener('error', onError),
        (error: unknown) => refuseOnSocket(socket, problemOf(error, log, ACCESS.id)),
      )
    },
    get size() {
      return server.clients.size
    },
    close() {
      isClosed = true
      for (const client of server.clients) end(client, SERVICE_RESTART, 'the engine stops: come back')
    },
  }
}

const pathOf = (url: string | undefined): string => url?.split('?', 1)[0] ?? ''

function projectOf(path: string): string | null {
  const [, name] = ADDRESS.exec(path) ?? []
  if (name === undefined) return null
  try {
    return decodeURIComponent(name)
  } catch {
    return name // no name of a project has such an escape: it will not be found
  }
}

/** Serves one connection until it closes. */
async function serve(client: WebSocket, project: string, { gate, log }: WorkerSocketsOptions): Promise<void> {
  let underway = 0
  const socket: WorkerSocket = {
    send(text) {
      if (client.readyState === client.OPEN) client.send(text, () => line?.sent(text.length))
    },
    close: (code, reason) => end(client, code, reason),
    taken(chars) {
      underway -= chars
      if (underway < ROOM_CHARS && client.isPaused) client.resume()
    },
  }
  let line: WorkerLine | null = null
  try {
    line = await (await gate).connect(project, socket)
  } catch (error) {
    refuse(client, problemOf(error, log, ACCESS.id))
    return
  }
  const { frame, closed } = line
  client.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) return end(client, CLOSE.malformed, 'frames are texts')
    const text = data.toString()
    underway += text.length
    if (underway > FULL_CHARS) client.pause()
    frame(text)
  })
  client.on('close', (code) => closed(code === NORMAL))
  if (client.readyState === client.CLOSED) closed(false)
  client.resume()
}

/** What the code of a close is for a problem: the worker is to know whether to come back. */
function refuse(client: WebSocket, problem: ProblemError): void {
  const { fix } = problem.context
  const isAbsent = problem.code === 'project_not_found' || problem.code === 'project_archived'
  const text = fix === undefined ? problem.message : `${problem.message}: ${fix}`
  client.resume()
  end(client, isAbsent ? CLOSE.notFound : SERVICE_RESTART, text)
}

/** Closes; by force when the worker does not answer. */
function end(client: WebSocket, code: number, reason: string): void {
  client.close(code, shortened(reason))
  // A socket that is not read does not see the answer to its close.
  client.resume()
  const timer = setTimeout(() => client.terminate(), CLOSING_MS)
  timer.unref()
  client.once('close', () => clearTimeout(timer))
}

/** At most 123 bytes, and no half of a character. */
function shortened(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8')
  if (bytes.length <= REASON_BYTES) return reason
  return bytes
    .subarray(0, REASON_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
}

/** Who signs out runs nothing more. */
function endWithSession(client: WebSocket, ended: AbortSignal | undefined): void {
  if (ended === undefined) return
  const close = (): void => end(client, POLICY_VIOLATION, 'signed out')
  if (ended.aborted) close()
  ended.addEventListener('abort', close, { once: true })
  client.once('close', () => ended.removeEventListener('abort', close))
}
