import { basename, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { type Blobs, openBlobStore, sweep } from '../assets/index.ts'
import {
  type CodeCalls,
  type ContainerExecutor,
  createContainerExecutor,
  createProcessExecutor,
  type Executor,
  type FromSocket,
  type Report,
  WorkerHub,
} from '../executors/index.ts'
import { openSqlite, type ProjectStorage } from '../storage/index.ts'
import { WEIR_VERSION } from '../version.ts'
import { type Calls, createCalls } from './calls.ts'
import { createClock } from './clock.ts'
import { newRunId } from './ids.ts'
import { joinMachine } from './machine.ts'
import { type FromThread, type ThreadData, type ToThread, toFault } from './messages.ts'
import { Orchestrator } from './orchestrator.ts'
import { createSecrets } from './secrets.ts'
import { createValues } from './values.ts'

/**
 * Entry of a project's thread: owns the project's database, its executors and its orchestrator, and answers the calls of
 * the engine's main thread. It stops when told to, or when something breaks; then the main thread starts it anew.
 */

/** How often what has expired is deleted, in ms; the first time soon after the start, or after the rule was changed. */
const SWEEP_EVERY_MS = 60 * 60 * 1000
const FIRST_SWEEP_MS = 60 * 1000

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const data = workerData as ThreadData
const send = (message: FromThread): void => port.postMessage(message)
const fail = (error: unknown): void => send({ type: 'failed', fault: toFault(error) })

interface Kept {
  readonly storage: ProjectStorage
  readonly blobs: Blobs
  readonly runsFolder: string
  readonly now: () => number
}

interface Retention {
  change(to: ThreadData['retention']): void
  stop(): void
}

/** Deletes what has expired, now and then; an unfinished sweep is gone on with at the next. */
function startRetention(kept: Kept): Retention {
  const stopped = new AbortController()
  let rule = data.retention
  let isSweeping = false
  const sweepNow = (): void => {
    if (isSweeping) return
    isSweeping = true
    sweep({ ...kept, ...rule, now: kept.now(), signal: stopped.signal })
      .then(({ runs, blobs, failures }) => {
        if (runs > 0 || blobs > 0) send({ type: 'note', text: `retention: ${runs} runs and ${blobs} blobs deleted` })
        for (const failure of failures) send({ type: 'note', text: `retention: ${failure}` })
      })
      .catch((error: unknown) => send({ type: 'note', text: `retention failed: ${String(error)}` }))
      .finally(() => {
        isSweeping = false
      })
  }
  let first = setTimeout(sweepNow, FIRST_SWEEP_MS)
  const later = setInterval(sweepNow, SWEEP_EVERY_MS)
  return {
    change(to) {
      rule = to
      clearTimeout(first)
      first = setTimeout(sweepNow, FIRST_SWEEP_MS)
    },
    stop() {
      stopped.abort()
      clearTimeout(first)
      clearInterval(later)
    },
  }
}

interface Running {
  readonly calls: Calls
  readonly retention: Retention
  /** What happens on the sockets of workers */
  readonly hear: (message: FromSocket) => void
  readonly stop: () => Promise<void>
}

interface Executors {
  readonly byName: ReadonlyMap<string, Executor>
  readonly containers: ContainerExecutor
  readonly hub: WorkerHub
}

interface ExecutorNeeds {
  readonly blobs: Blobs
  readonly now: () => number
  readonly report: (report: Report) => void
  readonly code: CodeCalls
  readonly activeTokens: () => Iterable<string>
}

function openExecutors({ blobs, now, report, code, activeTokens }: ExecutorNeeds): Executors {
  const note = (text: string): void => send({ type: 'note', text })
  const hub = new WorkerHub({
    project: data.project,
    engine: WEIR_VERSION,
    calls: code,
    report,
    blobs,
    now,
    post: send,
    note,
  })
  // By its folder: a project can be renamed.
  const owner = `${data.engineId}/${basename(data.folder)}`
  const containers = createContainerExecutor({ blobs, report, now, owner, activeTokens })
  const byName = new Map<string, Executor>([
    ['process', createProcessExecutor({ blobs, report, now })],
    ['container', containers],
    ['worker', hub],
  ])
  return { byName, containers, hub }
}

async function start(): Promise<Running> {
  const storage = openSqlite(join(data.folder, 'project.db'))
  const blobs = openBlobStore(join(data.folder, 'blobs'))
  const runsFolder = join(data.folder, 'runs')
  const secrets = createSecrets(runsFolder)
  const values = createValues(blobs)
  const newest = (await storage.journalAfter((await storage.lastCursor()) - 1, 1))[0]
  const clock = createClock(newest?.at ?? 0)
  let opened: Executors | null = null
  const orchestrator = new Orchestrator(
    {
      project: data.project,
      runsFolder,
      storage,
      values,
      secrets,
      clock,
      capacity: data.capacity,
      machine: joinMachine(data.machine),
      executors: (report, code) => {
        const activeTokens = (): Iterable<string> => orchestrator.state.executions.keys()
        opened = openExecutors({ blobs, now: clock.now, report, code, activeTokens })
        return opened.byName
      },
      imageDigest: async (image) => (await opened?.containers.imageDigest(image)) ?? null,
      newRunId,
      published: (entries) => send({ type: 'committed', entries }),
      failed: fail,
    },
    await storage.bumpEpoch(),
  )
  await orchestrator.recover()

  const retention = startRetention({ storage, blobs, runsFolder, now: clock.now })
  // Made while the orchestrator was: the compiler does not see that.
  const { hub } = opened as unknown as Executors
  const shared = { storage, blobs, values, secrets, runsFolder, newRunId }
  const calls = createCalls({ ...shared, orchestrator, now: clock.now, hub })
  return {
    calls,
    retention,
    hear: (message) => hub.hear(message),
    async stop() {
      retention.stop()
      await orchestrator.close()
      await storage.close()
    },
  }
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

start()
  .then(({ calls, retention, hear, stop }) => {
    port.on('message', (message: ToThread) => {
      if (message.type === 'close') {
        stop()
          .catch(fail)
          .finally(() => {
            send({ type: 'closed' })
            port.close()
          })
        return
      }
      if (message.type === 'retention') {
        retention.change(message.retention)
        return
      }
      if (message.type !== 'call') return hear(message)
      const { id, method, args } = message
      // The names and arguments come from ProjectThread.call, which is typed by the same table.
      const act = calls[method] as (...given: readonly unknown[]) => unknown
      Promise.resolve()
        .then(() => act(...args))
        .then((value) => send({ type: 'answer', id, value }))
        .catch((error: unknown) => send({ type: 'refusal', id, fault: toFault(error) }))
    })
    send({ type: 'ready' })
  })
  .catch(fail)
