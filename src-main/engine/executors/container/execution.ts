import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { Usage } from '../../../../src-shared/contract/index.ts'
import type { Blobs } from '../../assets/blobs.ts'
import { collectOutputs } from '../collect.ts'
import { keepCommand } from '../command-file.ts'
import type { Job, Outcome, ReportListener } from '../executor.ts'
import { asFailure, OutputError } from '../failure.ts'
import { executionFolder } from '../folder.ts'
import { LogWriter } from '../log-writer.ts'
import { loadOutcome, saveOutcome } from '../outcome.ts'
import { prepareFolder } from '../prepare.ts'
import { quoteEnd } from '../process/exit-failure.ts'
import type { DockerApi } from './api.ts'
import type { DockerConnection } from './connection.ts'
import {
  createContainer,
  ImageGone,
  type ImageJob,
  NoInit,
  placeFiles,
  renderWithImage,
  startContainer,
  type Traits,
} from './create.ts'
import { failureOf, stopSignal } from './ending.ts'
import { DockerRefusal, DockerUnreachable, HTTP_CONFLICT, isRefusal } from './errors.ts'
import { followToEnd } from './follow.ts'
import type { ImageFacts, Images } from './images.ts'
import { OWNER_LABEL, TOKEN_LABEL } from './labels.ts'
import { copyOutputs } from './outputs.ts'
import { isBeingRemoved, isGoing } from './removal.ts'
import { WORK_ROOT } from './spec.ts'
import { watchUsage } from './usage.ts'

/** Between a broken call and the next look, so that a Docker that answers pings but nothing else is not hammered. */
const RETRY_MS = 250
/** How long an engine that was killed can still have a start on its way to Docker. */
const HALF_STARTED_MS = 1_000
const HALF_STARTED_POLL_MS = 50
/** Image gone or no init program: each is mended at once, and happens once. */
const CREATE_ATTEMPTS = 3
const SHORT_ID = 12
const REMOVED = 'The container was removed from outside while it ran.'

export interface ExecutionTools {
  readonly blobs: Blobs
  readonly report: ReportListener
  readonly now: () => number
  readonly connection: DockerConnection
  readonly images: Images
  readonly owner: string
  readonly traits: Traits
}

class Killed extends Error {
  override readonly name = 'Killed'
}

/** The container is not there, although it has to be. */
class Gone extends Error {
  override readonly name = 'Gone'
}

/**
 * One job from its start, or its adoption, to its report.
 *
 *   prepare ─▶ image ─▶ create ─▶ put files ─▶ start ─▶ follow logs ─▶ inspect ─▶ copy outputs ─▶ report
 *      ▲                                                                                             │
 *      └──── whenever Docker goes away: wait for it, look what there is, go on from there            └─▶ release
 *
 * Nothing starts twice: the creation takes a name that carries run, step and attempt; only the engine that created a
 * container starts it; a container that an engine before this one created but did not start is removed, not started,
 * because its files may be half put. It is removed without force, so that one which started after all survives.
 */
export class ContainerExecution {
  readonly #job: Job
  readonly #tools: ExecutionTools
  readonly #begin: 'start' | 'adopt'
  readonly #closed = new AbortController()
  /** Ends what can be given up when the job is killed: waiting, pulling, copying */
  readonly #interruptible = new AbortController()
  #rendered: ImageJob | null = null
  #log: LogWriter | null = null
  #id: string | null = null
  #createSent = false
  #startSent = false
  /** It ran, as far as this engine knows from its own eyes */
  #seenRunning = false
  #announced = false
  #interrupted = false
  #running: { readonly api: DockerApi; readonly id: string; readonly ended: AbortSignal } | null = null
  #ended: Docker.ContainerInspectInfo | null = null
  #usage: Usage = { cpuMs: null, peakMemoryBytes: null }
  #killGraceMs: number | null = null
  #done: Promise<void> = Promise.resolve()

  constructor(job: Job, begin: 'start' | 'adopt', tools: ExecutionTools) {
    this.#job = job
    this.#begin = begin
    this.#tools = tools
  }

  /** Never rejects: what goes wrong is reported. */
  run(): Promise<void> {
    this.#done = this.#run()
    return this.#done
  }

  kill(graceMs: number): void {
    if (this.#killGraceMs !== null) return
    this.#killGraceMs = graceMs
    this.#interruptible.abort(new Killed())
    if (this.#running !== null) void this.#terminate(this.#running, graceMs)
  }

  /** Stops watching; the container goes on. */
  close(): Promise<void> {
    this.#closed.abort()
    this.#interruptible.abort()
    return this.#done
  }

  /** Removes the container and its volumes, when Docker answers. Rejects when the executor closes before. */
  async remove(): Promise<void> {
    await this.#done
    if (this.#begin === 'start' && !this.#createSent) return
    const api = await this.#tools.connection.ready(this.#closed.signal, () => undefined)
    const id = this.#id ?? (await this.#find(api))?.Id ?? null
    if (id !== null) await api.remove(id, true)
  }

  async #run(): Promise<void> {
    const { report, now } = this.#tools
    const { token } = this.#job
    const conclusion = await this.#conclude()
    if (this.#closed.signal.aborted) return
    if (typeof conclusion === 'string') report({ type: 'lost', token, at: now(), reason: conclusion })
    else report({ type: 'finished', token, at: now(), outcome: conclusion })
  }

  /** The outcome, or why the job is lost. */
  async #conclude(): Promise<Outcome | string> {
    let conclusion: Outcome | string
    try {
      conclusion = await this.#live()
    } catch (error) {
      conclusion = this.#failed(error)
      await this.#stopForGood()
    }
    try {
      await this.#log?.close()
    } catch (error) {
      // The log could not be written, e.g. the disk is full: a result without its log is not a success.
      if (typeof conclusion !== 'string' && conclusion.status === 'succeeded') conclusion = this.#failed(error)
    }
    if (this.#killGraceMs === null || typeof conclusion === 'string') return conclusion
    const { outputs: _outputs, kind: _kind, error: _error, ...rest } = conclusion
    return { ...rest, status: 'cancelled' }
  }

  #failed(error: unknown): Outcome | string {
    if (error instanceof DockerRefusal) {
      const fix = 'Look into the log of Docker (journalctl -u docker), then run the step again.'
      const refused = { code: 'docker_refused', message: `Docker refused: ${error.message.trim()}`, fix }
      return { status: 'failed', kind: 'error', error: refused }
    }
    if (!(error instanceof Gone)) return { status: 'failed', kind: 'error', error: asFailure(error) }
    if (this.#begin === 'adopt' && !this.#seenRunning) return error.message
    const fix = 'Let nothing remove containers whose names begin with "weir-" while they run; run the step again.'
    return { status: 'failed', kind: 'abandoned', error: { code: 'abandoned', message: error.message, fix } }
  }

  /** After a failure of ours, nothing may go on running that nobody watches. */
  async #stopForGood(): Promise<void> {
    if (this.#running === null || this.#closed.signal.aborted) return
    const { api, id } = this.#running
    await api.kill(id, 'SIGKILL').catch(() => undefined) // Docker is away: `release` removes it when it is back
  }

  async #live(): Promise<Outcome> {
    const { job, tools } = { job: this.#job, tools: this.#tools }
    if (this.#begin === 'adopt') {
      const saved = await loadOutcome(job.folder)
      if (saved !== null) return saved
    } else {
      this.#rendered = renderWithImage(job)
      await prepareFolder(job, tools.blobs)
      keepCommand(job, this.#rendered, WORK_ROOT)
    }
    const log = this.#begin === 'start' ? LogWriter.fresh(job.folder) : await LogWriter.open(job.folder)
    this.#log = log
    for (;;) {
      const api = await tools.connection.ready(this.#waiting(), (reason) =>
        this.#progress(`waits for Docker: ${reason}`),
      )
      try {
        return await this.#advance(api, log)
      } catch (error) {
        if (!(error instanceof DockerUnreachable)) throw error
        if (this.#seenRunning && this.#ended === null) this.#interrupted = true
        tools.connection.lost(api)
        await delay(RETRY_MS, undefined, { signal: this.#waiting() })
      }
    }
  }

  /** A kill ends the waiting only as long as there is certainly no container. */
  #waiting(): AbortSignal {
    return this.#createSent || this.#begin === 'adopt' ? this.#closed.signal : this.#interruptible.signal
  }

  #progress(text: string): void {
    if (!this.#closed.signal.aborted) this.#tools.report({ type: 'progress', token: this.#job.token, text })
  }

  async #advance(api: DockerApi, log: LogWriter): Promise<Outcome> {
    if (this.#ended === null) {
      const id = await this.#ensureStarted(api, log)
      this.#ended = await this.#watch(api, id, log)
    }
    return this.#take(api, this.#ended)
  }

  async #ensureStarted(api: DockerApi, log: LogWriter): Promise<string> {
    const certainlyNew = this.#begin === 'start' && !this.#createSent
    const found = certainlyNew ? null : await this.#find(api)
    if (found === null) {
      if (this.#begin === 'adopt' && !this.#seenRunning) throw new Gone('no container was created for it')
      if (this.#begin === 'adopt' || this.#startSent) throw new Gone(REMOVED)
      return this.#createAndStart(api, log)
    }
    this.#id = found.Id
    if (found.State.Status === 'created') {
      if (this.#begin === 'adopt') await this.#discardUnstarted(api, found.Id)
      else await this.#start(api, found.Id, await this.#image(api, log))
    }
    if (found.State.Running && this.#begin === 'adopt') this.#announce('adopted', found.Id)
    this.#seenRunning ||= found.State.Running || this.#begin === 'start'
    return found.Id
  }

  async #find(api: DockerApi): Promise<Docker.ContainerInspectInfo | null> {
    const [found] = await api.find({ [OWNER_LABEL]: this.#tools.owner, [TOKEN_LABEL]: this.#job.token })
    return found === undefined ? null : api.inspect(found.id)
  }

  /** Returns only when it runs, or ran, after all. */
  async #discardUnstarted(api: DockerApi, id: string): Promise<void> {
    const deadline = performance.now() + HALF_STARTED_MS
    while (performance.now() < deadline) {
      const info = await api.inspect(id)
      if (info !== null && info.State.Status !== 'created') return
      await delay(HALF_STARTED_POLL_MS, undefined, { signal: this.#closed.signal })
    }
    try {
      await api.remove(id, false)
    } catch (error) {
      if (isRefusal(error, HTTP_CONFLICT)) return // it began to run just now
      throw error
    }
    throw new Gone('its container was created but never started')
  }

  async #createAndStart(api: DockerApi, log: LogWriter): Promise<string> {
    const { owner, traits, images } = this.#tools
    for (let attempt = 1; ; attempt++) {
      const rendered = this.#command()
      try {
        const facts = await this.#image(api, log)
        this.#throwIfKilled()
        this.#createSent = true
        this.#id = await createContainer(api, this.#job, rendered, owner, traits)
        await this.#start(api, this.#id, facts)
        return this.#id
      } catch (error) {
        const mended = error instanceof ImageGone || error instanceof NoInit
        if (!mended || attempt === CREATE_ATTEMPTS) throw error
        images.forget(rendered.image)
        if (this.#id !== null) await api.remove(this.#id, true)
      }
    }
  }

  #command(): ImageJob {
    this.#rendered ??= renderWithImage(this.#job)
    return this.#rendered
  }

  async #image(api: DockerApi, log: LogWriter): Promise<ImageFacts> {
    const { image } = this.#command()
    const { images, now } = this.#tools
    let pulledSince: number | null = null
    const onProgress = (text: string): void => {
      if (pulledSince === null) void log.note(`${image} is not on this machine: pulls it`, now())
      pulledSince ??= performance.now()
      this.#progress(text)
    }
    const facts = await images.ensure(api, image, onProgress, this.#interruptible.signal)
    if (pulledSince !== null) void log.note(`pulled ${image} (${facts.id})`, now())
    return facts
  }

  async #start(api: DockerApi, id: string, facts: ImageFacts): Promise<void> {
    const { traits } = this.#tools
    await placeFiles(api, id, this.#job, this.#command(), facts, traits, this.#interruptible.signal)
    this.#throwIfKilled()
    this.#startSent = true
    await startContainer(api, id, this.#command(), traits)
    this.#seenRunning = true
    this.#announce('started', id)
  }

  #throwIfKilled(): void {
    this.#interruptible.signal.throwIfAborted()
  }

  #announce(type: 'started' | 'adopted', id: string): void {
    if (this.#announced || this.#closed.signal.aborted) return
    this.#announced = true
    const { report, now } = this.#tools
    report({ type, token: this.#job.token, at: now(), detail: `container ${id.slice(0, SHORT_ID)}` })
  }

  /** Until it has ended and its log is copied. */
  async #watch(api: DockerApi, id: string, log: LogWriter): Promise<Docker.ContainerInspectInfo> {
    const ended = new AbortController()
    const usage = watchUsage(api, id, AbortSignal.any([ended.signal, this.#closed.signal]))
    const running = { api, id, ended: ended.signal }
    this.#running = running
    if (this.#killGraceMs !== null) void this.#terminate(running, this.#killGraceMs)
    try {
      for (;;) {
        await followToEnd(api, id, log, this.#tools.now, this.#closed.signal)
        const info = await api.inspect(id)
        if (info === null) throw new Gone(REMOVED)
        if (info.State.Running) continue
        if (this.#killGraceMs === null && (await isBeingRemoved(api, info, this.#closed.signal)))
          throw new Gone(REMOVED)
        this.#running = null
        return info
      }
    } catch (error) {
      if (!(error instanceof DockerRefusal)) throw error
      throw (await isGoing(api, id, this.#closed.signal)) ? new Gone(REMOVED) : error
    } finally {
      ended.abort()
      const seen = usage.usage()
      if (seen.cpuMs !== null) this.#usage = seen
    }
  }

  async #terminate(running: { api: DockerApi; id: string; ended: AbortSignal }, graceMs: number): Promise<void> {
    const { api, id, ended } = running
    try {
      const info = await api.inspect(id)
      await api.kill(id, info === null ? 'SIGTERM' : stopSignal(info.Config))
      await delay(graceMs, undefined, { signal: AbortSignal.any([ended, this.#closed.signal]) })
      await api.kill(id, 'SIGKILL')
    } catch {
      // It ended meanwhile, or Docker is away: then it is killed again when it is seen again.
    }
  }

  async #take(api: DockerApi, info: Docker.ContainerInspectInfo): Promise<Outcome> {
    const { folder, secrets = [] } = this.#job
    const { State: state, Config: config, HostConfig: host } = info
    const finishedAt = Date.parse(state.FinishedAt)
    const known = { usage: this.#usage, ...(finishedAt > 0 ? { finishedAt } : {}) }
    if (this.#killGraceMs !== null) return { status: 'cancelled', exitCode: state.ExitCode, ...known }
    const failed = failureOf({
      image: config.Image,
      program: [config.Entrypoint ?? ''].flat()[0] ?? '',
      exitCode: state.ExitCode,
      outOfMemory: state.OOMKilled,
      memoryLimitBytes: host.Memory ?? 0,
      unseen: !this.#seenRunning || this.#interrupted,
      interrupted: this.#interrupted && !(await api.keepsContainersOverRestarts()),
      stderr: await quoteEnd(executionFolder(folder).stderr, secrets),
    })
    if (failed !== null) return { status: 'failed', ...failed, ...known }
    return this.#succeed(api, info.Id, known)
  }

  async #succeed(api: DockerApi, id: string, known: Pick<Outcome, 'usage' | 'finishedAt'>): Promise<Outcome> {
    const { work } = executionFolder(this.#job.folder)
    try {
      await copyOutputs(api, id, this.#job, this.#interruptible.signal)
      const outputs = await collectOutputs(this.#job, work, this.#tools.blobs)
      const outcome: Outcome = { status: 'succeeded', exitCode: 0, outputs, ...known }
      await saveOutcome(this.#job.folder, outcome)
      await rm(work, { recursive: true, force: true })
      return outcome
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      return { status: 'failed', kind: 'error', exitCode: 0, error: error.failure, ...known }
    }
  }
}
