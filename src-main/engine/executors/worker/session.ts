import type { WorkerMessage } from '../../../../src-shared/contract/worker-protocol.ts'
import { CLOSE } from '../../../../src-shared/contract/worker-protocol.ts'
import type { Job, WorkerOffer } from '../executor.ts'
import { type Ending, reportOf } from './endings.ts'
import { executeOf, shortened } from './execute.ts'
import type { Facts } from './facts.ts'
import { type Held, newHeld } from './held.ts'
import { Holding } from './holding.ts'
import type { Link } from './link.ts'
import { answerMalformed } from './malformed.ts'
import type { SessionParts } from './parts.ts'
import { type MalformedMessage, ProtocolError } from './protocol-error.ts'
import { loggedOf, type Recorded, record } from './recording.ts'
import { answer, checkValues, problemOf, type Request } from './requests.ts'
import { isSeenGone } from './sight.ts'
import { progressText } from './words.ts'

/** Heartbeats in a row that do not name an execution before it counts as lost. */
const MISSED_HEARTBEATS = 2

/** What one worker holds, across its connections. Speaks for the executions that are its own. */
export class Session {
  readonly name: string
  /** Null until it said hello to this engine */
  facts: Facts | null = null
  isDraining = false
  /** It left, or did not come back: a worker with its secret begins anew */
  isGone = false
  /** When the first connection to this engine began, in ms since 1970 */
  since: number | null = null
  /** Since when there is none, in ms of performance.now() */
  lostSince: number | null
  readonly #parts: SessionParts
  readonly #holding: Holding
  #link: Link | null = null
  #queue: Held[] = []
  /** Numbers of requests that are being answered */
  readonly #asked = new Set<number>()
  /** What the last hello named; tells whether an execution that is adopted late is there */
  #named: ReadonlySet<string> = new Set()
  #told = ''

  constructor(name: string, parts: SessionParts) {
    this.name = name
    this.#parts = parts
    this.#holding = new Holding(parts)
    this.lostSince = performance.now()
  }

  get isConnected(): boolean {
    return this.#link !== null
  }

  /** Executions that it has, or is about to get */
  get busy(): readonly Job[] {
    return this.#holding.busy
  }

  /** Whether its process, and all that it ran, have ended before the engine's eyes: nobody will come back. */
  get isSeenGone(): boolean {
    if (this.facts === null || this.lostSince === null) return false
    return isSeenGone(this.facts, this.#holding.pids, performance.now() - this.lostSince)
  }

  holds(token: string): boolean {
    return this.#holding.held.has(token)
  }

  // What the orchestrator asks

  start(job: Job): void {
    const held = newHeld(job, 'queued')
    this.#holding.held.set(job.token, held)
    this.#queue.push(held)
    this.pump()
  }

  /** Takes back what an engine before this one was told to start. */
  adopt(job: Job): void {
    if (this.#holding.held.has(job.token)) return
    const held = newHeld(job, 'adopting')
    this.#holding.held.set(job.token, held)
    if (this.#link !== null) this.#takeBack(held)
  }

  kill(token: string, graceMs: number, reason: 'cancel' | 'timeout'): void {
    const held = this.#holding.held.get(token)
    if (held === undefined || held.phase === 'ended') return
    const isFirst = held.killed === null
    held.killed ??= reason
    if (held.phase === 'queued') return this.#holding.cancelled(held)
    this.#awaitAbort(held, graceMs)
    if (isFirst) this.#link?.send({ type: 'abort', token, reason })
  }

  /** Its end is committed. */
  release(token: string): void {
    const held = this.#holding.held.get(token)
    if (held === undefined) return
    this.#holding.forget(held)
    if (!held.isLost) this.#link?.record(token)
  }

  // Connections

  /** The worker is there: answers what it names and is not its own any more. */
  attach(link: Link, facts: Facts, executions: readonly string[]): string[] {
    this.#link = link
    this.facts = facts
    this.lostSince = null
    this.since ??= this.#parts.now()
    this.#named = new Set(executions)
    for (const held of [...this.#holding.held.values()]) this.#takeBack(held)
    const strange = executions.filter((token) => !this.#holding.held.has(token))
    for (const token of strange) this.#parts.over.add(token)
    return strange
  }

  /** After `welcome` was sent: says what could not be said while it was away. */
  welcomed(): void {
    for (const held of this.#holding.held.values()) {
      if (held.killed === null || held.phase === 'ended') continue
      this.#link?.send({ type: 'abort', token: held.token, reason: held.killed })
      this.#awaitAbort(held, 0)
    }
    this.offer()
    this.pump()
  }

  /** @param isOver whether the worker said that it leaves */
  detach(isOver: boolean): void {
    this.#link = null
    this.lostSince = performance.now()
    if (this.#holding.isEmpty && (isOver || this.isDraining)) this.giveUp()
    else this.offer()
  }

  /** It did not come back: what it ran is lost. */
  giveUp(): void {
    this.isGone = true
    const who = this.facts === null ? 'its worker' : `the worker ${this.facts.name}`
    for (const held of [...this.#holding.held.values()])
      this.#holding.lose(held, `${who} is gone and did not come back`)
    if (this.facts !== null) this.#parts.report({ type: 'worker', worker: this.name, offer: null })
  }

  isLink(link: Link): boolean {
    return this.#link === link
  }

  /** Ends the connection that it has, because there is another one; nothing else changes. */
  dropLink(code: number, reason: string): void {
    const link = this.#link
    this.#link = null
    link?.close(code, reason)
  }

  close(): Promise<void> {
    return this.#holding.close()
  }

  /** It gets nothing new, and leaves when it has nothing left. */
  drain(isOwnWish: boolean): void {
    this.isDraining = true
    if (!isOwnWish) this.#link?.send({ type: 'drain' })
    this.offer()
  }

  /** It is to end what it runs, which goes again elsewhere, and to leave. */
  stop(): void {
    for (const held of [...this.#holding.held.values()]) {
      if (held.phase === 'ended') continue
      if (held.phase !== 'queued') this.#abortStale(held.token)
      this.#holding.lose(held, 'its worker was stopped')
    }
    this.drain(false)
  }

  change(facts: Partial<Pick<Facts, 'hosts' | 'earlier' | 'faults'>>): void {
    if (this.facts !== null) this.facts = { ...this.facts, ...facts }
    this.offer()
  }

  /** These versions are not asked of it any more. */
  retire(versions: Record<string, number[]>, earlier: Facts['earlier']): void {
    this.change({ earlier })
    this.#link?.send({ type: 'retire', versions })
  }

  /** Tells the orchestrator what this worker offers, when that has changed. */
  offer(): void {
    if (this.facts === null) return
    const { faults: _faults, register: _register, process: _process, ...facts } = this.facts
    const offer: WorkerOffer = { ...facts, draining: this.isDraining, connected: this.isConnected }
    const told = JSON.stringify(offer)
    if (told === this.#told) return
    this.#told = told
    this.#parts.report({ type: 'worker', worker: this.name, offer })
  }

  /** Sends what waits, as long as the connection has room. */
  pump(): void {
    let next = 0
    while (next < this.#queue.length && this.#link !== null && this.#link.hasRoom) {
      const held = this.#queue[next++]
      if (held?.phase === 'queued') this.#execute(held, this.#link)
    }
    if (next > 0) this.#queue = this.#queue.slice(next)
  }

  #execute(held: Held, link: Link): void {
    const message = executeOf(held.job)
    if (link.send(message)) held.phase = 'sent'
    else this.#sendShortened(held, link)
  }

  #sendShortened(held: Held, link: Link): void {
    held.phase = 'sent'
    shortened(executeOf(held.job), this.#parts.blobs)
      .then((message) => {
        if (this.#link === link && held.phase === 'sent') link.send(message)
      })
      .catch((error: unknown) => this.#holding.fail(held, problemOf(error)))
  }

  // What the worker says

  take(message: Exclude<WorkerMessage, { type: 'hello' | 'declare' }>): void {
    switch (message.type) {
      case 'result':
      case 'error':
      case 'suspend':
      case 'aborted':
        return this.#takeEnding(message)
      case 'heartbeat':
        return this.#takeHeartbeat(message.executions)
      case 'drain':
        return this.drain(true)
      default:
        return this.#takeOwn(message)
    }
  }

  /** A message that is not in the protocol. @returns false when it is of none of its executions */
  takeMalformed(fault: MalformedMessage): boolean {
    return answerMalformed(fault, { holding: this.#holding, parts: this.#parts, link: this.#link })
  }

  /** Messages that only the owner of an execution may send. */
  #takeOwn(
    message: Exclude<WorkerMessage, { type: 'hello' | 'declare' | 'heartbeat' | 'drain' | Ending['type'] }>,
  ): void {
    const held = this.#holding.held.get(message.token)
    if (held === undefined) return this.#takeLate(message)
    switch (message.type) {
      case 'started':
        return this.#takeStarted(held, message.pid)
      case 'log':
      case 'metric':
        return this.#link?.holdBack(record(this.#holding.logOf(held), message, this.#link))
      case 'progress':
        if (held.phase === 'ended') return
        return this.#parts.report({ type: 'progress', token: held.token, text: progressText(message) })
      case 'asset':
        return this.#takeAssets(held, message.assets)
      default:
        return this.#takeRequest(message, held)
    }
  }

  /** Said of an execution that has ended here, before the worker could know; of any other it may not speak. */
  #takeLate(message: { readonly type: string; readonly token: string; readonly id?: number }): void {
    const { type, token, id } = message
    if (!this.#parts.over.has(token)) {
      throw new ProtocolError(CLOSE.notYours, `"${type}" is about ${token.slice(0, 40)}, which is not your execution`)
    }
    if (type === 'log' || type === 'metric') this.#link?.send(loggedOf(message as Recorded))
    else if (id !== undefined) {
      const problem = { code: 'execution_over', message: 'The execution that asks has been ended.' }
      this.#link?.send({ type: 'refused', id, problem })
      this.#abortStale(token)
    }
  }

  #takeStarted(held: Held, pid: number | undefined): void {
    held.pid = pid ?? held.pid
    if (held.phase !== 'sent') return
    held.phase = 'running'
    this.#parts.report({ type: 'started', token: held.token, at: this.#parts.now(), detail: this.#detail(pid) })
  }

  #takeEnding(message: Ending): void {
    const held = this.#holding.held.get(message.token)
    if (held === undefined) {
      this.#link?.record(message.token)
      return
    }
    if (held.phase === 'ended') return
    const report = reportOf(held, message, this.#parts.now(), this.#parts.blobs)
    this.#holding.end(held, report)
  }

  #takeHeartbeat(executions: readonly string[]): void {
    const named = new Set(executions)
    for (const held of [...this.#holding.held.values()]) {
      if (held.phase !== 'running' && held.phase !== 'sent') continue
      held.missed = named.has(held.token) ? 0 : held.missed + 1
      if (held.missed < MISSED_HEARTBEATS) continue
      this.#abortStale(held.token)
      this.#holding.lose(held, 'its worker does not know of it any more')
    }
    for (const token of executions) if (!this.#holding.held.has(token)) this.#abortStale(token)
    this.#link?.send({ type: 'heartbeat' })
  }

  #takeAssets(held: Held, assets: Extract<WorkerMessage, { type: 'asset' }>['assets']): void {
    const { calls, blobs } = this.#parts
    const values = assets.map(({ value }) => value)
    const checked = checkValues(values, blobs)
    const before = held.recording
    const recording = held.order
      .after(checked)
      .then(() => calls.assets(held.token, assets))
      .catch((error: unknown) => {
        this.#link?.send({ type: 'refused', problem: problemOf(error) })
      })
      .then(async () => {
        await before
        if (held.recording === recording) held.recording = null
      })
    held.recording = recording
    this.#link?.holdBack(recording)
  }

  /** A request that is repeated while it is being answered is answered once. */
  #takeRequest(request: Request, held: Held): void {
    if (this.#asked.has(request.id)) return
    this.#asked.add(request.id)
    void answer(this.#parts.calls, this.#parts.blobs, request, held.order).then(async (message) => {
      this.#asked.delete(request.id)
      // While it is away nothing is kept: it asks again when it comes back.
      const link = this.#link
      if (link === null || link.send(message)) return
      const short = await shortened(message, this.#parts.blobs).catch((error: unknown) => ({
        type: 'refused' as const,
        id: request.id,
        problem: problemOf(error),
      }))
      link.send(short)
    })
  }

  /** Brings an execution in line with what the worker has said that it holds. */
  #takeBack(held: Held): void {
    const isThere = this.#named.has(held.token)
    held.missed = 0
    switch (held.phase) {
      case 'queued':
      case 'ended':
        return
      case 'sent':
        // It never arrived when the worker does not know of it: nothing of it was started.
        if (isThere) return this.#takeStarted(held, undefined)
        if (held.killed !== null) return this.#holding.cancelled(held)
        held.phase = 'queued'
        this.#queue.push(held)
        return
      case 'running':
        if (!isThere) this.#holding.lose(held, 'its worker came back without it')
        return
      case 'adopting': {
        if (!isThere) return this.#holding.lose(held, 'its worker came back without it')
        held.phase = 'running'
        const report = { token: held.token, at: this.#parts.now(), detail: this.#detail(undefined) }
        return this.#parts.report({ type: 'adopted', ...report })
      }
    }
  }

  #abortStale(token: string): void {
    this.#link?.send({ type: 'abort', token, reason: 'stale' })
  }

  /** Gives up what does not end although it was told to. */
  #awaitAbort(held: Held, graceMs: number): void {
    if (held.killTimer !== null) return
    held.killTimer = setTimeout(() => {
      held.killTimer = null
      if (held.phase !== 'ended' && this.#link !== null) this.#holding.cancelled(held)
    }, graceMs + this.#parts.timing.abortMarginMs)
    held.killTimer.unref()
  }

  #detail(pid: number | undefined): string {
    const { name, host } = this.facts ?? { name: this.name, host: '' }
    return `worker ${name} on ${host}${pid === undefined ? '' : `, pid ${pid}`}`
  }
}
