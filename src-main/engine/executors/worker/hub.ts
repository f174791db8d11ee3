import { createHash } from 'node:crypto'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import {
  CLOSE,
  type EngineMessage,
  RECONNECT_SECONDS,
  SILENCE_SECONDS,
  WORKER_PROTOCOL,
  type WorkerMessage,
} from '../../../../src-shared/contract/worker-protocol.ts'
import type { Executor, Job } from '../executor.ts'
import { Connection, type Hello } from './connection.ts'
import { earlierThan, Unneeded } from './earlier.ts'
import type { Facts } from './facts.ts'
import type { FromSocket, HubParts, SessionParts, Timing } from './parts.ts'
import { ProtocolError } from './protocol-error.ts'
import { Recent } from './recent.ts'
import { problemOf } from './requests.ts'
import { Session } from './session.ts'
import { type LiveWorker, viewOf } from './view.ts'

/** Ended executions that are remembered, so that what is said of them late is no fault. */
const REMEMBERED = 20_000
/** Digits of a session's public name. */
const NAME_DIGITS = 16

/** A run may be on its way that asks for the version which was the newest a moment ago. */
const UNNEEDED_MS = 3000

const TIMING: Timing = {
  reconnectMs: RECONNECT_SECONDS * 1000,
  silenceMs: SILENCE_SECONDS * 1000,
  abortMarginMs: 10_000,
  unneededMs: UNNEEDED_MS,
  lookMs: 1000,
}

/**
 * Runs executions on connected workers. It lives in the project's thread, beside the orchestrator; the WebSockets end in
 * the main thread, and frames come and go as texts. docs/worker-protocol.md tells what is said on them.
 */
export class WorkerHub implements Executor {
  readonly name = 'worker'
  readonly #parts: SessionParts
  readonly #connections = new Map<number, Connection>()
  readonly #sessions = new Map<string, Session>()
  /** The session of each execution that has not been released */
  readonly #tokens = new Map<string, Session>()
  /** Told when an execution that a hello named has been taken back, or has ended */
  readonly #awaited = new Map<string, () => void>()
  readonly #unneeded: Unneeded
  readonly #timer: NodeJS.Timeout
  #closed = false

  constructor(parts: HubParts) {
    const timing = { ...TIMING, ...parts.timing }
    this.#parts = { ...parts, timing, over: new Recent(REMEMBERED), forget: (token) => this.#tokens.delete(token) }
    this.#unneeded = new Unneeded(this.#parts)
    this.#timer = setInterval(() => this.#look(), timing.lookMs)
    this.#timer.unref()
  }

  // What the orchestrator asks

  start(job: Job): void {
    const session = this.#sessions.get(job.call?.worker ?? '')
    if (session === undefined) {
      const at = this.#parts.now()
      this.#parts.report({ type: 'lost', token: job.token, at, reason: 'its worker left before it was told' })
      return
    }
    this.#tokens.set(job.token, session)
    session.start(job)
  }

  adopt(job: Job): void {
    const name = job.call?.worker ?? ''
    const session = this.#sessions.get(name) ?? this.#newSession(name)
    this.#tokens.set(job.token, session)
    session.adopt(job)
    this.#settle(job.token)
  }

  kill(token: string, graceMs: number, reason: 'cancel' | 'timeout' = 'cancel'): void {
    this.#tokens.get(token)?.kill(token, graceMs, reason)
  }

  release(token: string): void {
    this.#tokens.get(token)?.release(token)
    this.#tokens.delete(token)
    this.#parts.over.add(token)
    this.#settle(token)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await Promise.all([...this.#sessions.values()].map((session) => session.close()))
  }

  /** What comes from the main thread, where the WebSockets end. */
  hear(message: FromSocket): void {
    const { connection } = message
    switch (message.type) {
      case 'worker.opened':
        return this.#opened(connection)
      case 'worker.frame':
        return this.#connections.get(connection)?.receive(message.text)
      case 'worker.sent':
        return this.#connections.get(connection)?.sent(message.chars)
      case 'worker.closed':
        return this.#connections.get(connection)?.broke(message.isOver)
    }
  }

  #opened(number: number): void {
    const connection = new Connection({
      number,
      post: this.#parts.post,
      greet: (given, hello) => this.#greet(given, hello),
      declare: (session, message) => this.#declare(session, message),
      ended: (given, isOver) => this.#ended(given, isOver),
      failed: (error) => this.#parts.note(`a worker's connection failed: ${stackOf(error)}`),
    })
    this.#connections.set(number, connection)
  }

  // What people ask

  workers(): LiveWorker[] {
    return [...this.#sessions.values()].flatMap((session) => viewOf(session) ?? [])
  }

  drain(name: string): void {
    this.#known(name).drain(false)
  }

  stop(name: string): void {
    this.#known(name).stop()
  }

  #known(name: string): Session {
    const session = this.#sessions.get(name)
    if (session !== undefined && session.facts !== null) return session
    throw new ProblemError('worker_not_found', `there is no worker ${name}`, {
      fix: 'list them with: weir worker list',
    })
  }

  // Connections

  async #greet(connection: Connection, hello: Hello): Promise<Session> {
    const name = publicName(hello.session)
    const facts = await this.#factsOf(hello)
    await this.#takenBack(name, hello.executions)
    if (!connection.isOpen || this.#closed) throw new ProtocolError(CLOSE.silent, 'the connection has ended')
    const session = this.#sessions.get(name) ?? this.#newSession(name)
    session.dropLink(CLOSE.conflict, 'another connection took this session over')
    const abort = session.attach(connection, facts, hello.executions)
    const { project, engine } = this.#parts
    connection.send({
      type: 'welcome',
      protocol: WORKER_PROTOCOL,
      worker: name,
      engine,
      project,
      versions: { ...facts.hosts },
      abort,
    })
    return session
  }

  async #factsOf(hello: Hello): Promise<Facts> {
    const { calls } = this.#parts
    const { name, host, pid, sdk, runtime, tags, pool = null, process = null, concurrency, shared } = hello
    const workspace = await refusing(CLOSE.notFound, () => calls.workspace(hello.workspace))
    const hosts = await refusing(CLOSE.conflict, () => calls.declare(workspace, hello.manifests, hello.register))
    return {
      name,
      host,
      pid,
      sdk,
      runtime,
      tags,
      pool,
      process,
      concurrency,
      shared,
      workspace,
      hosts,
      earlier: earlierThan(hosts, hello.earlier),
      faults: [],
      register: hello.register,
    }
  }

  /** After a restart: waits until the orchestrator has handed back those of the executions that it holds for this worker. */
  async #takenBack(name: string, executions: readonly string[]): Promise<void> {
    const { calls, over } = this.#parts
    const awaited = executions.filter(
      (token) => !this.#tokens.has(token) && !over.has(token) && calls.owner(token) === name,
    )
    await Promise.all(awaited.map((token) => new Promise<void>((done) => this.#awaited.set(token, done))))
  }

  #settle(token: string): void {
    this.#awaited.get(token)?.()
    this.#awaited.delete(token)
  }

  async #declare(session: Session, message: Extract<WorkerMessage, { type: 'declare' }>): Promise<EngineMessage> {
    const { id, manifests, earlier, faults } = message
    const { facts } = session
    if (facts === null) throw new Error('a session that is connected has said hello')
    try {
      const versions = await this.#parts.calls.declare(facts.workspace, manifests, facts.register)
      const kept = faults.flatMap(({ module }) => {
        const version = facts.hosts[module]
        return version === undefined || Object.hasOwn(versions, module) ? [] : [[module, version] as const]
      })
      const hosts = { ...Object.fromEntries(kept), ...versions }
      session.change({ hosts, earlier: earlierThan(hosts, earlier), faults })
      return { type: 'declared', id, versions }
    } catch (error) {
      return { type: 'refused', id, problem: problemOf(error) }
    }
  }

  #ended(connection: Connection, isOver: boolean): void {
    this.#connections.delete(connection.number)
    const { session } = connection
    // Another connection may have taken the session over.
    if (this.#closed || session === null || !session.isLink(connection)) return
    session.detach(isOver)
    if (session.isGone) this.#sessions.delete(session.name)
  }

  #newSession(name: string): Session {
    const session = new Session(name, this.#parts)
    this.#sessions.set(name, session)
    return session
  }

  /** Ends what has been silent, gives up who did not come back, and lets go of versions that no run needs. */
  #look(): void {
    const { reconnectMs, silenceMs } = this.#parts.timing
    const heard = performance.now() - silenceMs
    for (const connection of [...this.#connections.values()]) {
      if (connection.heardAt < heard) connection.close(CLOSE.silent, `nothing was heard for ${silenceMs / 1000} s`)
    }
    for (const session of this.#sessions.values()) this.#unneeded.look(session)
    // Not by the time of day: that jumps when the machine was asleep, and so was the worker.
    const lost = performance.now() - reconnectMs
    for (const session of [...this.#sessions.values()]) {
      if (session.lostSince === null || (session.lostSince > lost && !session.isSeenGone)) continue
      this.#sessions.delete(session.name)
      session.giveUp()
    }
  }
}

/** A session's secret is never shown; what follows from it is the same after a restart of the engine. */
const publicName = (secret: string): string =>
  `w-${createHash('sha256').update(secret, 'hex').digest('hex').slice(0, NAME_DIGITS)}`

async function refusing<T>(code: number, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const { fix } = error.context
    throw new ProtocolError(code, fix === undefined ? error.message : `${error.message}: ${fix}`)
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
