import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'

/** Where an engine answers: its Unix socket (or named pipe), or an address on the network with a token. */
export interface EngineAddress {
  /** For people */
  readonly name: string
  readonly socketPath?: string
  /** `http://host:port` or `https://…`, without a path */
  readonly url?: string
  readonly token: string | null
}

/** Longest path of a Unix socket that works everywhere, in bytes; the engine decides by the same number. */
const MAX_SOCKET_PATH_BYTES = 100
const UNIX = 'unix:'

export interface AddressChoice {
  /** `http://host:port`, or `unix:/path`; WEIR_ENGINE when absent */
  readonly engine?: string
  /** WEIR_TOKEN when absent */
  readonly token?: string
  /** Data folder of a local engine; WEIR_DATA, or where the platform keeps data of programs, when absent */
  readonly data?: string
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Finds the engine: as given, or WEIR_ENGINE and WEIR_TOKEN, or the one of the local data folder, in the way in which
 * the `weir` command finds it.
 *
 * @throws TypeError when the address is none
 */
export function findEngine(choice: AddressChoice, env: Env = process.env): EngineAddress {
  const engine = choice.engine ?? (choice.data === undefined ? env['WEIR_ENGINE'] || undefined : undefined)
  if (engine === undefined) return localEngine(dataFolder(choice.data, env))
  const token = choice.token ?? env['WEIR_TOKEN'] ?? null
  if (engine.startsWith(UNIX)) return { name: engine, socketPath: resolve(engine.slice(UNIX.length)), token }
  const url = URL.canParse(engine) ? new URL(engine) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError(`"${engine}" is not the address of an engine: write it as http://host:port or unix:/path.`)
  }
  return { name: url.origin, url: url.origin, token }
}

function localEngine(data: string): EngineAddress {
  return { name: `the engine of ${data}`, socketPath: announcedSocket(data) ?? socketPath(data), token: null }
}

/** The socket that the engine has announced. */
function announcedSocket(data: string): string | null {
  const file = join(data, 'engine.json')
  if (!existsSync(file)) return null
  try {
    const { socket } = JSON.parse(readFileSync(file, 'utf8')) as { socket?: unknown }
    return typeof socket === 'string' ? socket : null
  } catch {
    return null // being written: where it must be is known as well
  }
}

function dataFolder(given: string | undefined, env: Env): string {
  const named = given ?? env['WEIR_DATA']
  if (named !== undefined && named !== '') return resolve(named)
  const home = homedir()
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Weir')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Weir')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'weir')
}

/** Where the engine of a data folder listens, by the engine's own rule (`src-main/supervisor/socket-path.ts`). */
function socketPath(data: string): string {
  const digest = createHash('sha256').update(resolve(data)).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\weir-${digest}-engine`
  const inside = join(resolve(data), 'engine.sock')
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside
  return join(tmpdir(), `weir-${userInfo().uid}`, `${digest}-engine.sock`)
}

/** Address of a WebSocket below an engine. */
export function socketUrl(address: EngineAddress, path: string): string {
  if (address.url === undefined) return `ws+unix://${address.socketPath ?? ''}:${path}`
  return `${address.url.replace(/^http/, 'ws')}${path}`
}
