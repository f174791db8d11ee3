import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Blobs } from '../../assets/blobs.ts'
import type { Executor, Job, ReportListener } from '../executor.ts'
import { dockerAddress } from './address.ts'
import { DockerConnection } from './connection.ts'
import { ContainerExecution, type ExecutionTools } from './execution.ts'
import { Images } from './images.ts'
import { OWNER_LABEL, TOKEN_LABEL } from './labels.ts'

/** How long `close` waits for calls that are on their way to Docker. */
const CLOSE_MS = 3_000

export interface ContainerExecutorOptions {
  readonly blobs: Blobs
  readonly report: ReportListener
  /** ms since 1970 */
  readonly now: () => number
  /** Names the data folder and the project whose containers these are; the same after a restart. Written on each one. */
  readonly owner: string
  /** Where Docker is, as in DOCKER_HOST; else DOCKER_HOST or the usual socket */
  readonly docker?: string
  /**
   * Tokens of all executions that are out. When given, containers of this owner that belong to none of them are removed
   * once, before the first job: an engine that was killed between a commit and the removal has left them.
   */
  readonly activeTokens?: () => Iterable<string>
}

export interface ContainerExecutor extends Executor {
  /**
   * The result of a job is committed: its container is not needed any more, and is removed. Until then it is kept, so
   * that an engine that is killed between report and commit finds the result again.
   */
  release(token: string): void
  /**
   * Removes containers of this owner that belong to no active job. To be called once after the adoptions, with the
   * tokens of all jobs that may still be adopted. Answers how many were removed; 0 when Docker is away.
   */
  sweep(activeTokens: Iterable<string>): Promise<number>
  /** The id of an image (`sha256:…`), for cache keys; null when it is not on this machine, or Docker is away. */
  imageDigest(image: string): Promise<string | null>
}

/**
 * Runs jobs in containers. Docker may be absent, or go away at any time: `availability` is reported, jobs wait inside
 * (with `progress` saying so), and go on when it is back. Nothing is loaded before the first job.
 */
export function createContainerExecutor(options: ContainerExecutorOptions): ContainerExecutor {
  return new DockerContainerExecutor(options)
}

class DockerContainerExecutor implements ContainerExecutor {
  readonly name = 'container'
  readonly #host: string | undefined
  readonly #tools: ExecutionTools
  readonly #jobs = new Map<string, ContainerExecution>()
  /** Jobs that were released and whose containers are being removed */
  readonly #leaving = new Set<ContainerExecution>()
  readonly #activeTokens: (() => Iterable<string>) | null
  #swept = false
  #closed = false

  constructor({ blobs, report, now, owner, docker, activeTokens }: ContainerExecutorOptions) {
    this.#activeTokens = activeTokens ?? null
    this.#host = docker
    const connection = new DockerConnection(docker, ({ available, reason }) => {
      if (!this.#closed) report({ type: 'availability', executor: this.name, available, reason })
    })
    const traits = { current: { mounts: true, init: true } }
    this.#tools = { blobs, report, now, owner, connection, images: new Images(), traits }
  }

  start(job: Job): void {
    this.#begin(job, 'start')
  }

  adopt(job: Job): void {
    this.#begin(job, 'adopt')
  }

  #begin(job: Job, begin: 'start' | 'adopt'): void {
    if (this.#closed || this.#jobs.has(job.token)) return
    const execution = new ContainerExecution(job, begin, this.#tools)
    this.#jobs.set(job.token, execution)
    void execution.run()
    if (this.#swept || this.#activeTokens === null) return
    this.#swept = true
    void this.sweep(this.#activeTokens())
  }

  kill(token: string, graceMs: number): void {
    this.#jobs.get(token)?.kill(graceMs)
  }

  release(token: string): void {
    const execution = this.#jobs.get(token)
    if (execution === undefined || this.#closed) return
    this.#jobs.delete(token)
    this.#leaving.add(execution)
    // What cannot be removed now, because the engine ends or Docker refuses, is removed by the next sweep.
    execution
      .remove()
      .catch(() => undefined)
      .finally(() => this.#leaving.delete(execution))
  }

  async sweep(activeTokens: Iterable<string>): Promise<number> {
    const { connection, owner } = this.#tools
    const api = await this.#dockerNow()
    if (api === null) return 0
    const active = new Set(activeTokens)
    try {
      const found = await api.find({ [OWNER_LABEL]: owner })
      const orphans = found.filter(({ labels }) => {
        const token = labels[TOKEN_LABEL] ?? ''
        return !active.has(token) && !this.#jobs.has(token)
      })
      await Promise.all(orphans.map(({ id }) => api.remove(id, true)))
      return orphans.length
    } catch {
      // Docker went away, or refuses to remove one: what is left is found by the next sweep.
      connection.lost(api)
      return 0
    }
  }

  async imageDigest(image: string): Promise<string | null> {
    const api = await this.#dockerNow()
    if (api === null) return null
    const facts = await this.#tools.images.find(api, image).catch(() => null) // a bad name is told when the job starts
    return facts?.id ?? null
  }

  /** Docker if it answers now; null otherwise, without waiting. Where there is no socket, nothing is loaded. */
  async #dockerNow() {
    const { socketPath } = dockerAddress(this.#host).options
    if (process.platform !== 'win32' && socketPath !== undefined && !existsSync(socketPath)) return null
    return this.#tools.connection.now()
  }

  async close(): Promise<void> {
    this.#closed = true
    const ends = [...this.#jobs.values(), ...this.#leaving].map((execution) => execution.close())
    await Promise.race([Promise.allSettled(ends), delay(CLOSE_MS, undefined, { ref: false })])
    await this.#tools.connection.close()
  }
}
