import type { AssetFile, Failure, Json, OutputSpec, Usage } from '../../../src-shared/contract/index.ts'
import type { Manifest } from '../../../src-shared/contract/targets.ts'
import type { Call, StepEnd } from '../../../src-shared/contract/worker-protocol.ts'
import type { ExpressionContext, StepResources } from '../workflows/plan.ts'

/**
 * An executor runs executions outside the orchestrator: as processes, in containers, later on workers and schedulers.
 *
 *   dispatched ──start()──▶ started ──▶ finished
 *        │                     │
 *        └──── the engine is killed, restarts, adopt() ────▶ started (again) │ finished │ lost
 *
 * The order was committed before start() is called, and the report is committed before anyone hears of it. What runs
 * must survive the engine: a killed engine calls adopt() for everything it had dispatched, and nothing starts twice.
 */
export interface Executor {
  readonly name: string
  /** Starts the job and returns at once; everything that follows, failures too, comes as reports. */
  start(job: Job): void
  /**
   * Finds a job that an engine before this one was told to start. Reports `adopted` when it still runs (and then
   * `finished` when it ends), `finished` when it ended meanwhile, or `lost` when it never started or vanished without
   * a trace. A job that is `lost` must not be able to start later.
   */
  adopt(job: Job): void
  /** Ends a job: politely, after `graceMs` by force, with all its children. Reports `finished` with `cancelled`. */
  kill(token: string, graceMs: number, reason?: 'cancel' | 'timeout'): void
  /**
   * The job's end is committed: what was kept so that a killed engine finds the result again may go. Called for every
   * job that was reported finished or lost.
   */
  release?(token: string): void
  /** Stops watching. What runs goes on, to be adopted by the next engine. */
  close(): Promise<void>
}

/** One execution, with all that is needed to run it. */
export interface Job {
  /** Names this attempt, also across restarts of the engine; a report with another token is ignored. */
  readonly token: string
  readonly project: string
  readonly run: string
  readonly workflow: string
  readonly workspace: string
  readonly step: string
  readonly index: number | null
  readonly attempt: number
  /** Absolute folder of this execution; the executor owns what is in it (see executors/folder.ts). */
  readonly folder: string
  readonly command: string | readonly string[]
  readonly image: string | null
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string | null
  readonly files: readonly AssetFile[]
  /** What the expressions in command, image and env can read: inputs, params (with secrets), item, earlier steps. */
  readonly context: ExpressionContext & { readonly inputs: Readonly<Record<string, Json>> }
  readonly outputs: Readonly<Record<string, OutputSpec>>
  readonly resources: StepResources
  /** Values that are hidden wherever the executor quotes output, e.g. in the details of a failure. */
  readonly secrets?: readonly string[]
  /** What a worker is to call; there when, and only when, the executor is `worker` */
  readonly call?: CallJob
}

/** A call of a target in code. */
export interface CallJob {
  /** Public name of the session that runs it */
  readonly worker: string
  /** `run:step:attempt` */
  readonly execution: string
  /** `module/target` */
  readonly target: string
  /** Of the module */
  readonly version: number
  /** Encoded values by position; see docs/worker-protocol.md, "Values" */
  readonly args: readonly Json[]
  readonly named?: Readonly<Record<string, Json>>
  /** Ends of the steps that the arguments refer to, by key */
  readonly steps?: Readonly<Record<string, StepEnd>>
  readonly isolation: 'process' | 'shared'
  /** An attempt before this one was suspended or lost: calls find its steps again */
  readonly resumed: boolean
}

export type Report =
  /** It runs. `detail` identifies it for people, e.g. `pid 4711` or a container id. */
  | { readonly type: 'started'; readonly token: string; readonly at: number; readonly detail: string }
  | { readonly type: 'adopted'; readonly token: string; readonly at: number; readonly detail: string }
  /** What happens before it runs, e.g. `pulls alpine:3, 12 of 40 MB`. Not journalled; the last one is shown. */
  | { readonly type: 'progress'; readonly token: string; readonly text: string }
  | { readonly type: 'finished'; readonly token: string; readonly at: number; readonly outcome: Outcome }
  | { readonly type: 'lost'; readonly token: string; readonly at: number; readonly reason: string }
  /** It gave up its process, and goes on as another attempt when steps have ended, at the latest after `delayMs`. */
  | {
      readonly type: 'suspended'
      readonly token: string
      readonly at: number
      readonly steps: readonly string[]
      readonly mode: 'any' | 'all'
      readonly delayMs: number | null
    }
  /** A worker joined, or what it offers changed; null when it is gone for good. */
  | { readonly type: 'worker'; readonly worker: string; readonly offer: WorkerOffer | null }
  /** The executor as a whole can or cannot take jobs now, e.g. because Docker does not answer. */
  | { readonly type: 'availability'; readonly executor: string; readonly available: boolean; readonly reason: string }

export interface Outcome {
  readonly status: 'succeeded' | 'failed' | 'cancelled'
  /** Kind of failure, for the retry rule */
  readonly kind?: 'error' | 'oom' | 'abandoned'
  readonly outputs?: Readonly<Record<string, Json>>
  readonly exitCode?: number
  readonly signal?: string
  readonly error?: Failure
  /** False when what it ran said that no further attempt is to be made, whatever the rule */
  readonly retry?: boolean
  readonly usage?: Usage
  /** Moment at which the work itself ended, when known better than the report's, in ms since 1970 */
  readonly finishedAt?: number
}

export type ReportListener = (report: Report) => void

/** What a connected worker can run. While its connection is broken it keeps what it runs, and gets nothing new. */
export interface WorkerOffer {
  /** For people; not unique */
  readonly name: string
  readonly host: string
  readonly pid: number
  /** e.g. `python 0.1.0` */
  readonly sdk: string
  /** e.g. `CPython 3.11.7` */
  readonly runtime: string
  /** Identifier of the workspace */
  readonly workspace: string
  /** The pool that started it */
  readonly pool: string | null
  readonly tags: readonly string[]
  /** Version of each module that it hosts */
  readonly hosts: Readonly<Record<string, number>>
  /** Versions of modules that it hosts besides, for runs that began with them */
  readonly earlier: Readonly<Record<string, readonly number[]>>
  /** Executions in processes of their own at once */
  readonly concurrency: number
  /** Executions with isolation `shared` at once */
  readonly shared: number
  readonly draining: boolean
  readonly connected: boolean
}

/**
 * What code that runs asks of the orchestrator. `token` names an execution of the session that asks. A ProblemError is
 * told to the code; anything else is a fault of the engine.
 */
export interface CodeCalls {
  /** The session that an execution which has not ended was dispatched to; null when there is none such */
  owner(token: string): string | null
  /** Keys of the steps, once they are on disk. A repeated `id` of an execution is answered as it was the first time. */
  submit(token: string, id: number, calls: readonly Call[]): Promise<string[]>
  /** Waits until any or all of the steps have ended, at most `timeoutMs`; 0 answers at once. */
  select(
    token: string,
    steps: readonly string[],
    mode: 'any' | 'all',
    timeoutMs: number | null,
    cancelRemaining: boolean,
  ): Promise<{ steps: StepEnd[]; timedOut: boolean }>
  cancel(token: string, steps: readonly string[]): Promise<void>
  secret(token: string, name: string): Promise<string>
  assets(token: string, assets: readonly { name: string; value: Json }[]): Promise<void>
  /** Versions of the modules. Refuses what is not known when `register` is `never`. */
  declare(
    workspace: string,
    manifests: readonly Manifest[],
    register: 'never' | 'once' | 'always',
  ): Promise<Record<string, number>>
  /** Whether a run that has not ended is pinned to a version of a module. */
  needs(module: string, version: number): boolean
  /** Identifier of the workspace of that name; throws a ProblemError when it is unknown or archived. */
  workspace(name: string): string
}
