import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type SocketPlace, socketPlace } from './socket-path.ts'
import { StartFailure, unusable } from './start-failure.ts'

/**
 * The supervisor's own socket: it answers also while the engine is down and waits to be started again, which is when a
 * person most wants to stop it. One word is understood: `stop`. The connection stays open until everything has stopped.
 */

const STOP_WORD = 'stop\n'
/** How long another supervisor may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 2_000

export interface Control {
  close(): void
}

/**
 * Listens for `stop`.
 * @throws StartFailure when another supervisor listens there already
 */
export async function openControl(data: string, onStop: () => void): Promise<Control> {
  const place = socketPlace(data, 'supervisor')
  const isPipe = process.platform === 'win32'
  if ((await dial(data)) !== null) {
    throw new StartFailure({
      code: 'engine_running',
      message: `Another supervisor looks after the engine of ${data}.`,
      fix: 'Use that engine, or stop it first with "weir boot down".',
    })
  }
  if (!isPipe) makeRoom(data, place)
  const connections = new Set<Socket>()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => connections.delete(socket))
    socket.on('data', (data) => {
      if (data.toString('latin1').includes(STOP_WORD)) onStop()
    })
  })
  await listen(server, place.path).catch((error: unknown) => {
    throw unusable(data, error)
  })
  // The socket must not keep the process alive when everything else has ended.
  server.unref()
  return {
    close() {
      server.close()
      for (const socket of connections) socket.destroy()
    },
  }
}

/** Asks the supervisor of a data folder to stop. Resolves when it has ended: true; or false when there is none. */
export async function askToStop(data: string, signal: AbortSignal): Promise<boolean> {
  const socket = await dial(data)
  if (socket === null) return false
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.destroy()
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('close', () => {
      signal.removeEventListener('abort', onAbort)
      resolve(true)
    })
    socket.on('error', () => socket.destroy())
    socket.resume()
    socket.write(STOP_WORD)
  })
}

/** A connection to the supervisor of a data folder, or null when none answers. */
function dial(data: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(socketPlace(data, 'supervisor').path)
    const giveUp = (): void => {
      socket.destroy()
      resolve(null)
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, giveUp)
    socket.once('error', giveUp)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.removeListener('error', giveUp)
      socket.on('error', () => socket.destroy())
      resolve(socket)
    })
  })
}

/** Makes the folder of the socket, and removes a socket that nobody answers on. */
function makeRoom(data: string, place: SocketPlace): void {
  try {
    mkdirSync(place.privateFolder ?? data, { recursive: true, mode: 0o700 })
    rmSync(place.path, { force: true })
  } catch (error) {
    throw unusable(data, error)
  }
  if (place.privateFolder !== null) refuseForeignFolder(place.privateFolder)
}

function refuseForeignFolder(path: string): void {
  const stats = lstatSync(path)
  if (stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0) return
  throw new StartFailure({
    code: 'data_unusable',
    message: `The folder ${path} for sockets belongs to or is open to somebody else.`,
    fix: `Remove ${path}, or use a data folder with a shorter path, whose sockets can be inside.`,
  })
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const before = process.platform === 'win32' ? null : process.umask(0o177)
    server.listen(path, resolve)
    if (before !== null) process.umask(before)
  })
}
