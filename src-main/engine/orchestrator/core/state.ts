import type { Failure, Usage } from '../../../../src-shared/contract/index.ts'
import type { WorkerOffer } from '../../executors/index.ts'
import type { Plan, PlanStep, StepResources } from '../../workflows/index.ts'
import type { Claim } from './claim.ts'
import type { ExecutionFinished, Keep, Trigger, ValueRef } from './events.ts'
import { createTimers, type Timers } from './timers.ts'
import type { Workspace } from './workspace.ts'

/**
 * Where a unit (a step, or an item of a fan-out) stands.
 *
 *   blocked ─▶ ready ─▶ queued ─▶ dispatched ─▶ running ─▶ done
 *                │  ▲               └── cancelling ──┘ │
 *                │  └────────── retry ◀───────────────┘
 *                ├─▶ items      a fan-out: its items run, it waits for them
 *                ├─▶ sleeping │ approval │ child │ cachePending │ following ─▶ done
 *                ├─▶ suspended ─▶ ready: its execution gave up its process until other steps have ended
 *                └─▶ done       skipped, cached, or it could not be resolved
 *
 * `ready`, `queued` and `cachePending` exist only in memory: `ready` waits for the edge to resolve its expressions,
 * `queued` for room, `cachePending` for another execution with the same cache key. They follow from the rest and are not
 * journalled; after a restart such a unit is ready again.
 */
export type Phase =
  | 'blocked'
  | 'ready'
  | 'queued'
  | 'dispatched'
  | 'running'
  | 'cancelling'
  | 'retry'
  | 'items'
  | 'sleeping'
  | 'approval'
  | 'child'
  | 'cachePending'
  | 'suspended'
  | 'following'
  | 'done'

export type Outcome = 'succeeded' | 'cached' | 'skipped' | 'failed' | 'cancelled'

export interface ExecutionState {
  readonly attempt: number
  /** Of the run; see `RunState.rounds` */
  readonly round: number
  /** Identifier of the workspace that it runs in, and that its result belongs to */
  readonly workspace: string
  readonly token: string
  readonly executor: string
  readonly dispatchedAt: number
  startedAt: number | null
  finishedAt: number | null
  detail: string | null
  /** Null while it runs */
  status: ExecutionFinished['status'] | 'cached' | null
  /** Why it is being ended, once that was ordered */
  cancelling: 'timeout' | 'cancel' | null
  adopted: number
  error: Failure | null
  exitCode: number | null
  signal: string | null
  usage: Usage | null
  readonly cache: CacheState | null
  /** The values that its command was given; null for none, and for a cached one */
  readonly inputs: ValueRef | null
  /** For a cached one: the execution whose result it took */
  readonly source: string | null
  /** Executor `worker`: the session that it was given to */
  readonly worker: string | null
  /** For `suspended`: keys of the units that it waits for */
  awaits: ExecutionFinished['awaits'] | null
  /** Files that it recorded under names, in the order in which it did; null for none */
  assets: ValueRef[] | null
  /** What it called, by the number of the request: a request that is repeated gets the same answer */
  calls: Map<number, Unit[]> | null
  /** What it finds of attempts before it: all that they called, or what succeeded; null when it starts from nothing */
  readonly resumed: 'all' | 'succeeded' | null
  /** What is left of that, by {@link CallState.key}; null when it starts from nothing, and when it has ended */
  inherited: Map<string, Unit[]> | null
  /** It waits for steps that it called: its place at the worker is free meanwhile. In memory only */
  waiting: boolean
}

/** How a unit came to be that an execution called. */
export interface CallState {
  /** The execution that called it */
  readonly token: string
  readonly by: Unit
  readonly attempt: number
  /** When it was called, ms since 1970 */
  readonly at: number
  /** Calls between it and the plan's step */
  readonly depth: number
  readonly args: ValueRef
  /** Target and arguments: what makes two calls the same */
  readonly key: string
  /** Units that its arguments refer to, each once */
  readonly refs: readonly Unit[]
  readonly memo: string | null
  readonly defer: string | null
  readonly group: string | null
  /** Other executions that were given it instead of a step of their own */
  readonly links: { readonly token: string; readonly by: Unit; readonly attempt: number }[]
}

/** What a suspended unit waits for, besides its time. */
export interface ResumeOn {
  readonly steps: readonly Unit[]
  readonly mode: 'any' | 'all'
}

export interface CacheState {
  readonly key: string
  readonly parts: Readonly<Record<string, string>> | null
  readonly reason: string | null
}

/** What the edge found out about a unit before it may run. In memory only. */
export interface Resolved {
  readonly inputs: ValueRef | null
  readonly concurrencyKey: string | null
  readonly cache: CacheState | null
}

export interface Unit {
  readonly run: RunState
  /** Of a target: bound to a version when it becomes ready first, and by a re-run */
  step: PlanStep
  readonly index: number | null
  /** The fan-out that it is an item of */
  readonly parent: Unit | null
  /** Identifier of the workspace that it ran in last, or is to run in: at first the run's */
  workspace: string
  phase: Phase
  outcome: Outcome | null
  outputs: ValueRef | null
  error: Failure | null
  /** Needs that have not ended */
  missing: number
  readonly executions: ExecutionState[]
  /** Failed attempts since the unit was created or reset; losses are counted apart */
  failures: number
  losses: number
  /** Set by a manual re-run: the cache is not asked */
  skipCache: boolean
  resolved: Resolved | null
  /** Phase `queued`: where it stands in the queue. Entries that it left behind elsewhere mean nothing. In memory only */
  group: ReadyGroup | null
  /** Renewed when it becomes ready or is reset, from `state.nextGeneration`: an answer to an older question is ignored */
  generation: number
  readyAt: number
  /** When it was expanded or began to wait for a time, a person or a child; null for a unit that is executed */
  beganAt: number | null
  /** When it ended without an execution */
  endedAt: number | null
  /** Round of the run in which it was opened last */
  round: number
  /** Its times without executions (`beganAt` to `endedAt`) in rounds before */
  earlier: readonly Span[]
  /** Phase `sleeping` and `retry`: when it goes on */
  wakeAt: number | null
  /** Phase `approval`: what is asked */
  message: string | null
  skipReason: string | null
  /** Phase `child` and after */
  child: string | null
  /** Phase `cachePending`: key, and execution that is waited for */
  awaits: { readonly key: string; readonly source: string; readonly workspace: string } | null
  fanOut: FanOut | null
  /** By index, items of all expansions before a re-run: their attempts are carried over */
  former: readonly Unit[]
  /** It holds the calls of one target: its items come one by one, and decide about nothing but themselves */
  readonly grows: boolean
  /** Null for a unit of the plan, and for what holds calls */
  readonly call: CallState | null
  /** Calls whose arguments refer to it; null for none */
  referrers: Unit[] | null
  /** Suspended units that wait for it, and calls that it stands in for; also those that once did. Null for none */
  watchers: Set<Unit> | null
  /** Phase `suspended` */
  resumeOn: ResumeOn | null
  /** Phase `following` and after: the newer call that stands in its place */
  follows: Successor | null
  /** Its delay before the first attempt is over or under way */
  delayed: boolean
  /** It is to end: it alone was cancelled, not its run */
  ending: boolean
  /** Who cancelled it alone, and not its run; null when nobody did */
  endedBy: string | null
  /** It is to run again as soon as its execution, or the run of its own, has ended, in this workspace */
  again: string | null
  /** What the next attempt finds of those before it; null when it starts from nothing */
  resumes: 'all' | 'succeeded' | null
}

/** Where the newer call is: in a run that may leave memory before this one's. */
export interface Successor {
  readonly run: string
  readonly step: string
  readonly index: number
}

export interface Span {
  readonly round: number
  readonly from: number
  readonly to: number
  readonly outcome: Outcome
}

export interface FanOut {
  readonly items: ValueRef
  readonly units: Unit[]
  /** Items that hold an execution: bounded by maxParallel */
  active: number
  done: number
  failed: number
  /** An item has failed since the list was expanded or opened again */
  lost: boolean
  /** An item was lost and the rule is to fail: nothing more is started */
  failing: boolean
}

export interface RunState {
  readonly id: string
  readonly workflow: string
  readonly version: number
  readonly plan: Plan
  /** Identifier of the workspace that it was started in */
  readonly workspace: string
  /** Identifiers of the workspaces that it was run again in, each once, the last one last; none when all was in its own */
  rerunIn: readonly string[]
  readonly params: ValueRef
  readonly secrets: readonly string[]
  readonly priority: number
  readonly trigger: Trigger
  readonly parent: { readonly run: string; readonly step: string; readonly index?: number } | null
  readonly keep: Keep | null
  readonly createdAt: number
  /** Of the round that goes on, or was the last */
  startedAt: number | null
  finishedAt: number | null
  /** Rounds that ended before a re-run opened the run again: the pauses between them are nobody's work */
  readonly rounds: { readonly startedAt: number | null; readonly finishedAt: number }[]
  finished: 'succeeded' | 'failed' | 'cancelled' | null
  cancelling: { readonly by: string; readonly reason: string | null } | null
  outputs: ValueRef | null
  error: Failure | null
  /** By name, in the plan's order */
  readonly steps: Map<string, Unit>
  /** Steps that have not ended */
  open: number
  /** Executions that are dispatched: the measure of fairness between runs */
  active: number
  /** Units that are ready or queued */
  waiting: number
  /** Definitions of what was called, in the order of their first use */
  readonly variants: PlanStep[]
  /** Calls that may be found again, newest last, by their memo key */
  readonly memos: Map<string, Unit[]>
  /** Versions of modules that the run is pinned to */
  readonly modules: Map<string, number>
  /** How many calls were made */
  calls: number
}

/** Units of one step of one run that are ready to run: they ask for the same resources, so they share a fate. */
export interface ReadyGroup {
  readonly run: RunState
  readonly step: PlanStep
  readonly units: Unit[]
  /** Index of the first unit that is still in the queue */
  head: number
}

export type Effect =
  /** Evaluate condition, items and inputs of a ready unit, then answer with `unit.resolved`. */
  | { readonly type: 'resolve'; readonly unit: Unit; readonly generation: number }
  /** Evaluate the outputs of a run whose steps have all ended, then answer with `run.resolved`. */
  | { readonly type: 'resolveRun'; readonly run: RunState }
  | { readonly type: 'start'; readonly unit: Unit; readonly execution: ExecutionState }
  | { readonly type: 'adopt'; readonly unit: Unit; readonly execution: ExecutionState }
  | { readonly type: 'kill'; readonly unit: Unit; readonly execution: ExecutionState }
  /** What was called has ended, for those that wait for it */
  | { readonly type: 'ended'; readonly unit: Unit }
  /** The end of an execution was recorded: what the executor kept for it may go. */
  | { readonly type: 'release'; readonly executor: string; readonly token: string }

/** A worker's session, as far as dispatch has to know it. In memory only: it follows from connections. */
export interface WorkerState {
  readonly offer: WorkerOffer
  /** Places that are taken: processes, and turns in the shared one */
  used: number
  shared: number
}

export interface FreshResult {
  readonly workspace: string
  readonly source: string
  readonly outputs: ValueRef
  readonly at: number
}

/** The active runs of one project, and what they wait for. Owned by one orchestrator; advanced by `apply` alone. */
export interface State {
  epoch: number
  nextToken: number
  /** One sequence for all units: a run that left memory and came back never asks under an old number */
  nextGeneration: number
  capacity: StepResources
  /** What other projects have set aside of it, as far as is known */
  others: StepResources
  /** What another project waits for that goes before this one; null when none does */
  claim: Claim | null
  /** The first unit in order that found no room, and the smallest one; not replayed */
  lacks: { readonly next: Unit; readonly least: Unit } | null
  used: { cpus: number; memoryBytes: number; gpus: number }
  readonly runs: Map<string, RunState>
  /** Plans of the runs, by digest: put here before `run.created` is applied */
  readonly plans: Map<string, Plan>
  /** Executions that are out, by token */
  readonly executions: Map<string, { readonly unit: Unit; readonly execution: ExecutionState }>
  /** Executors that cannot take jobs now, with the reason */
  readonly unavailable: Map<string, string>
  /** The tree of workspaces, by identifier */
  workspaces: ReadonlyMap<string, Workspace>
  /** By public name */
  readonly workers: Map<string, WorkerState>
  /** Calls that a newer one with the same key would replace, by workspace and key */
  readonly deferrals: Map<string, Unit>
  /** Executions that are out, by concurrency key */
  readonly concurrency: Map<string, number>
  /** Something changed since the last round of scheduling that may let a queued unit go */
  stirred: boolean
  /** The unit that free room is kept for, because it was passed over for too long */
  reserved: Unit | null
  /** By `run/step` */
  readonly queue: Map<string, ReadyGroup>
  readonly timers: Timers<Unit>
  /** Number of timers at which those that mean nothing any more are dropped; grows and shrinks with what is alive */
  pruneTimersAt: number
  /** Units that run with a cache key, newest last, by key: their result is a hit that is still pending */
  readonly producers: Map<string, Unit[]>
  /** Units that wait for a producer, by key */
  readonly awaiting: Map<string, Unit[]>
  /** Results of this process's lifetime that are younger than the cache table's reader may see, by workspace and key; bounded */
  readonly fresh: Map<string, FreshResult>
  /** Units and runs whose surroundings changed: `handle` asks each what follows, until none is left */
  followUps: (Unit | RunState)[]
  /** What the turn has ordered; the shell takes it after the commit (`resolve` before it) */
  effects: Effect[]
}

export function createState(epoch: number, capacity: StepResources): State {
  return {
    epoch,
    nextToken: 1,
    nextGeneration: 1,
    capacity,
    others: { cpus: 0, memoryBytes: 0, gpus: 0 },
    claim: null,
    lacks: null,
    used: { cpus: 0, memoryBytes: 0, gpus: 0 },
    runs: new Map(),
    plans: new Map(),
    executions: new Map(),
    unavailable: new Map(),
    workspaces: new Map(),
    workers: new Map(),
    deferrals: new Map(),
    concurrency: new Map(),
    stirred: true,
    reserved: null,
    queue: new Map(),
    timers: createTimers(),
    pruneTimersAt: 0,
    producers: new Map(),
    awaiting: new Map(),
    fresh: new Map(),
    followUps: [],
    effects: [],
  }
}
