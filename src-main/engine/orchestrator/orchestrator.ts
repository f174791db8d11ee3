import type { CodeCalls, Executor, Report } from '../executors/index.ts'
import type { IdempotencyRow, JournalEntry, ProjectStorage } from '../storage/index.ts'
import { ModuleRegistry, type Targets } from '../targets/index.ts'
import { type Plan, planOf, type StepResources } from '../workflows/index.ts'
import { createBatchBuilder } from './batch.ts'
import type { Clock } from './clock.ts'
import { createCodeCalls } from './code/code-calls.ts'
import { Waiters } from './code/waiters.ts'
import {
  apply,
  type Command,
  chainOf,
  createState,
  type Effect,
  type Event,
  forget,
  handle,
  isAsked,
  isSameClaim,
  nameOfWorkspace,
  type RunState,
  recover,
  restore,
  type State,
  violations,
} from './core/index.ts'
import type { Lack, Machine } from './machine.ts'
import { Outward } from './outward.ts'
import { createResolver } from './resolve.ts'
import type { Secrets } from './secrets.ts'
import type { Values } from './values.ts'
import { treeOf } from './workspaces.ts'

export interface OrchestratorParts {
  readonly project: string
  readonly runsFolder: string
  readonly storage: ProjectStorage
  readonly values: Values
  readonly secrets: Secrets
  readonly clock: Clock
  readonly capacity: StepResources
  /** What this project shares with the others */
  readonly machine: Machine
  /** By name; called with the function that takes their reports, and with what code that runs may ask */
  readonly executors: (report: (report: Report) => void, calls: CodeCalls) => ReadonlyMap<string, Executor>
  readonly imageDigest: (image: string) => Promise<string | null>
  readonly newRunId: () => string
  /** Called after each commit with what it wrote */
  readonly published: (entries: readonly JournalEntry[]) => void
  /** Something broke that no caller hears of */
  readonly failed: (error: unknown) => void
}

/** setTimeout takes no more; a later timer is looked at again then. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/** How often the machine's clock is compared with ours, in ms. */
const CLOCK_CHECK_MS = 5_000
/** How long a command waits for another one with which it is written down, in ms. */
const LEISURE_MS = 10

/** How many decisions are made while no other project can: a few milliseconds' worth. */
const TOGETHER = 128

interface Pending {
  readonly command: Command
  readonly idempotency: IdempotencyRow | null
  readonly done: (() => void) | null
  readonly refuse: ((error: unknown) => void) | null
}

/**
 * The turn loop of one project: takes the commands that are ready, lets the core decide, commits once, and only then
 * starts work and answers callers. Commands that come while a commit runs wait for the next turn.
 */
export class Orchestrator {
  readonly state: State
  /** Modules that workers registered */
  readonly targets: Targets
  /** Code that waits for what it called */
  readonly waiters = new Waiters()
  private readonly parts: OrchestratorParts
  private readonly batch
  private readonly resolver
  private readonly outward: Outward
  /** Ended runs that somebody looks at, with how many do: they stay in memory meanwhile */
  private readonly held = new Map<string, number>()
  private inbox: Pending[] = []
  private settling: (() => void)[] = []
  private busy = false
  private isAlone = false
  private scheduled = false
  private closed = false
  private timer: NodeJS.Timeout | null = null
  private leisure: NodeJS.Timeout | null = null
  private readonly clockTimer: NodeJS.Timeout

  constructor(parts: OrchestratorParts, epoch: number) {
    this.parts = parts
    this.state = createState(epoch, parts.capacity)
    this.targets = new ModuleRegistry({
      storage: parts.storage,
      chainOf: (workspace) => chainOf(this.state, workspace),
      now: parts.clock.now,
    })
    this.batch = createBatchBuilder(this.state, parts.values)
    this.resolver = createResolver({
      state: this.state,
      values: parts.values,
      storage: parts.storage,
      now: parts.clock.now,
      newRunId: parts.newRunId,
      runOf: (id) => this.withRun(id, (run) => run),
      imageDigest: parts.imageDigest,
      targets: this.targets,
    })
    const { values, secrets } = parts
    this.outward = new Outward({
      ...parts,
      workspaceName: (id) => nameOfWorkspace(this.state, id),
      waiters: this.waiters,
      tell: (command) => this.tell(command),
      tellWithNext: (command) => this.tellWithNext(command),
      executors: (report) => parts.executors(report, createCodeCalls({ orchestrator: this, values, secrets })),
    })
    this.clockTimer = setInterval(() => this.checkClock(), CLOCK_CHECK_MS)
    this.clockTimer.unref()
    parts.machine.onRoom(() => this.tell({ type: 'room' }))
  }

  /** What executors say about executions that have not started, by token; not journalled */
  get progress(): ReadonlyMap<string, string> {
    return this.outward.progress
  }

  /** Replays the active runs and takes back what still lives. */
  async recover(): Promise<void> {
    const { storage } = this.parts
    const entries: JournalEntry[] = []
    for (const id of await storage.activeRuns()) {
      const plan = await this.loadPlan(id)
      if (plan !== null) this.state.plans.set(plan.digest, plan)
      entries.push(...(await storage.journal(id, 0)))
    }
    // Parent and child write about each other: their events are replayed in the order in which they were decided.
    entries.sort((a, b) => a.cursor - b.cursor)
    for (const entry of entries) for (const event of JSON.parse(entry.events) as Event[]) apply(this.state, event)
    this.state.fresh.clear()
    this.state.workspaces = treeOf(await storage.workspaces())
    this.decide(() => recover(this.state, this.parts.clock.now()))
    this.wake()
  }

  /** Puts a run that has ended back into memory while `act` looks at it or opens it again; null when there is none. */
  async withRun<T>(id: string, act: (run: RunState | null) => T | Promise<T>): Promise<T> {
    this.held.set(id, (this.held.get(id) ?? 0) + 1)
    try {
      await this.load(id)
      return await act(this.state.runs.get(id) ?? null)
    } finally {
      const others = (this.held.get(id) ?? 1) - 1
      if (others > 0) this.held.set(id, others)
      else this.held.delete(id)
      this.forgetEnded(id)
    }
  }

  private async load(id: string): Promise<void> {
    if (this.state.runs.has(id)) return
    const entries = await this.parts.storage.journal(id, 0)
    const plan = entries.length === 0 ? null : await this.loadPlan(id)
    if (plan === null || this.state.runs.has(id)) return
    restore(
      this.state,
      plan,
      entries.flatMap((entry) => JSON.parse(entry.events) as Event[]),
    )
  }

  private forgetEnded(id: string): void {
    if (!this.held.has(id) && this.state.runs.get(id)?.finished != null) forget(this.state, id)
  }

  /** Hands a command to the core; resolves when what it decided is on disk. */
  post(command: Command, idempotency: IdempotencyRow | null = null): Promise<void> {
    if (this.closed) return Promise.reject(new Error('the orchestrator has stopped'))
    return new Promise((done, refuse) => {
      this.inbox.push({ command, idempotency, done, refuse })
      this.wake()
    })
  }

  /** Resolves when what the state holds is on disk. */
  settled(): Promise<void> {
    return this.busy ? new Promise((resolve) => this.settling.push(resolve)) : Promise.resolve()
  }

  /** The same for commands that nobody waits for. */
  tell(command: Command): void {
    if (this.closed) return
    this.inbox.push({ command, idempotency: null, done: null, refuse: null })
    this.wake()
  }

  /** The same for what need not be on disk at once: waits a little for a command that must. Commands stay in their order. */
  private tellWithNext(command: Command): void {
    if (this.closed) return
    this.inbox.push({ command, idempotency: null, done: null, refuse: null })
    this.leisure ??= setTimeout(() => {
      this.leisure = null
      if (this.inbox.length > 0) this.wake()
    }, LEISURE_MS)
  }

  async close(): Promise<void> {
    this.closed = true
    if (this.leisure !== null) clearTimeout(this.leisure)
    if (this.timer !== null) clearTimeout(this.timer)
    clearInterval(this.clockTimer)
    this.parts.machine.close()
    // First the turn: what it still starts, executors must hear of before they stop watching.
    while (this.busy) await new Promise((resolve) => setImmediate(resolve))
    this.refuse(this.inbox, new Error('the orchestrator has stopped'))
    this.inbox = []
    await this.outward.close()
  }

  /** Faults in the state, as sentences; for tests and the doctor. */
  check(): string[] {
    return violations(this.state)
  }

  private wake(): void {
    if (this.scheduled || this.busy) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      if (!this.busy && !this.closed) void this.turn()
    })
  }

  private async turn(): Promise<void> {
    this.busy = true
    const taken = this.inbox
    this.inbox = []
    try {
      for (let from = 0; from < taken.length; from += TOGETHER) {
        this.alone(() => {
          for (const { command, idempotency } of taken.slice(from, from + TOGETHER)) {
            this.run(command)
            if (idempotency !== null) this.batch.remember(idempotency)
          }
        })
      }
      const outward = this.resolveReady()
      const ended = await this.commit()
      for (const { done } of taken) done?.()
      for (const effect of outward) this.outward.perform(effect)
      for (const id of ended) this.forgetEnded(id)
    } catch (error) {
      // The state in memory is ahead of the disk now: only a new start from the journal is safe.
      this.closed = true
      this.refuse(taken, error)
      this.refuse(this.inbox, error)
      this.inbox = []
      this.parts.failed(error)
    } finally {
      this.busy = false
      for (const resolve of this.settling.splice(0)) resolve()
    }
    if (this.closed) return
    this.arm()
    if (this.inbox.length > 0) this.wake()
  }

  private refuse(pending: readonly Pending[], error: unknown): void {
    for (const { refuse } of pending) refuse?.(error)
  }

  private run(command: Command): void {
    this.decide(() => handle(this.state, command, this.parts.clock.now()))
  }

  private decide(events: () => Event[]): void {
    if (this.isAlone) this.batch.add(events())
    else this.alone(() => this.batch.add(events()))
  }

  /** Looks at the other projects and books once for several decisions: at 10,000 calls each would cost more than the decision. */
  private alone(decisions: () => void): void {
    const { state } = this
    this.parts.machine.alone((others, claim) => {
      if (hasLess(others, state.others) || !isSameClaim(claim, state.claim)) state.stirred = true
      state.others = others
      state.claim = claim
      const before = state.nextToken
      this.isAlone = true
      try {
        decisions()
      } finally {
        this.isAlone = false
      }
      return { used: state.used, wants: state.queue.size > 0, lacks: lacksOf(state), served: state.nextToken > before }
    })
  }

  /** Answers units whose values are in memory within the turn; the others when they are loaded. Returns what is left. */
  private resolveReady(): Effect[] {
    const outward: Effect[] = []
    while (this.state.effects.length > 0) {
      const effects = this.state.effects
      this.state.effects = []
      for (let from = 0; from < effects.length; from += TOGETHER) {
        this.alone(() => {
          for (const effect of effects.slice(from, from + TOGETHER)) {
            if (effect.type === 'resolve') {
              if (isAsked(effect)) this.answer(this.resolver.unit(effect.unit))
            } else if (effect.type === 'resolveRun') this.answer(this.resolver.run(effect.run))
            else outward.push(effect)
          }
        })
      }
    }
    return outward
  }

  private answer(command: Command | Promise<Command>): void {
    if (!(command instanceof Promise)) return this.run(command)
    command.then((ready) => this.tell(ready)).catch((error: unknown) => this.parts.failed(error))
  }

  private async commit(): Promise<string[]> {
    const now = this.parts.clock.now()
    if (this.batch.size === 0 && now < (this.batch.rowsDueAt ?? Number.POSITIVE_INFINITY)) return []
    const { batch, ended } = this.batch.build(now)
    const committed = this.parts.storage.commit(batch)
    const cursors = committed instanceof Promise ? await committed : committed
    this.parts.published(batch.entries.map((entry, index) => ({ ...entry, cursor: cursors[index] ?? 0 })))
    return ended
  }

  private arm(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    const next = Math.min(...[this.state.timers.next(), this.batch.rowsDueAt].filter((at) => at !== null))
    if (next === Number.POSITIVE_INFINITY) return
    const wait = Math.min(LONGEST_TIMEOUT_MS, Math.max(0, next - this.parts.clock.now()))
    this.timer = setTimeout(() => this.tell({ type: 'tick' }), wait)
  }

  private checkClock(): void {
    const byMs = this.parts.clock.check()
    if (byMs > 0) this.tell({ type: 'clock.jumped', byMs })
  }

  private async loadPlan(run: string): Promise<Plan | null> {
    const row = await this.parts.storage.run(run)
    if (row === null) return null
    const known = this.state.plans.get(row.plan)
    if (known !== undefined) return known
    const workflow = await this.parts.storage.workflowByDigest(row.plan)
    if (workflow === null) throw new Error(`the workflow version ${row.plan} of run ${run} is missing`)
    return planOf(workflow)
  }
}

/** What is still in the queue of what found no room in the last round. */
function lacksOf({ lacks }: State): Lack | null {
  if (lacks === null) return null
  const { next, least } = lacks
  if (next.phase !== 'queued' || least.phase !== 'queued') return null
  return { next: next.step.resources, least: least.step.resources }
}

const hasLess = (now: StepResources, before: StepResources): boolean =>
  now.cpus < before.cpus || now.memoryBytes < before.memoryBytes || now.gpus < before.gpus
