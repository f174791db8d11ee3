import { Worker } from 'node:worker_threads'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { Calls, FromThread, JournalEntries, ThreadData, ToThread } from '../orchestrator/index.ts'
import { fromFault } from '../orchestrator/index.ts'

/**
 * The main thread's side of a project's orchestrator.
 *
 *   idle ──call──▶ starting ──ready──▶ running ──nothing to do──▶ idle
 *                     ▲                   │
 *                     └── waits ◀──failed─┘      (longer after each failure in a row)
 */
export interface ProjectThread {
  call<M extends keyof Calls>(method: M, ...args: Parameters<Calls[M]>): Promise<Awaited<ReturnType<Calls[M]>>>
  /** Starts the thread if it does not run; resolves when it has taken back what an engine before it left. */
  start(): Promise<void>
  readonly state: 'idle' | 'running' | 'failed'
  /** Why it failed, while it waits for the next start */
  readonly reason: string | null
  close(): Promise<void>
}

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
/** How long a call waits for a thread that is starting or failed, in ms. */
const CALL_WAIT_MS = 15_000
/** A thread without active runs and without calls for this long is stopped, in ms. */
const IDLE_MS = 5 * 60_000

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

export function createProjectThread(parts: Parts): ProjectThread {
  let worker: Worker | null = null
  let ready: Promise<void> | null = null
  let reason: Error | null = null
  let closing = false
  let failures = 0
  let startedAt = 0
  let nextId = 1
  let lastCall = Date.now()
  let retry: NodeJS.Timeout | null = null
  const waiting = new Map<number, Waiting>()

  const post = (message: ToThread): void => worker?.postMessage(message)

  const failed = (broken: Worker, error: Error): void => {
    if (worker !== broken) return
    worker = null
    ready = null
    reason = error
    for (const { reject } of waiting.values()) reject(refusal(error))
    waiting.clear()
    void broken.terminate()
    if (closing) return
    if (Date.now() - startedAt > HEALTHY_MS) failures = 0
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
    failures += 1
    parts.note(`project ${parts.data.project} failed and starts again in ${wait} ms: ${error.message}`)
    retry = setTimeout(() => {
      // A start that fails again comes back here by itself.
      start().catch(() => undefined)
    }, wait)
    retry.unref()
  }

  const start = (): Promise<void> => {
    if (ready !== null) return ready
    if (retry !== null) clearTimeout(retry)
    retry = null
    const fresh = new Worker(parts.file, { workerData: parts.data, name: `project ${parts.data.project}` })
    worker = fresh
    startedAt = Date.now()
    ready = new Promise((resolve, reject) => {
      fresh.on('message', (message: FromThread) => {
        switch (message.type) {
          case 'ready':
            reason = null
            return resolve()
          case 'answer':
            waiting.get(message.id)?.resolve(message.value)
            return void waiting.delete(message.id)
          case 'refusal':
            waiting.get(message.id)?.reject(fromFault(message.fault))
            return void waiting.delete(message.id)
          case 'committed':
            return parts.committed(message.entries)
          case 'note':
            return parts.note(message.text)
          case 'failed': {
            const error = fromFault(message.fault)
            reject(error)
            return failed(fresh, error)
          }
          case 'closed':
            return
        }
      })
      fresh.on('error', (error) => {
        reject(error)
        failed(fresh, error)
      })
      fresh.on('exit', (code) => {
        const error = new Error(`its thread ended with code ${code}`)
        reject(error)
        failed(fresh, error)
      })
    })
    ready.catch(() => undefined)
    return ready
  }

  const idle = setInterval(() => {
    if (worker === null || ready === null || waiting.size > 0 || Date.now() - lastCall < IDLE_MS) return
    void self
      .call('stats')
      .then((stats) => (stats.activeRuns === 0 ? stop() : undefined))
      .catch(() => undefined)
  }, IDLE_MS)
  idle.unref()

  const stop = async (): Promise<void> => {
    const ending = worker
    if (ending === null) return
    worker = null
    ready = null
    await new Promise<void>((resolve) => {
      ending.on('exit', () => resolve())
      ending.postMessage({ type: 'close' } satisfies ToThread)
    })
  }

  const call: ProjectThread['call'] = async (method, ...args) => {
    if (closing) throw new ProblemError('engine_stopping', 'the engine is stopping')
    if (method !== 'stats') lastCall = Date.now()
    if (retry !== null && reason !== null) throw refusal(reason)
    await withLimit(start())
    const id = nextId++
    // `never` fits every method's answer; the thread answers from the same table that types the caller.
    return new Promise<never>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      post({ type: 'call', id, method, args })
    })
  }

  const self: ProjectThread = {
    call,
    start,
    get state() {
      if (reason !== null) return 'failed'
      return worker === null ? 'idle' : 'running'
    },
    get reason() {
      return reason?.message ?? null
    },
    async close() {
      closing = true
      clearInterval(idle)
      if (retry !== null) clearTimeout(retry)
      await stop()
    },
  }

  const withLimit = async (starting: Promise<void>): Promise<void> => {
    let timer: NodeJS.Timeout | null = null
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(reason ?? new Error('its orchestrator does not start')), CALL_WAIT_MS)
    })
    try {
      await Promise.race([starting, limit])
    } catch (error) {
      throw refusal(error instanceof Error ? error : new Error(String(error)))
    } finally {
      if (timer !== null) clearTimeout(timer)
    }
  }

  /** What a caller is told when the thread is not there: a problem as it stands, anything else as `project_failed`. */
  const refusal = (error: Error): ProblemError =>
    error instanceof ProblemError
      ? error
      : new ProblemError('project_failed', `project ${parts.data.project} cannot be used now: ${error.message}`, {
          fix: 'it is started again by itself; "weir doctor" says what is wrong',
          cause: error,
        })

  return self
}
