import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Which program listens on a TCP port of this machine, as `name (process 123)`; null where that cannot be seen. */
export function portOwner(port: number): string | null {
  if (process.platform !== 'linux') return null
  const inodes = new Set([...inodesOf('/proc/net/tcp', port), ...inodesOf('/proc/net/tcp6', port)])
  if (inodes.size === 0) return null
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => inodes.has(target(`/proc/${pid}/fd/${fd}`)))
    if (holds) return `${read(`/proc/${pid}/comm`).trim() || 'a program'} (process ${pid})`
  }
  return null
}

/** Links of the sockets that listen on the port, as they stand in /proc/PID/fd. */
function inodesOf(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === LISTENING)
    .map((fields) => `socket:[${fields[9] ?? ''}]`)
}

// Processes come and go, and those of other users are closed to us: what cannot be read tells nothing.
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
function target(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
