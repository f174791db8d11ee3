import type { Json, RunStatus } from '../../../src-shared/contract/index.ts'

/** Backends on the same machine answer at once, others later. */
export type Awaitable<T> = T | Promise<T>

/**
 * What one project keeps in SQL, in verbs of the domain. One writer (the project's orchestrator) calls `commit` and the
 * other changing verbs; readers in other threads open the same project with `{ readOnly: true }`.
 *
 * The journal is the truth: what happened to each run, in order. The rows beside it (runs, cache, blob references) are
 * written in the same transaction, so that lists and look-ups need not read the journal.
 */
export interface ProjectStorage {
  /** Number that grows with every start of the orchestrator; `bumpEpoch` is durable when it returns. */
  bumpEpoch(): Awaitable<number>
  /** One atomic, durable transaction. Resolves only when it is on disk. Returns the cursor of each journal entry. */
  commit(batch: CommitBatch): Awaitable<readonly number[]>

  run(id: string): Awaitable<RunRow | null>
  runs(query: RunQuery): Awaitable<readonly RunRow[]>
  /** Identifiers of the runs that have not ended, oldest first. */
  activeRuns(): Awaitable<readonly string[]>
  /** Journal of one run, oldest first, after a cursor. */
  journal(run: string, after: number): Awaitable<readonly JournalEntry[]>
  /** Journal of all runs after a cursor, oldest first, at most `limit` entries. */
  journalAfter(after: number, limit: number): Awaitable<readonly JournalEntry[]>
  /** Cursor of the newest entry, 0 when there is none. */
  lastCursor(): Awaitable<number>

  /** Newest successful execution with this key in the first of `workspaces` that has one, not older than `notBefore`. */
  cacheHit(key: string, workspaces: readonly string[], notBefore: number): Awaitable<CacheRow | null>
  /** Newest cached execution of the same step in any of `workspaces`, whatever its key: to explain a miss. */
  cacheNearest(workflow: string, step: string, workspaces: readonly string[]): Awaitable<CacheRow | null>

  /**
   * Saves a version. The same digest as the newest version makes no new one and is answered with `created: false`; only
   * its layout is replaced, when one is given. With `base`, refuses with `workflow_conflict` when the newest version is
   * another one and not the same already.
   */
  saveWorkflow(version: NewWorkflowVersion): Awaitable<{ version: WorkflowRow; created: boolean }>
  /**
   * The newest version, or the one asked for. With `workspaces`, nearest first, a workflow of code is looked for there alone: the
   * newest of the first that has one. Drawn ones are seen everywhere.
   */
  workflow(name: string, version?: number, workspaces?: readonly string[]): Awaitable<WorkflowRow | null>
  /** By digest, also of workflows that were deleted while runs still need them; `prefer` among several with the same. */
  workflowByDigest(digest: string, prefer?: number): Awaitable<WorkflowRow | null>
  /** Newest version of each, by name, after `afterName`; with `workspaces` as `workflow` does. */
  workflows(query: WorkflowQuery): Awaitable<readonly WorkflowRow[]>
  workflowVersions(
    name: string,
    beforeVersion: number | null,
    limit: number,
    workspaces?: readonly string[],
  ): Awaitable<readonly WorkflowRow[]>
  /** Hides the workflow; versions that runs were started from stay readable by digest. False when there is none. */
  deleteWorkflow(name: string): Awaitable<boolean>

  /**
   * Registers versions of modules, and versions of workflows that are made from them, in one transaction. A workflow's version
   * that is there already is not made again. Refuses with `module_conflict` when a workflow of that name is drawn, or of
   * another module.
   */
  saveModules(modules: readonly ModuleRow[], workflows: readonly NewWorkflowVersion[]): Awaitable<void>
  moduleVersion(module: string, version: number): Awaitable<ModuleRow | null>
  /** Number of the newest version in any workspace, 0 when there is none. */
  lastModuleVersion(module: string): Awaitable<number>
  /** The newest version of a module in the first of `workspaces` that has one. */
  newestModule(module: string, workspaces: readonly string[]): Awaitable<ModuleRow | null>
  /** The same for every module, by name; without `workspaces` the newest of any. */
  modules(workspaces?: readonly string[]): Awaitable<readonly ModuleRow[]>
  /** All versions, newest first. */
  moduleVersions(module: string, beforeVersion: number | null, limit: number): Awaitable<readonly ModuleRow[]>

  /** The newest run of each of these workflows that has any, of whatever version. */
  lastRuns(workflows: readonly string[]): Awaitable<readonly RunRow[]>

  /**
   * Saves a draft as its next revision. Refuses with `draft_conflict` when `revision` is not the newest one, unless that
   * one was made from `revision` and holds the same: a save may be repeated when its answer was lost.
   */
  saveDraft(draft: NewDraft): Awaitable<DraftSummaryRow>
  draft(id: string): Awaitable<DraftRow | null>
  /** Last changed first; `after` is the last row of the page before. */
  drafts(query: DraftQuery): Awaitable<readonly DraftSummaryRow[]>
  /** False when there is none. */
  deleteDraft(id: string): Awaitable<boolean>

  /** All that there are, archived ones too; `main` among them always. */
  workspaces(): Awaitable<readonly WorkspaceRow[]>
  /** Adds a workspace, or changes the one with this identifier. */
  saveWorkspace(row: WorkspaceRow): Awaitable<void>
  /** Refuses with `workspace_in_use` while a run, or a workspace below it, is there. */
  deleteWorkspace(id: string): Awaitable<void>
  /** Whether a workspace has this identifier, or had it and left something that still names it. */
  isWorkspaceUsed(id: string): Awaitable<boolean>
  /** How many runs go on in each workspace that has any: where their last round was opened. */
  activeInWorkspaces(): Awaitable<readonly { readonly workspace: string; readonly runs: number }[]>

  /** What a request with this key was answered with, when it was committed before. */
  idempotent(key: string): Awaitable<IdempotencyRow | null>

  /** Deletes ended runs with everything that only they refer to. Refuses active ones. */
  deleteRuns(ids: readonly string[]): Awaitable<void>
  /** Ended runs beyond the newest `keepRuns`, or that ended before `endedBefore`; at most `limit`, oldest first. */
  expiredRuns(query: { keepRuns: number; endedBefore: number; limit: number }): Awaitable<readonly string[]>
  /** Of these digests, the ones that nothing refers to. */
  unreferencedBlobs(digests: readonly string[]): Awaitable<readonly string[]>
  /**
   * Deletes idempotency keys older than `before`, gives free pages back to the disk. Bounded work a call: true when
   * another call would find more to do.
   */
  compact(before: number): Awaitable<boolean>

  close(): Awaitable<void>
}

/** A version of the database's shape; a newer one than the engine knows is refused with words. */
export const SCHEMA_VERSION = 6

/** Everything that one turn of the orchestrator has decided. */
export interface CommitBatch {
  readonly entries: readonly NewJournalEntry[]
  readonly runs: readonly RunRow[]
  readonly cache: readonly CacheRow[]
  /** Blobs that a run refers to from now on */
  readonly blobs: readonly { readonly run: string; readonly digest: string }[]
  readonly idempotency: readonly IdempotencyRow[]
}

/** Events of one run that were decided in one turn. `events` is a JSON array as text. */
export interface NewJournalEntry {
  readonly run: string
  /** ms since 1970 */
  readonly at: number
  readonly events: string
}
export interface JournalEntry extends NewJournalEntry {
  readonly cursor: number
}

/** A line of the list of runs. Times in ms since 1970. */
export interface RunRow {
  readonly id: string
  readonly workflow: string
  readonly version: number
  /** Digest of the plan that it is pinned to */
  readonly plan: string
  /** Identifier of the workspace that it was started in */
  readonly workspace: string
  /** Identifiers of the workspaces that it was run again in, the last one last, each between two spaces; or nothing */
  readonly rerunIn: string
  readonly status: RunStatus
  readonly trigger: 'manual' | 'parent' | 'rerun'
  readonly parentRun: string | null
  readonly parentStep: string | null
  readonly priority: number
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** Steps; those that were cancelled are the rest of `done` */
  readonly total: number
  readonly done: number
  readonly succeeded: number
  readonly failed: number
  readonly skipped: number
  /** Items of fan-outs */
  readonly items: number
  readonly itemsDone: number
  readonly itemsFailed: number
  readonly itemsCancelled: number
  readonly dropped: number
  /** Items that are calls of code */
  readonly calls: number
  /** How often it was opened again, and the time of the rounds before, in ms */
  readonly reruns: number
  readonly earlierMs: number
}

/**
 * An environment of the project. Runs, results and journals hold `id`, which never changes; the name is what people see.
 * `base` is the identifier of the workspace that it inherits from, null for `main` alone. Times in ms since 1970.
 */
export interface WorkspaceRow {
  readonly id: string
  readonly name: string
  readonly base: string | null
  readonly paused: boolean
  readonly createdAt: number
  readonly archivedAt: number | null
}

/** The workspace at the root of every project's tree, by identifier and by name. */
export const MAIN_WORKSPACE = 'main'

/** Runs newest first: by `createdAt`, then `id`, both descending; `after` is the last row of the page before. */
export interface RunQuery {
  readonly workflow?: string
  readonly statuses?: readonly RunStatus[]
  readonly triggers?: readonly RunRow['trigger'][]
  /** Identifier of a workspace: runs that were started, or run again, in it */
  readonly workspace?: string
  /** Part of the workflow's name, or the beginning of the run's identifier; letters of either case */
  readonly search?: string
  /** Created at or after */
  readonly since?: number
  /** Created before */
  readonly until?: number
  readonly after?: { readonly createdAt: number; readonly id: string }
  readonly limit: number
}

export interface CacheRow {
  readonly key: string
  readonly workflow: string
  readonly step: string
  readonly workspace: string
  /** Execution `run:step:attempt` whose result it is */
  readonly execution: string
  readonly run: string
  readonly at: number
  /** Value reference of the outputs, as JSON text */
  readonly outputs: string
  /** Parts of the key, as JSON text */
  readonly parts: string
}

export interface NewWorkflowVersion {
  readonly name: string
  readonly description: string | null
  readonly digest: string
  /** YAML as typed */
  readonly source: string
  /** AssetFile[] as JSON text */
  readonly files: string
  readonly steps: number
  readonly at: number
  /** Where its nodes stand, as JSON text; not part of the digest. Absent: as it was, or nothing for a new version */
  readonly layout?: string
  /** The newest version that the caller knows, 0 for none: see saveWorkflow */
  readonly base?: number
  /** Where it was made from code; drawn when absent */
  readonly origin?: WorkflowOriginRow
}
/** The target of a module that a workflow's version stands for. */
export interface WorkflowOriginRow {
  readonly module: string
  readonly target: string
  /** Of the module */
  readonly version: number
  readonly language: string
  /** Identifier of the workspace in which it was registered */
  readonly workspace: string
}
export interface WorkflowRow extends Omit<NewWorkflowVersion, 'layout' | 'base' | 'origin'> {
  /** Null when it was drawn */
  readonly origin: WorkflowOriginRow | null
  readonly layout: string
  readonly version: number
  /** Number of the newest version of the same name, as far as the workspaces that were asked for see it */
  readonly latest: number
  /** When version 1 was saved */
  readonly createdAt: number
}

export interface WorkflowQuery {
  readonly search?: string
  readonly afterName?: string
  readonly workspaces?: readonly string[]
  readonly limit: number
}

/** A version of a module of code. They are numbered over all workspaces, and stay for good. */
export interface ModuleRow {
  readonly module: string
  readonly version: number
  /** Identifier of the workspace in which it was registered */
  readonly workspace: string
  /** Of what the manifest says, but for the places in the files */
  readonly digest: string
  readonly language: string
  /** Manifest as JSON text */
  readonly manifest: string
  /** ms since 1970 */
  readonly at: number
}

/** A definition that is being written. `files` and `layout` are JSON text. */
export interface DraftContentRow {
  readonly workflow: string | null
  readonly base: number | null
  readonly origin: string | null
  readonly source: string
  readonly files: string
  readonly layout: string
}
export interface NewDraft extends DraftContentRow {
  readonly id: string
  /** The revision that it was made from, 0 for a draft that is new */
  readonly revision: number
  readonly at: number
}
export interface DraftSummaryRow extends Pick<DraftContentRow, 'workflow' | 'base' | 'origin'> {
  readonly id: string
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
}
export interface DraftRow extends DraftSummaryRow, DraftContentRow {}

/** Drafts by `updatedAt`, then `id`, both descending. */
export interface DraftQuery {
  readonly workflow?: string
  readonly after?: { readonly updatedAt: number; readonly id: string }
  readonly limit: number
}

export interface IdempotencyRow {
  readonly key: string
  /** SHA-256 of the request: the same key with another request is refused */
  readonly fingerprint: string
  readonly answer: Json
  readonly at: number
}
