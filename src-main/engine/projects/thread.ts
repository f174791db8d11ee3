import { Worker } from 'node:worker_threads'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { Calls, FromThread, JournalEntries, ThreadData, ToThread } from '../orchestrator/index.ts'
import { fromFault, leaveLine, releaseLock } from '../orchestrator/index.ts'
import { type WorkerLine, WorkerLines, type WorkerSocket } from './worker-lines.ts'

interface Parts {
  readonly file: string
  readonly data: ThreadData
  readonly committed: (entries: JournalEntries) => void
  readonly note: (text: string) => void
}

/** First and longest wait before a failed thread is started again, in ms. */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
/** A thread that has run this long has recovered: the next failure starts counting anew. */
const HEALTHY_MS = 60_000
/** How long a call waits for a thread that is starting, in ms. */
const CALL_WAIT_MS = 15_000
/** A thread without active runs and without calls for this long is stopped, in ms. */
const IDLE_MS = 5 * 60_000

/** Calls that only look, again and again: they keep no thread from being idle. */
const LOOKS: ReadonlySet<keyof Calls> = new Set(['stats', 'workers', 'codeDemand'])

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * The main thread's side of a project's orchestrator.
 *
 *   idle ──call──▶ starting ──ready──▶ running ──nothing to do──▶ idle
 *                     ▲                   │
 *                     └── waits ◀──failed─┘      (longer after each failure in a row)
 */
export class ProjectThread {
  readonly #parts: Parts
  #worker: Worker | null = null
  #ready: Promise<void> | null = null
  #reason: Error | null = null
  #closing = false
  #failures = 0
  #startedAt = 0
  #nextId = 1
  #lastCall = Date.now()
  #retry: NodeJS.Timeout | null = null
  #retention: ThreadData['retention']
  readonly #waiting = new Map<number, Waiting>()
  readonly #lines = new WorkerLines()
  readonly #idle: NodeJS.Timeout

  constructor(parts: Parts) {
    this.#parts = parts
    this.#retention = parts.data.retention
    this.#idle = setInterval(() => this.#stopWhenIdle(), IDLE_MS)
    this.#idle.unref()
  }

  get project(): string {
    return this.#parts.data.project
  }

  get state(): 'idle' | 'running' | 'failed' {
    if (this.#reason !== null) return 'failed'
    return this.#worker === null ? 'idle' : 'running'
  }

  /** Why it failed, while it waits for the next start */
  get reason(): string | null {
    return this.#reason?.message ?? null
  }

  /** What to do about it, when somebody can do something */
  get remedy(): string | null {
    return this.#reason instanceof ProblemError ? (this.#reason.context.fix ?? null) : null
  }

  /** Calls a method of the orchestrator; starts the thread if it does not run. */
  async call<M extends keyof Calls>(method: M, ...args: Parameters<Calls[M]>): Promise<Awaited<ReturnType<Calls[M]>>> {
    if (this.#closing) throw new ProblemError('engine_stopping', 'the engine is stopping')
    if (!LOOKS.has(method)) this.#lastCall = Date.now()
    if (this.#retry !== null && this.#reason !== null) throw this.#refusal(this.#reason)
    await this.#startWithLimit()
    const id = this.#nextId++
    // `never` fits every method's answer: the thread answers from the same table that types the caller.
    return new Promise<never>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker?.postMessage({ type: 'call', id, method, args } satisfies ToThread)
    })
  }

  /** Starts the thread if it does not run; resolves when it has taken back what an engine before it left. */
  start(): Promise<void> {
    if (this.#ready !== null) return this.#ready
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
    const worker = new Worker(this.#parts.file, {
      workerData: { ...this.#parts.data, retention: this.#retention },
      name: `project ${this.#parts.data.project}`,
    })
    this.#worker = worker
    this.#startedAt = Date.now()
    this.#ready = new Promise((resolve, reject) => {
      const broken = (error: Error): void => {
        reject(error)
        this.#failed(worker, error)
      }
      worker.on('message', (message: FromThread) => this.#hear(message, resolve, broken))
      worker.on('error', broken)
      worker.on('exit', (code) => broken(new Error(`its thread ended with code ${code}`)))
    })
    // Whoever waits for it is told; a start that nobody waits for is told to the log.
    this.#ready.catch(() => undefined)
    return this.#ready
  }

  /**
   * Hands the connection of a worker to the thread, which is started if it does not run. Connections keep a thread from being
   * stopped as idle; when it ends all the same they are closed, and workers come again.
   */
  async connectWorker(socket: WorkerSocket): Promise<WorkerLine> {
    if (this.#closing) throw new ProblemError('engine_stopping', 'the engine is stopping')
    this.#lastCall = Date.now()
    if (this.#retry !== null && this.#reason !== null) throw this.#refusal(this.#reason)
    await this.#startWithLimit()
    const worker = this.#worker
    if (worker === null) throw this.#refusal(new Error('its orchestrator has stopped'))
    return this.#lines.open(socket, (message) => worker.postMessage(message))
  }

  /** What is kept from now on; a thread that does not run is told at its start. */
  setRetention(retention: ThreadData['retention']): void {
    this.#retention = retention
    this.#worker?.postMessage({ type: 'retention', retention } satisfies ToThread)
  }

  async close(): Promise<void> {
    this.#closing = true
    clearInterval(this.#idle)
    if (this.#retry !== null) clearTimeout(this.#retry)
    await this.#stop()
  }

  #hear(message: FromThread, ready: () => void, broken: (error: Error) => void): void {
    switch (message.type) {
      case 'ready':
        this.#reason = null
        return ready()
      case 'answer':
        this.#waiting.get(message.id)?.resolve(message.value)
        this.#waiting.delete(message.id)
        return
      case 'refusal':
        this.#waiting.get(message.id)?.reject(fromFault(message.fault))
        this.#waiting.delete(message.id)
        return
      case 'committed':
        return this.#parts.committed(message.entries)
      case 'note':
        return this.#parts.note(message.text)
      case 'failed':
        return broken(fromFault(message.fault))
      case 'closed':
        return
      case 'worker.send':
      case 'worker.close':
      case 'worker.taken':
        return this.#lines.hear(message)
    }
  }

  #failed(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = null
    this.#ready = null
    this.#reason = error
    for (const { reject } of this.#waiting.values()) reject(this.#refusal(error))
    this.#waiting.clear()
    this.#lines.closeAll('the project starts again: come back')
    const { machine } = this.#parts.data
    // What its executions hold stays booked until it takes them back, but nobody may wait for its decision.
    void worker.terminate().finally(() => {
      releaseLock(machine.shared, machine.slot)
      leaveLine(machine)
    })
    if (this.#closing) return
    if (Date.now() - this.#startedAt > HEALTHY_MS) this.#failures = 0
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures)
    this.#failures += 1
    this.#parts.note(`project ${this.#parts.data.project} failed and starts again in ${wait} ms: ${error.message}`)
    this.#retry = setTimeout(() => void this.start(), wait)
    this.#retry.unref()
  }

  async #startWithLimit(): Promise<void> {
    let timer: NodeJS.Timeout | null = null
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('its orchestrator does not start')), CALL_WAIT_MS)
    })
    try {
      await Promise.race([this.start(), limit])
    } catch (error) {
      throw this.#refusal(error instanceof Error ? error : new Error(String(error)))
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
  }

  #stopWhenIdle(): void {
    if (this.#worker === null || this.#waiting.size > 0 || this.#lines.size > 0) return
    if (Date.now() - this.#lastCall < IDLE_MS) return
    this.call('stats')
      .then((stats) => (stats.activeRuns === 0 ? this.#stop() : undefined))
      .catch((error: unknown) => this.#parts.note(`project ${this.#parts.data.project}: ${String(error)}`))
  }

  async #stop(): Promise<void> {
    const worker = this.#worker
    if (worker === null) return
    this.#worker = null
    this.#ready = null
    this.#lines.closeAll('the engine or the project stops: come back')
    await new Promise<void>((resolve) => {
      worker.on('exit', () => resolve())
      worker.postMessage({ type: 'close' } satisfies ToThread)
    })
  }

  /** What a caller is told when the thread is not there: a problem as it stands, anything else as `project_failed`. */
  #refusal(error: Error): ProblemError {
    if (error instanceof ProblemError) return error
    const { project } = this.#parts.data
    return new ProblemError('project_failed', `project ${project} cannot be used now: ${error.message}`, {
      fix: 'it is started again by itself; "weir doctor" says what is wrong',
      cause: error,
    })
  }
}
