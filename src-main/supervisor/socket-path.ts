import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'

/** Longest path of a Unix socket that works everywhere: the kernels' limits are 104 (macOS) and 108 (Linux) bytes. */
const MAX_SOCKET_PATH_BYTES = 100

export interface SocketPlace {
  readonly path: string
  /** Folder that must be made, for this user alone, before the socket; null when it is the data folder */
  readonly privateFolder: string | null
}

/**
 * Where a process listens for its own user: `<data>/<name>.sock`, a folder of this user's in the system's temporary one
 * when that path is too long for a socket, or a named pipe on Windows. The same folder and name give the same place.
 */
export function socketPlace(data: string, name: 'engine' | 'supervisor'): SocketPlace {
  const folder = resolve(data)
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\weir-${digest}-${name}`, privateFolder: null }
  const inside = join(folder, `${name}.sock`)
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return { path: inside, privateFolder: null }
  const privateFolder = join(tmpdir(), `weir-${userInfo().uid}`)
  return { path: join(privateFolder, `${digest}-${name}.sock`), privateFolder }
}
