import type { Failure, Json, Usage } from '../../../../src-shared/contract/index.ts'
import type { PlanStep } from '../../workflows/index.ts'

/** A JSON value, or the blob that holds it as JSON text when it is over {@link INLINE_BYTES}. */
export type ValueRef = { readonly json: Json } | { readonly blob: string; readonly size: number }

/** Values above this size go to the blob store, so that the journal stays small. */
export const INLINE_BYTES = 200

export const EMPTY: ValueRef = { json: {} }

/** What triggered a run. */
export type Trigger = 'manual' | 'parent' | 'rerun'

interface OfRun {
  readonly run: string
  /** ms since 1970, steady (never goes back) */
  readonly at: number
}
interface OfUnit extends OfRun {
  readonly step: string
  /** Item of a fan-out, from 0 */
  readonly index?: number
}

export interface RunCreated extends OfRun {
  readonly type: 'run.created'
  readonly workflow: string
  readonly version: number
  readonly plan: string
  readonly workspace: string
  readonly params: ValueRef
  /** Names of the parameters whose values are secret: they are kept beside the run, not in the journal */
  readonly secrets: readonly string[]
  readonly priority: number
  readonly trigger: Trigger
  readonly parent: { readonly run: string; readonly step: string; readonly index?: number } | null
  readonly keep?: Keep
}

/** An earlier run, and the steps whose results are taken over from it. */
export interface Keep {
  readonly run: string
  readonly steps: readonly string[]
}

export interface RunCancelling extends OfRun {
  readonly type: 'run.cancelling'
  readonly by: string
  readonly reason: string | null
}

export interface RunReopened extends OfRun {
  readonly type: 'run.reopened'
  readonly by: string
  /** Whole steps that run again */
  readonly steps: readonly string[]
  /** Identifier of the workspace that they run in; the run's when absent */
  readonly workspace?: string
  /** Items that run again, by the name of their fan-out; the other items keep their results */
  readonly items: Readonly<Record<string, readonly number[]>>
  /** Steps that called others find those that succeeded */
  readonly keepCalls?: true
}

export interface RunFinished extends OfRun {
  readonly type: 'run.finished'
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  readonly outputs: ValueRef | null
  readonly error: Failure | null
}

export interface StepExpanded extends OfUnit {
  readonly type: 'step.expanded'
  readonly count: number
  /** The list of items */
  readonly items: ValueRef
}

export interface StepWaiting extends OfUnit {
  readonly type: 'step.waiting'
  readonly for: 'time' | 'approval' | 'child'
  /** For `child`: the run that was started */
  readonly child?: string
  /** For `time` */
  readonly until?: number
  /** For `approval` */
  readonly message?: string
}

export interface StepSkipped extends OfUnit {
  readonly type: 'step.skipped'
  readonly reason: string
}

export interface StepCached extends OfUnit {
  readonly type: 'step.cached'
  readonly attempt: number
  readonly key: string
  readonly source: string
  readonly outputs: ValueRef
}

/** A step has ended that had no execution of its own: a fan-out, a pause, an approval, a child, or a failed resolution. */
export interface StepFinished extends OfUnit {
  readonly type: 'step.finished'
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  readonly outputs?: ValueRef
  readonly error?: Failure
  /** Who answered an approval */
  readonly by?: string
}

/** A target is bound to a version of its module, with the rules of its manifest: the step's definition from now on. */
export interface StepBound extends OfUnit {
  readonly type: 'step.bound'
  readonly definition: PlanStep
}

/**
 * An execution called a target, a workflow or a person: an item of the step that holds the calls of that target. The step is made
 * with the first.
 */
export interface StepCalled extends OfRun {
  readonly type: 'step.called'
  readonly step: string
  readonly index: number
  /** The execution that called, and the number of its request */
  readonly token: string
  readonly request: number
  /** Position in the run's list of definitions; `definition` is there when it is new */
  readonly variant: number
  readonly definition?: PlanStep
  readonly args: ValueRef
  /** Keys of the units that the arguments refer to */
  readonly refs?: readonly string[]
  readonly memo?: string
  readonly defer?: string
  readonly group?: string
}

/** A call was answered with a step that is there: an edge, and no step. */
export interface StepLinked extends OfUnit {
  readonly type: 'step.linked'
  readonly token: string
  readonly request: number
}

/** A newer call stands in the place of this one. */
export interface StepDeferred extends OfUnit {
  readonly type: 'step.deferred'
  readonly to: { readonly run: string; readonly step: string; readonly index: number }
}

/** One unit is to end, not the whole run. */
export interface StepCancelling extends OfUnit {
  readonly type: 'step.cancelling'
  readonly by: string
}

/** One unit runs again, in a run that goes on. */
export interface StepReopened extends OfUnit {
  readonly type: 'step.reopened'
  readonly by: string
  /** Identifier of the workspace that it runs in; the one that it ran in last when absent */
  readonly workspace?: string
}

/** A fan-out has lost an item and ends: items that have not started are dropped, running ones are ended. */
export interface StepFailing extends OfUnit {
  readonly type: 'step.failing'
}

export interface ExecutionDispatched extends OfUnit {
  readonly type: 'execution.dispatched'
  readonly attempt: number
  readonly token: string
  readonly executor: string
  /** Identifier of the workspace that it runs in; the run's when absent */
  readonly workspace?: string
  readonly inputs?: ValueRef
  readonly cache?: { readonly key: string; readonly parts: Readonly<Record<string, string>>; readonly reason: string }
  readonly concurrencyKey?: string
  /** Executor `worker`: the session that it is given to */
  readonly worker?: string
  /** It finds calls of attempts before it: all of them, or those that succeeded */
  readonly resumed?: 'all' | 'succeeded'
}

export interface ExecutionStarted extends OfUnit {
  readonly type: 'execution.started'
  readonly token: string
  readonly detail: string
}

export interface ExecutionAdopted extends OfUnit {
  readonly type: 'execution.adopted'
  readonly token: string
}

export interface ExecutionCancelling extends OfUnit {
  readonly type: 'execution.cancelling'
  readonly token: string
  readonly reason: 'timeout' | 'cancel'
}

export interface ExecutionFinished extends OfUnit {
  readonly type: 'execution.finished'
  readonly token: string
  readonly status: 'succeeded' | 'failed' | 'timeout' | 'abandoned' | 'cancelled' | 'suspended'
  readonly outputs?: ValueRef
  readonly error?: Failure
  /** For `suspended`: keys of the units that it waits for, and the time at which it goes on at the latest */
  readonly awaits?: { readonly steps: readonly string[]; readonly mode: 'any' | 'all'; readonly until: number | null }
  readonly exitCode?: number
  readonly signal?: string
  readonly usage?: Usage
  /** It vanished with the machine or its launcher: not counted among the attempts that `retry.limit` bounds */
  readonly lost?: true
  /** Another attempt follows at this moment (after a success: it is recurrent); without it the step has ended with this attempt. */
  readonly retryAt?: number
}

/** Files that an execution made, under a name. */
export interface ExecutionAssets extends OfUnit {
  readonly type: 'execution.assets'
  readonly token: string
  readonly assets: ValueRef
}

/** A result came with a token that is not the current one. Kept for the record; nothing follows from it. */
export interface ExecutionStale extends OfRun {
  readonly type: 'execution.stale'
  readonly token: string
  readonly status: string
}

export type Event =
  | RunCreated
  | RunCancelling
  | RunReopened
  | RunFinished
  | StepExpanded
  | StepWaiting
  | StepSkipped
  | StepCached
  | StepFinished
  | StepFailing
  | StepBound
  | StepCalled
  | StepLinked
  | StepDeferred
  | StepCancelling
  | StepReopened
  | ExecutionDispatched
  | ExecutionStarted
  | ExecutionAdopted
  | ExecutionCancelling
  | ExecutionFinished
  | ExecutionAssets
  | ExecutionStale
