import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { allows, ProblemError, type Requirement } from '../../../src-shared/contract/index.ts'
import type { Authenticate, Principal } from '../auth/index.ts'
import { isOwnOrigin, namesThisEngine } from './hosts.ts'

/** Who calls from where; `principal` is null for somebody unknown. */
export interface Caller {
  readonly principal: Principal | null
  /** Address of the caller, or `socket` */
  readonly from: string
}

/** What a route asks of its caller. */
export interface Access {
  readonly id: string
  readonly permission: Requirement
  readonly change: boolean
  readonly audited?: false
}

/** A token in a WebSocket's subprotocol, the only place where a browser can put one. */
const BEARER_PROTOCOL = 'weir.bearer.'

/**
 * Connections that were accepted on the engine's own socket. Noted when they are accepted: what a socket says about its
 * peer later (no address) is the same for one that came over the network and is closed by now.
 */
const ownConnections = new WeakSet<Socket>()
export const noteOwnConnection = (socket: Socket): void => void ownConnections.add(socket)

/** Who sent this request. Refuses names that are not this engine's, whoever asks. */
export async function callerOf(
  request: IncomingMessage,
  authenticate: Authenticate,
  access?: Pick<Access, 'permission' | 'change'>,
): Promise<Caller> {
  const viaSocket = ownConnections.has(request.socket)
  const from = viaSocket ? 'socket' : (request.socket.remoteAddress ?? 'unknown')
  if (!viaSocket) refuseForeignNames(request, access)
  return { principal: await authenticate({ viaSocket, bearer: bearerOf(request) }), from }
}

function refuseForeignNames(request: IncomingMessage, access: Pick<Access, 'permission' | 'change'> | undefined): void {
  const port = request.socket.localPort ?? 0
  const { host, origin } = request.headers
  if (!namesThisEngine(host, port)) {
    throw new ProblemError(
      'host_refused',
      `The request is for the host "${(host ?? '').slice(0, 100)}", which is no name of this engine.`,
      {
        field: 'header.host',
        fix: `Use http://127.0.0.1:${port} or http://localhost:${port}.`,
      },
    )
  }
  // A sandboxed page has no origin: the reports that views show are such pages, and ask for their own scripts and fonts.
  if (origin === 'null' && access?.permission === 'PUBLIC' && !access.change) return
  if (!isOwnOrigin(origin, port)) {
    throw new ProblemError('host_refused', `A page of ${(origin ?? '').slice(0, 100)} may not use this engine.`, {
      field: 'header.origin',
      fix: 'Open the page that the engine itself serves, or use a program.',
    })
  }
}

function bearerOf(request: IncomingMessage): string | null {
  const header = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')
  if (header?.[1] !== undefined) return header[1]
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  return offered.find((name) => name.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length) ?? null
}

/** The one guard of the API: lets a caller pass, or throws `unauthorized` or `forbidden`. */
export function guard(caller: Caller, access: Access): void {
  const granted = caller.principal?.permissions ?? []
  if (allows(granted, access.permission, access.change)) return
  if (caller.principal === null) {
    throw new ProblemError('unauthorized', `${access.id} needs a sign-in, and the request brought no valid token.`, {
      field: 'header.authorization',
      fix: 'Send "Authorization: Bearer …" with the content of the file "token" in the data folder.',
    })
  }
  const reason =
    access.change && granted.includes('READ_ONLY')
      ? 'which may only read'
      : `which has ${granted.join(', ') || 'no permission'}, but not ${access.permission}`
  throw new ProblemError('forbidden', `${access.id} was asked for by ${caller.principal.name}, ${reason}.`, {
    fix: 'Ask whoever manages this engine for the permission.',
  })
}
