import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import type { Route } from '../../../src-shared/contract/index.ts'
import type { Authenticate, NewAuditEntry } from '../auth/index.ts'
import { type Logger, silentLog } from '../telemetry/index.ts'
import type { Handlers } from './handler.ts'
import { type Listener, listenSocket, listenTcp, type Upgrade } from './listeners.ts'
import { type Api, createApi } from './server.ts'

/** A real server on a real port and a real socket, for tests. */
export interface TestApi {
  readonly api: Api
  readonly url: string
  readonly socketPath: string
  readonly port: number
  readonly audited: NewAuditEntry[]
  client(token?: string): Client
  stop(): Promise<void>
}

interface TestApiOptions {
  readonly authenticate?: Authenticate
  readonly upgrade?: Upgrade
  readonly log?: Logger
  readonly audit?: (entry: NewAuditEntry) => Promise<void>
  readonly mount: (
    mount: <T extends Record<string, Route>>(table: T, handlers: Handlers<T> | Promise<Handlers<T>>) => void,
    api: Api,
  ) => void
}

export const MASTER_TOKEN = 'master-token'

export const masterOnly: Authenticate = ({ viaSocket, bearer }) =>
  viaSocket || bearer === MASTER_TOKEN ? { name: 'tester', permissions: ['MASTER'] } : null

export async function startTestApi(options: TestApiOptions): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-http-'))
  const audited: NewAuditEntry[] = []
  const record = async (entry: NewAuditEntry): Promise<void> => void audited.push(entry)
  const api = createApi({
    log: options.log ?? silentLog(),
    authenticate: options.authenticate ?? masterOnly,
    audit: { write: options.audit ?? record },
  })
  options.mount(api.mount, api)
  await api.app.ready()
  const upgrade: Upgrade = options.upgrade ?? ((_request, socket) => void socket.destroy())
  const tcp = await listenTcp(api.app, { host: '127.0.0.1', port: 0, isChosen: true }, upgrade)
  const socketPath = join(folder, 'test.sock')
  const socket = await listenSocket(api.app, socketPath, upgrade)
  const clients: Client[] = []
  return {
    api,
    audited,
    url: tcp.address,
    socketPath,
    port: Number(new URL(tcp.address).port),
    client(token = MASTER_TOKEN) {
      const client = createNodeClient({ url: tcp.address, token })
      clients.push(client)
      return client
    },
    async stop() {
      for (const client of clients) client.close()
      await closeAll([tcp, socket])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  const closed = listeners.map((listener) => listener.close())
  for (const listener of listeners) listener.closeAll()
  await Promise.all(closed)
}
