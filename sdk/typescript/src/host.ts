import { AsyncLocalStorage } from 'node:async_hooks'
import type { Json, LogLine, MetricValue, Mode, StepEnd, WireCall } from './protocol.ts'
import type { BlobStore } from './values/blob-store.ts'

/** What an execution asks of the world: a worker's engine, or a test. */
export interface Host {
  /** Makes calls; answers their steps. @throws EngineRefusal */
  submit(calls: WireCall[]): Promise<string[]>
  select(query: SelectQuery): Promise<{ steps: StepEnd[]; timedOut: boolean }>
  cancel(steps: string[]): Promise<void>
  secret(name: string): Promise<string>
  /** A text without the secrets that this execution has read */
  masked?(text: string): string
  /** Ends this attempt; it begins anew later. */
  suspend(steps: string[], mode: Mode, delayMs: number | null): void
  log(line: LogLine): void
  metric(value: MetricValue): void
  progress(done: number, total: number | null, text: string | null): void
  asset(name: string, value: Json): void
  readonly blobs: BlobStore
  /** Path of a target that no module names, where that is no mistake: in tests */
  nameOf?(target: object): string
}

export interface SelectQuery {
  readonly steps: string[]
  readonly mode: Mode
  /** Null waits without end; 0 asks how they stand */
  readonly timeoutMs: number | null
  readonly cancelRemaining: boolean
}

/** Where an execution is, for those who want to know. */
export interface ExecutionContext {
  /** `run:step:attempt` */
  readonly execution: string
  readonly run: string
  readonly step: string
  /** From 1 */
  readonly attempt: number
  readonly workspace: string
  /** `module/target` */
  readonly target: string
  /** An attempt before this one was suspended or lost: calls find its steps again */
  readonly resumed: boolean
  /** Set off when the execution is to end: cancelled or timed out */
  readonly signal: AbortSignal
}

/** One execution, as the functions of this package see it. */
export interface Execution {
  readonly context: ExecutionContext
  readonly host: Host
  readonly lane: CallLane
  readonly suspension: Suspension
}

/** Where calls queue until they are sent; see calls.ts. */
export interface CallLane {
  add(call: () => Promise<WireCall>): Promise<string>
  /** Sends what waits now, without waiting for the end of this turn of the loop. */
  flush(): void
  /** The code has met this refusal itself. */
  seen(error: unknown): void
  /** Resolves when all calls are on record. @throws the refusal of a call that nobody waits for */
  settled(): Promise<void>
}

/** Gathers what an execution waits for when it gives up its process; see waiting.ts. */
export interface Suspension {
  add(steps: readonly string[], mode: Mode): void
}

/** What surrounds a piece of code: the execution, and the blocks that it is in. */
export interface Scope extends Execution {
  readonly group: string | null
  /** Inside of `suspense`: how long to wait for results before the process is given up, in ms */
  readonly patienceMs: number | null
}

const SCOPES = Symbol.for('weir-sdk.scopes')
const shared = globalThis as { [SCOPES]?: AsyncLocalStorage<Scope> }
shared[SCOPES] ??= new AsyncLocalStorage<Scope>()
const scopes: AsyncLocalStorage<Scope> = shared[SCOPES]

export const scope = (): Scope | undefined => scopes.getStore()

export const runInScope = <T>(inner: Scope, body: () => T): T => scopes.run(inner, body)

/** @throws Error outside of executions */
export function scopeFor(what: string): Scope {
  const current = scopes.getStore()
  if (current !== undefined) return current
  throw new Error(
    `${what} works only while a workflow or task runs. Start it with a worker, or in a test with runTest from weir-sdk/testing; outside, use a Client.`,
  )
}

/** Where this execution is. @throws Error outside of executions */
export const context = (): ExecutionContext => scopeFor('context()').context
