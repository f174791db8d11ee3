import type { Failure, Usage } from '../../../../src-shared/contract/index.ts'
import type { WorkerOffer } from '../../executors/index.ts'
import type { Plan, PlanStep, StepResources } from '../../workflows/index.ts'
import type { Keep, Trigger, ValueRef } from './events.ts'
import type { FailureKind } from './retry.ts'
import type { Resolved } from './state.ts'
import type { Workspace } from './workspace.ts'

/** What reaches the core: wishes of people, answers of the edge, reports of executors, time. */
export type Command =
  | {
      readonly type: 'run.create'
      readonly run: string
      readonly workflow: string
      readonly version: number
      /** The plan itself: by the time the command is taken, the last run with the same plan may have left memory */
      readonly plan: Plan
      readonly workspace: string
      readonly params: ValueRef
      readonly secrets: readonly string[]
      readonly priority: number
      readonly trigger: Trigger
      /** For a child: the unit that waits for it, and the generation of the question that this answers */
      readonly parent: { readonly run: string; readonly step: string; readonly index?: number } | null
      readonly generation?: number
      readonly keep?: Keep
    }
  | { readonly type: 'run.cancel'; readonly run: string; readonly by: string; readonly reason: string | null }
  | {
      readonly type: 'run.reopen'
      readonly run: string
      readonly by: string
      readonly from: 'failed' | 'start' | { readonly step: string; readonly index?: number }
      /** Identifier of the workspace to run in; the run's when absent */
      readonly workspace?: string
    }
  | {
      readonly type: 'unit.resolved'
      readonly run: string
      readonly step: string
      readonly index?: number
      readonly generation: number
      readonly outcome: Resolution
    }
  | {
      readonly type: 'run.resolved'
      readonly run: string
      readonly outcome: { outputs: ValueRef } | { error: Failure }
    }
  | {
      readonly type: 'approval.answer'
      readonly run: string
      readonly step: string
      readonly index?: number
      readonly approved: boolean
      readonly outputs: ValueRef
      readonly by: string
      readonly comment: string | null
    }
  | {
      readonly type: 'step.call'
      readonly token: string
      readonly request: number
      readonly calls: readonly CallRequest[]
    }
  | { readonly type: 'step.cancel'; readonly units: readonly UnitPlace[]; readonly by: string }
  | { readonly type: 'step.rerun'; readonly unit: UnitPlace; readonly by: string; readonly workspace?: string }
  | { readonly type: 'worker'; readonly worker: string; readonly offer: WorkerOffer | null }
  | { readonly type: 'execution.waiting'; readonly token: string; readonly waiting: boolean }
  | { readonly type: 'execution.assets'; readonly token: string; readonly assets: ValueRef }
  | {
      readonly type: 'execution.suspended'
      readonly token: string
      readonly steps: readonly string[]
      readonly mode: 'any' | 'all'
      readonly delayMs: number | null
    }
  | { readonly type: 'execution.started'; readonly token: string; readonly detail: string; readonly adopted: boolean }
  | ({ readonly type: 'execution.finished'; readonly token: string } & Finish)
  | { readonly type: 'execution.lost'; readonly token: string; readonly reason: string }
  | {
      readonly type: 'executor.availability'
      readonly executor: string
      readonly available: boolean
      readonly reason: string
    }
  | { readonly type: 'capacity'; readonly capacity: StepResources }
  /** Another project gave back what it had set aside */
  | { readonly type: 'room' }
  /** The tree of workspaces as it is from now on */
  | { readonly type: 'workspaces'; readonly workspaces: readonly Workspace[] }
  | { readonly type: 'clock.jumped'; readonly byMs: number }
  | { readonly type: 'tick' }

export interface UnitPlace {
  readonly run: string
  readonly step: string
  readonly index?: number
}

/** One call, as the edge has understood it. */
export interface CallRequest {
  /** Of the step that holds its calls, when no other has the name */
  readonly name: string
  readonly definition: PlanStep
  readonly args: ValueRef
  readonly refs: readonly string[]
  /** Key of its arguments within the run, when an earlier call may answer it */
  readonly memo: string | null
  /** Key under which a newer call replaces it, while it waits for its delay */
  readonly defer: string | null
  readonly group: string | null
}

export interface Finish {
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  readonly kind?: FailureKind
  readonly outputs?: ValueRef
  readonly error?: Failure
  readonly exitCode?: number
  readonly signal?: string
  readonly usage?: Usage
  /** False: no further attempt, whatever the rule */
  readonly retry?: boolean
}

/** What the edge found when it evaluated a ready unit. */
export type Resolution =
  | { readonly type: 'skip'; readonly reason: string }
  /** The result of an earlier run is taken over */
  | { readonly type: 'kept'; readonly source: string; readonly outputs: ValueRef }
  | { readonly type: 'error'; readonly error: Failure }
  /** The version of a target is known now; then it is asked again */
  | { readonly type: 'bound'; readonly definition: PlanStep }
  | { readonly type: 'items'; readonly items: ValueRef; readonly count: number }
  | { readonly type: 'run'; readonly resolved: Resolved; readonly hit: CacheHit | null }
  | { readonly type: 'sleep'; readonly ms: number }
  | { readonly type: 'approval'; readonly message: string }

export interface CacheHit {
  /** Identifier of the workspace that it belongs to */
  readonly workspace: string
  readonly source: string
  readonly outputs: ValueRef
}
