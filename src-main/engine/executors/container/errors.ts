import { errnoOf } from '../failure.ts'

/** Docker did not answer, or stopped answering in the middle: nothing is known, and it is worth trying again later. */
export class DockerUnreachable extends Error {
  override readonly name = 'DockerUnreachable'
}

/** Docker answered, and the answer is no. `message` is its own sentence. */
export class DockerRefusal extends Error {
  override readonly name = 'DockerRefusal'
  /** HTTP status */
  readonly status: number

  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}

export const HTTP_NOT_MODIFIED = 304
export const HTTP_NOT_FOUND = 404
export const HTTP_CONFLICT = 409
const HTTP_SERVER_ERROR = 500

/** Texts with which a dockerd that is going down answers its last calls. */
const SHUTTING_DOWN = /shutting down|context canceled|transport is closing|connection (refused|error)|containerd\.sock/i

export const isRefusal = (error: unknown, status: number): error is DockerRefusal =>
  error instanceof DockerRefusal && error.status === status

/**
 * What dockerode throws, as one of the two kinds above. An error without an HTTP status came from the connection; a
 * TypeError is a fault of ours, such as a path that is none, and is handed back.
 */
export function dockerError(error: unknown): Error {
  if (error instanceof DockerUnreachable || error instanceof DockerRefusal || error instanceof TypeError) return error
  const text = error instanceof Error ? error.message : String(error)
  const status = statusOf(error)
  if (status === null) return new DockerUnreachable(text, { cause: error })
  const words = messageOf(error) ?? withoutPrefix(text)
  if (status >= HTTP_SERVER_ERROR && SHUTTING_DOWN.test(words) && !/registry|lookup|dial tcp/i.test(words)) {
    return new DockerUnreachable(words, { cause: error })
  }
  return new DockerRefusal(status, words, error)
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null
}

function messageOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('json' in error)) return null
  const { json } = error
  return json !== null && typeof json === 'object' && 'message' in json && typeof json.message === 'string'
    ? json.message
    : null
}

/** dockerode puts `(HTTP code 500) server error - ` before what Docker said. */
const withoutPrefix = (text: string): string => text.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()

/** Why no connection could be made, and what to do, as sentences for people. */
export function unreachableReason(address: string, error: unknown): string {
  const code = errnoOf(error instanceof DockerUnreachable ? error.cause : error)
  if (code === 'ENOENT') {
    return `There is no Docker at ${address}. Install and start it (Linux: sudo systemctl start docker; otherwise Docker Desktop), or set DOCKER_HOST.`
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return `Docker at ${address} refuses this user. Run "sudo usermod -aG docker $USER" and sign in again.`
  }
  const what = code ?? (error instanceof Error ? error.message : String(error))
  return `Docker at ${address} does not answer (${what}). Start it (Linux: sudo systemctl start docker; otherwise Docker Desktop).`
}
