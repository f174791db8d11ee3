import { existsSync } from 'node:fs'
import { Agent } from 'node:http'
import { homedir } from 'node:os'
import type { DockerOptions } from 'dockerode'

const WINDOWS_PIPE = '//./pipe/docker_engine'
const SYSTEM_SOCKET = '/var/run/docker.sock'
const DEFAULT_TCP_PORT = 2375

/**
 * A connection for each call. A Docker that stops closes its door first, then ends its containers, and goes on answering
 * on connections that are open: through one of those, a container that it ended would look as if it had ended by itself.
 */
const agent = new Agent({ keepAlive: false })

/** Where Docker is to be found: how dockerode is told, and how people are. */
export interface DockerAddress {
  readonly name: string
  readonly options: DockerOptions & { readonly agent?: Agent }
}

/**
 * `host` as in DOCKER_HOST (`unix://`, `npipe://`, `tcp://`), else DOCKER_HOST, else the usual socket. Looked up at every
 * attempt, because Docker Desktop makes its socket only when it starts. Addresses with TLS or SSH are taken from the
 * environment by dockerode itself.
 */
export function dockerAddress(host: string | undefined): DockerAddress {
  const given = host ?? process.env.DOCKER_HOST ?? ''
  if (given === '') return defaultAddress()
  const [, scheme = 'tcp', rest = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(given) ?? []
  if (scheme === 'unix' || scheme === 'npipe') return { name: rest, options: { socketPath: rest, agent } }
  const secured = process.env.DOCKER_TLS_VERIFY !== undefined || process.env.DOCKER_CERT_PATH !== undefined
  if (host === undefined && (scheme === 'ssh' || secured)) return { name: given, options: {} }
  const url = new URL(`http://${rest}`)
  return {
    name: given,
    options: { host: url.hostname, port: Number(url.port || DEFAULT_TCP_PORT), protocol: 'http', agent },
  }
}

function defaultAddress(): DockerAddress {
  if (process.platform === 'win32') return { name: WINDOWS_PIPE, options: { socketPath: WINDOWS_PIPE, agent } }
  const desktop = `${homedir()}/.docker/run/docker.sock`
  const socketPath = !existsSync(SYSTEM_SOCKET) && existsSync(desktop) ? desktop : SYSTEM_SOCKET
  return { name: socketPath, options: { socketPath, agent } }
}
