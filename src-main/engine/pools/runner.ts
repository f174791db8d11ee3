import type { ChildProcess } from 'node:child_process'
import { type Pool, ProblemError, type Worker } from '../../../src-shared/contract/index.ts'
import { isAlive } from '../executors/index.ts'
import type { CodeDemand } from '../orchestrator/index.ts'
import { type Command, logOf, type Member, signalMember, startMember, tailOf } from './process.ts'
import type { PoolRow } from './store.ts'

/** First and longest wait after a worker that ended by itself, in ms. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Work must have waited so long before one more worker is started beside others, in ms. */
const PATIENCE_MS = 1_000
/** Lines of its log that are quoted when a worker fails. */
const QUOTED_LINES = 5

export interface RunnerParts {
  /** Folder of the project */
  readonly folder: string
  readonly row: PoolRow
  /** What is started; rejects with a ProblemError when it cannot be */
  readonly command: (row: PoolRow) => Promise<Command>
  /** Lets a connected worker finish and leave */
  readonly drain: (worker: string) => Promise<void>
  /** The row has changed */
  readonly save: () => void
  readonly note: (text: string) => void
}

/** What the project says at one moment. */
export interface View {
  readonly workers: readonly Worker[]
  readonly demand: readonly CodeDemand[]
}

/**
 * Keeps the workers of one pool.
 *
 *   work waits ─▶ starting ─▶ connected ──no work for idleStop──▶ stopping ─▶ gone
 *       ▲             └──────────┴── ended by itself ─▶ waits, longer each time ─┐
 *       └────────────────────────────────────────────────────────────────────────┘
 */
export class PoolRunner {
  readonly row: PoolRow
  readonly #parts: RunnerParts
  readonly #members = new Map<number, Member>()
  #isStarting = false
  #isClosed = false
  #failures = 0
  #nextStart = 0
  #problem: string | null = null
  #queued = 0
  #queuedSince: number | null = null

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.row = parts.row
    for (const { startedAt, ...identity } of parts.row.members) {
      if (!isAlive(identity)) continue
      this.#members.set(identity.pid, {
        pid: identity.pid,
        identity,
        startedAt,
        worker: null,
        idleSince: null,
        isStopping: false,
        isChild: false,
      })
    }
    this.#saveMembers()
  }

  get members(): readonly Member[] {
    return [...this.#members.values()]
  }

  view(): Pool {
    const { members: _members, env, ...spec } = this.row
    const isWaiting = this.#problem !== null && this.row.enabled && this.#nextStart > Date.now()
    return {
      ...spec,
      env: Object.keys(env),
      workers: this.members.map(({ pid, worker, isStopping, startedAt }) => ({
        pid,
        worker,
        state: isStopping ? 'stopping' : worker === null ? 'starting' : 'connected',
        startedAt: new Date(startedAt).toISOString(),
      })),
      queued: this.#queued,
      problem: this.#problem,
      nextStart: isWaiting ? new Date(this.#nextStart).toISOString() : null,
    }
  }

  logs(lines: number): string[] {
    return tailOf(logOf(this.#parts.folder, this.row.name), lines)
  }

  /** Looks at what waits and what runs, and does what follows. */
  look({ workers, demand }: View, now: number): void {
    if (this.#isClosed) return
    for (const member of this.members) {
      if (!member.isChild && !isAlive(member.identity)) this.#gone(member, 'it ended while nobody watched')
    }
    this.#recognise(workers)
    this.#count(demand, now)
    if (!this.row.enabled) return
    this.#stopIdle(workers, now)
    if (this.#wantsMore(now)) void this.#start()
  }

  enable(enabled: boolean): void {
    this.row.enabled = enabled
    this.#failures = 0
    this.#nextStart = 0
    this.#problem = null
    this.#parts.save()
    if (!enabled) this.leave()
  }

  /** Its workers finish what they run and end. */
  leave(): void {
    for (const member of this.members) {
      if (member.isStopping) continue
      member.isStopping = true
      signalMember(member, 'SIGTERM')
    }
  }

  /** Starts nothing more. */
  close(): void {
    this.#isClosed = true
  }

  /** Finds its processes among the workers that are connected. */
  #recognise(workers: readonly Worker[]): void {
    const own = workers.filter(({ pool, workspace }) => pool === this.row.name && workspace === this.row.workspace)
    for (const worker of own) {
      const taken = this.members.find((member) => member.worker === worker.id)
      // What stands between, e.g. a shell, has another number: then it is the oldest that was not seen yet.
      const fresh = this.members.filter((member) => member.worker === null)
      const member = taken ?? this.#members.get(worker.pid) ?? fresh[0]
      if (member === undefined) continue
      if (member.worker === null) {
        this.#failures = 0
        this.#problem = null
      }
      member.worker = worker.id
    }
    const hosts = [...new Set([...this.row.hosts, ...own.flatMap((worker) => Object.keys(worker.hosts))])].sort()
    if (hosts.length === this.row.hosts.length) return
    this.row.hosts = hosts
    this.#parts.save()
  }

  #count(demand: readonly CodeDemand[], now: number): void {
    const { workspace, hosts, tags } = this.row
    const mine = demand.filter(
      (one) =>
        one.workspace === workspace &&
        // Until its workers were seen nobody knows what they host: one look will tell.
        (hosts.length === 0 || hosts.includes(one.module)) &&
        one.requires.every((tag) => tags.includes(tag)),
    )
    this.#queued = mine.reduce((sum, { count }) => sum + count, 0)
    if (this.#queued === 0) this.#queuedSince = null
    else this.#queuedSince ??= now
  }

  #wantsMore(now: number): boolean {
    if (this.#isStarting || now < this.#nextStart) return false
    const active = this.members.filter(({ isStopping }) => !isStopping)
    if (active.length < this.row.min) return true
    if (this.#queuedSince === null || active.length >= this.row.max) return false
    if (active.some(({ worker }) => worker === null)) return false
    return active.length === 0 || now - this.#queuedSince >= PATIENCE_MS
  }

  #stopIdle(workers: readonly Worker[], now: number): void {
    let spare = this.members.filter(({ isStopping }) => !isStopping).length - this.row.min
    for (const member of this.members) {
      const worker = workers.find(({ id }) => id === member.worker)
      if (worker === undefined || worker.busy > 0 || this.#queued > 0) {
        member.idleSince = null
        continue
      }
      member.idleSince ??= now
      if (member.isStopping || spare <= 0 || now - member.idleSince < this.row.idleStopMs) continue
      spare -= 1
      member.isStopping = true
      this.#parts
        .drain(worker.id)
        .catch((error: unknown) => this.#parts.note(`pool ${this.row.name}: ${messageOf(error)}`))
    }
  }

  async #start(): Promise<void> {
    this.#isStarting = true
    try {
      const command = await this.#parts.command(this.row)
      if (this.#isClosed || !this.row.enabled) return
      const { member, child } = await startMember(command, logOf(this.#parts.folder, this.row.name))
      this.#members.set(member.pid, member)
      this.#saveMembers()
      this.#watch(member, child)
    } catch (error) {
      this.#failed(sentenceOf(error))
    } finally {
      this.#isStarting = false
    }
  }

  #watch(member: Member, child: ChildProcess): void {
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.#members.get(member.pid) !== member) return
      if (code === 0) this.#gone(member, null)
      else this.#gone(member, signal === null ? `it ended with ${code}` : `it was ended by ${signal}`)
    }
    child.once('exit', ended)
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode)
  }

  /** @param why null when it ended in order */
  #gone(member: Member, why: string | null): void {
    this.#members.delete(member.pid)
    this.#saveMembers()
    if (member.isStopping || this.#isClosed) return
    if (why !== null) return this.#failed(`A worker failed: ${why}. ${this.#said()}`.trim())
    // It left by itself, e.g. because a person let it: the next one is not in a hurry.
    this.#nextStart = Date.now() + FIRST_WAIT_MS
  }

  #said(): string {
    const last = this.logs(QUOTED_LINES).join('\n').trim()
    return last === '' ? 'It has written nothing.' : `The last that it wrote: ${last}`
  }

  #failed(problem: string): void {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures)
    this.#failures += 1
    this.#problem = problem
    this.#nextStart = Date.now() + wait
    this.#parts.note(`pool ${this.row.name}: ${problem} (tried again in ${wait / 1000} s)`)
  }

  #saveMembers(): void {
    this.row.members = this.members.map(({ identity, startedAt }) => ({ ...identity, startedAt }))
    this.#parts.save()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function sentenceOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return `A worker cannot be started: ${messageOf(error)}.`
  const { fix } = error.context
  return fix === undefined ? `${error.message}.` : `${error.message}: ${fix}`
}
