import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { z } from 'zod'
import {
  DockerUnreachable,
  dockerError,
  HTTP_CONFLICT,
  HTTP_NOT_FOUND,
  HTTP_NOT_MODIFIED,
  isRefusal,
} from './errors.ts'

/** How long Docker may take over one call. A start on a machine under load takes seconds; longer means it hangs. */
const CALL_TIMEOUT_MS = 120_000
const PING_TIMEOUT_MS = 5_000
/** Sending inputs to an engine that cannot see our files: bounded only so that a dead connection is noticed one day. */
const TRANSFER_TIMEOUT_MS = 6 * 3_600_000

export interface FoundContainer {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

export type CreateOptions = Docker.ContainerCreateOptions

/** What is read of an image. */
const ImageAnswer = z.object({ Id: z.string(), Config: z.object({ User: z.string().optional() }).nullish() })
export type ImageAnswer = z.infer<typeof ImageAnswer>

/** What is read of a container's statistics; without `usage` once it has ended. */
const StatsAnswer = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number().optional(),
    stats: z.object({ total_inactive_file: z.number().optional(), inactive_file: z.number().optional() }).optional(),
  }),
})
export type StatsAnswer = z.infer<typeof StatsAnswer>

interface StreamRequest {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly options?: Record<string, unknown>
}

/**
 * The calls of Docker that the executor makes. Each throws DockerUnreachable or DockerRefusal and nothing else (besides
 * an AbortError of the caller's own signal), and each ends: dockerode alone waits for ever when the connection breaks in
 * the middle of an answer.
 */
export class DockerApi {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  async ping(): Promise<void> {
    await this.#text({ path: '/_ping', method: 'GET' }, AbortSignal.timeout(PING_TIMEOUT_MS))
  }

  async keepsContainersOverRestarts(): Promise<boolean> {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const info: unknown = JSON.parse(await this.#text({ path: '/info', method: 'GET' }, signal))
    return info !== null && typeof info === 'object' && 'LiveRestoreEnabled' in info && info.LiveRestoreEnabled === true
  }

  /** Null when the image is not there. */
  async image(name: string): Promise<ImageAnswer | null> {
    const path = `/images/${name.split('/').map(encodeURIComponent).join('/')}/json`
    const answer = await orNull(this.#text({ path, method: 'GET' }, AbortSignal.timeout(CALL_TIMEOUT_MS)))
    return answer === null ? null : ImageAnswer.parse(JSON.parse(answer))
  }

  /** The stream of the pull's progress: one JSON object a line. */
  async pull(fromImage: string, tag: string, signal: AbortSignal): Promise<Readable> {
    return this.#stream(
      { path: '/images/create?', method: 'POST', options: { _query: { fromImage, tag }, _body: {} } },
      signal,
    )
  }

  /** Answers the container's id. */
  async create(options: CreateOptions): Promise<string> {
    const container = await this.#call('create', (abortSignal) =>
      this.#docker.createContainer({ ...options, abortSignal }),
    )
    return container.id
  }

  /** Starts it; a container that runs already is left alone. */
  async start(id: string): Promise<void> {
    const started = this.#call('start', (abortSignal) => this.#docker.getContainer(id).start({ abortSignal }))
    await unless(started, HTTP_NOT_MODIFIED)
  }

  /** Sends a signal; one that has ended, or is gone, is left alone. */
  async kill(id: string, name: string): Promise<void> {
    const killed = this.#call('kill', (abortSignal) =>
      this.#docker.getContainer(id).kill({ signal: name, abortSignal }),
    )
    await unless(killed, HTTP_CONFLICT, HTTP_NOT_FOUND)
  }

  /** Removes it with its volumes. Without `force` a running one is refused (409); one that is gone is no error. */
  async remove(id: string, force: boolean): Promise<void> {
    const removed = this.#call('remove', (abortSignal) =>
      this.#docker.getContainer(id).remove({ force, v: true, abortSignal }),
    )
    await unless(removed, HTTP_NOT_FOUND)
  }

  async inspect(id: string): Promise<Docker.ContainerInspectInfo | null> {
    return orNull(this.#call('inspect', (abortSignal) => this.#docker.getContainer(id).inspect({ abortSignal })))
  }

  /** All containers with these labels, also those that ended. */
  async find(labels: Readonly<Record<string, string>>): Promise<FoundContainer[]> {
    const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
    const found = await this.#call('list', (abortSignal) =>
      this.#docker.listContainers({ all: true, filters: { label }, abortSignal }),
    )
    return found.map(({ Id, Labels }) => ({ id: Id, labels: Labels }))
  }

  /** Unpacks a tar at the container's root. */
  async putArchive(id: string, tar: Readable, signal: AbortSignal): Promise<void> {
    const put = (abortSignal: AbortSignal): Promise<NodeJS.ReadWriteStream> =>
      this.#docker.getContainer(id).putArchive(tar, { path: '/', abortSignal: AbortSignal.any([abortSignal, signal]) })
    await this.#call('upload', put, TRANSFER_TIMEOUT_MS, signal)
  }

  /** A path of the container as a tar; its entries begin with the last part of the path. Null when it is not there. */
  async getArchive(id: string, path: string, signal: AbortSignal): Promise<Readable | null> {
    return orNull(this.#stream({ path: `/containers/${id}/archive?`, method: 'GET', options: { path } }, signal))
  }

  /** Paths that differ from the image. Mounts are not among them. */
  async changes(id: string): Promise<string[]> {
    const changes: unknown = await this.#call('diff', (abortSignal) =>
      this.#docker.getContainer(id).changes({ abortSignal }),
    )
    if (!Array.isArray(changes)) return [] // Docker answers null for "none"
    return changes.flatMap((change: unknown) =>
      change !== null && typeof change === 'object' && 'Path' in change && typeof change.Path === 'string'
        ? [change.Path]
        : [],
    )
  }

  /**
   * The log in Docker's frames with timestamps, from its beginning or the last `tail` frames; with `follow` until the
   * container ends.
   */
  async logs(id: string, which: { follow: boolean; tail?: number }, signal: AbortSignal): Promise<Readable> {
    const options = { stdout: true, stderr: true, timestamps: true, ...which }
    return this.#stream({ path: `/containers/${id}/logs?`, method: 'GET', options }, signal)
  }

  /** Resolves when the container does not run any more. */
  async waitForExit(id: string, signal: AbortSignal): Promise<void> {
    const options = { _query: { condition: 'not-running' }, _body: {} }
    const text = await this.#text({ path: `/containers/${id}/wait?`, method: 'POST', options }, signal)
    // Docker sends the headers at once and the body at the exit: without a body the connection broke.
    if (text === '') throw new DockerUnreachable('the connection ended before the container did')
  }

  /** One sample of resource use, without the second that Docker takes to compute rates. */
  async stats(id: string): Promise<StatsAnswer> {
    const options = { stream: false, 'one-shot': true }
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const text = await this.#text({ path: `/containers/${id}/stats?`, method: 'GET', options }, signal)
    return StatsAnswer.parse(JSON.parse(text))
  }

  async #text(request: StreamRequest, signal: AbortSignal): Promise<string> {
    try {
      let text = ''
      for await (const chunk of await this.#stream(request, signal)) text += String(chunk)
      return text
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : null
      if (reason instanceof DOMException && reason.name === 'TimeoutError') {
        throw new DockerUnreachable(`${request.path}: no answer in time`)
      }
      signal.throwIfAborted()
      throw dockerError(error)
    }
  }

  #call<T>(what: string, make: (signal: AbortSignal) => Promise<T>, timeoutMs = CALL_TIMEOUT_MS, signal?: AbortSignal) {
    const deadline = new AbortController()
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(() => {
        reject(new DockerUnreachable(`${what}: no answer within ${timeoutMs / 1000} s`))
        deadline.abort()
      }, timeoutMs)
      const abort = (): void => reject(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      const settled = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      make(deadline.signal)
        .then(resolve, (error: unknown) => reject(dockerError(error)))
        .finally(settled)
    })
  }

  /** An answer as a stream, also where dockerode would gather it in memory. */
  #stream(request: StreamRequest, signal: AbortSignal): Promise<Readable> {
    const statusCodes = { 200: true, 400: 'bad request', 404: 'not found', 409: 'conflict', 500: 'server error' }
    return new Promise<Readable>((resolve, reject) => {
      signal.throwIfAborted()
      const abort = (): void => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      const dial = { ...request, statusCodes, isStream: true, abortSignal: signal }
      this.#docker.modem.dial(dial, (error, answer) => {
        signal.removeEventListener('abort', abort)
        if (answer instanceof Readable) resolve(answer)
        else reject(dockerError(error))
      })
    })
  }
}

const orNull = <T>(answer: Promise<T>): Promise<T | null> => unless(answer, HTTP_NOT_FOUND)

/** Null instead of a refusal with one of these statuses. */
async function unless<T>(answer: Promise<T>, ...statuses: number[]): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (statuses.some((status) => isRefusal(error, status))) return null
    throw error
  }
}
