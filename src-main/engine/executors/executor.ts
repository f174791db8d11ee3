import type { AssetFile, Failure, Json, OutputSpec, Usage } from '../../../src-shared/contract/index.ts'
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
  kill(token: string, graceMs: number): void
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
}

export type Report =
  /** It runs. `detail` identifies it for people, e.g. `pid 4711` or a container id. */
  | { readonly type: 'started'; readonly token: string; readonly at: number; readonly detail: string }
  | { readonly type: 'adopted'; readonly token: string; readonly at: number; readonly detail: string }
  /** What happens before it runs, e.g. `pulls alpine:3, 12 of 40 MB`. Not journalled; the last one is shown. */
  | { readonly type: 'progress'; readonly token: string; readonly text: string }
  | { readonly type: 'finished'; readonly token: string; readonly at: number; readonly outcome: Outcome }
  | { readonly type: 'lost'; readonly token: string; readonly at: number; readonly reason: string }
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
  readonly usage?: Usage
  /** Moment at which the work itself ended, when known better than the report's, in ms since 1970 */
  readonly finishedAt?: number
}

export type ReportListener = (report: Report) => void
