import { RunStatus } from '../../../../src-shared/contract/index.ts'

/** Marks a file as ours (`WEIR` in ASCII), so that another program's database is not taken for an empty one. */
export const APPLICATION_ID = 0x57454952

/** One step of the database's shape. Never change one that was released: add another. */
export interface Migration {
  /** Version of the database after it */
  readonly version: number
  readonly sql: string
}

/** Statuses of runs that have ended; the others are active. */
const ENDED: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled']
export const isEnded = (status: RunStatus): boolean => ENDED.includes(status)

const quoted = (statuses: readonly RunStatus[]): string => statuses.map((status) => `'${status}'`).join(', ')
/** Reads the ranges of `runs_by_status`, which hold only the runs that are active now. */
export const ACTIVE_CONDITION = `status IN (${quoted(RunStatus.options.filter((status) => !isEnded(status)))})`
/** Condition of the partial index `runs_ended`; queries must repeat it to the letter to use that. */
export const ENDED_CONDITION = `status IN (${quoted(ENDED)})`

/**
 * Version 1.
 *
 *   meta               `epoch`; `cursor_floor`: no cursor up to it is given out again, though its entry was deleted
 *   journal            the truth; `cursor` is its position
 *   runs               a line for the list of runs
 *   erased_runs        runs that are deleted, and whose rows elsewhere are not all gone yet
 *   cache              results that may be used again
 *   blob_refs          which run refers to which blob
 *   workflows          names, and the numbers of their versions: they go on counting after a deletion
 *   workflow_versions  `hidden` ones were deleted, and stay for as long as a run was started from them
 *   workflow_files     which version refers to which blob
 *   idempotency        what requests were answered with
 */
const VERSION_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('epoch', 0), ('cursor_floor', 0);

  CREATE TABLE journal (
    cursor INTEGER PRIMARY KEY, run TEXT NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL
  ) STRICT;
  CREATE INDEX journal_by_run ON journal (run, cursor);

  CREATE TABLE runs (
    id TEXT PRIMARY KEY, workflow TEXT NOT NULL, version INTEGER NOT NULL, plan TEXT NOT NULL, workspace TEXT NOT NULL,
    status TEXT NOT NULL, "trigger" TEXT NOT NULL, parent_run TEXT, parent_step TEXT, priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
    total INTEGER NOT NULL, done INTEGER NOT NULL, failed INTEGER NOT NULL, dropped INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_time ON runs (created_at, id);
  CREATE INDEX runs_by_status ON runs (status, created_at, id);
  CREATE INDEX runs_by_workflow ON runs (workflow, status, created_at, id);
  CREATE INDEX runs_by_plan ON runs (plan);
  CREATE INDEX runs_ended ON runs (finished_at, id) WHERE ${ENDED_CONDITION};

  CREATE TABLE erased_runs (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE cache (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, workflow TEXT NOT NULL, step TEXT NOT NULL, workspace TEXT NOT NULL,
    execution TEXT NOT NULL, run TEXT NOT NULL, at INTEGER NOT NULL, outputs TEXT NOT NULL, parts TEXT NOT NULL
  ) STRICT;
  CREATE INDEX cache_by_key ON cache (key, workspace, at);
  CREATE INDEX cache_by_step ON cache (workflow, step, workspace, at);
  CREATE INDEX cache_by_run ON cache (run);

  CREATE TABLE blob_refs (run TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (run, digest)) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_refs_by_digest ON blob_refs (digest);

  CREATE TABLE workflows (
    name TEXT PRIMARY KEY, latest INTEGER NOT NULL, created_at INTEGER NOT NULL, deleted INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE workflow_versions (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL REFERENCES workflows (name), version INTEGER NOT NULL, description TEXT,
    digest TEXT NOT NULL, source TEXT NOT NULL, files TEXT NOT NULL, steps INTEGER NOT NULL, at INTEGER NOT NULL,
    hidden INTEGER NOT NULL, UNIQUE (name, version)
  ) STRICT;
  CREATE INDEX workflow_versions_by_digest ON workflow_versions (digest);
  CREATE INDEX workflow_versions_hidden ON workflow_versions (digest) WHERE hidden = 1;
  CREATE TABLE workflow_files (
    version INTEGER NOT NULL REFERENCES workflow_versions (id) ON DELETE CASCADE, digest TEXT NOT NULL,
    PRIMARY KEY (version, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX workflow_files_by_digest ON workflow_files (digest);

  CREATE TABLE idempotency (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_by_time ON idempotency (at);
`

/**
 * Version 2.
 *
 *   drafts             definitions that are being written; the long texts stand last, so that lists need not read past them
 *   draft_files        which draft refers to which blob
 *   workflow_versions  has a `layout`
 *   runs               are found by workflow and time, whatever their status: the newest of each, and lists of one workflow
 */
const VERSION_2 = `
  CREATE TABLE drafts (
    id TEXT PRIMARY KEY, workflow TEXT, base INTEGER, origin TEXT, revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, files TEXT NOT NULL, layout TEXT NOT NULL,
    source TEXT NOT NULL
  ) STRICT;
  CREATE INDEX drafts_by_time ON drafts (updated_at, id);
  CREATE INDEX drafts_by_workflow ON drafts (workflow, updated_at, id);
  CREATE TABLE draft_files (
    draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, digest TEXT NOT NULL, PRIMARY KEY (draft, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX draft_files_by_digest ON draft_files (digest);

  ALTER TABLE workflow_versions ADD COLUMN layout TEXT NOT NULL DEFAULT '{}';
  CREATE INDEX runs_by_workflow_time ON runs (workflow, created_at, id);
`

/**
 * Version 3.
 *
 *   runs               count steps by how they ended, and items apart; know of re-runs and of the time before them. Rows that
 *                      are there keep what they counted together: their steps and items cannot be told apart
 */
const VERSION_3 = `
  ALTER TABLE runs ADD COLUMN succeeded INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN items INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN items_done INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN items_failed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN reruns INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN earlier_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE runs SET succeeded = max(0, done - failed);
`

/**
 * Version 4.
 *
 *   workspaces   the tree; `id` is what runs, cache and journal hold, and never changes. Those that runs name already are
 *                children of \`main\`
 *   runs         know the workspaces that they were run again in
 */
const VERSION_4 = `
  CREATE TABLE workspaces (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, base TEXT REFERENCES workspaces (id), paused INTEGER NOT NULL,
    created_at INTEGER NOT NULL, archived_at INTEGER
  ) STRICT, WITHOUT ROWID;
  INSERT INTO workspaces
    SELECT 'main', 'main', NULL, 0, coalesce(min(created_at), unixepoch() * 1000), NULL FROM runs;
  INSERT INTO workspaces
    SELECT workspace, workspace, 'main', 0, min(at), NULL
    FROM (SELECT workspace, created_at AS at FROM runs UNION ALL SELECT workspace, at FROM cache)
    WHERE workspace <> 'main' GROUP BY workspace;

  ALTER TABLE runs ADD COLUMN rerun_in TEXT NOT NULL DEFAULT '';
`

/**
 * Version 5.
 *
 *   module_versions    modules of code, and what they offer
 *   workflow_versions  know the target that they were made from, and the workspace in which that was registered
 */
const VERSION_5 = `
  CREATE TABLE module_versions (
    id INTEGER PRIMARY KEY, module TEXT NOT NULL, version INTEGER NOT NULL, workspace TEXT NOT NULL, digest TEXT NOT NULL,
    language TEXT NOT NULL, at INTEGER NOT NULL, manifest TEXT NOT NULL, UNIQUE (module, version)
  ) STRICT;
  CREATE INDEX module_versions_by_workspace ON module_versions (module, workspace, version);

  ALTER TABLE workflow_versions ADD COLUMN workspace TEXT;
  ALTER TABLE workflow_versions ADD COLUMN origin TEXT;
  CREATE INDEX workflow_versions_by_workspace ON workflow_versions (name, workspace, version);
`

/**
 * Version 6.
 *
 *   runs   count items that were cancelled, and those that are calls of code
 */
const VERSION_6 = `
  ALTER TABLE runs ADD COLUMN items_cancelled INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
`

/** In order; the last one's version is SCHEMA_VERSION. */
export const migrations: readonly Migration[] = [
  { version: 1, sql: VERSION_1 },
  { version: 2, sql: VERSION_2 },
  { version: 3, sql: VERSION_3 },
  { version: 4, sql: VERSION_4 },
  { version: 5, sql: VERSION_5 },
  { version: 6, sql: VERSION_6 },
]
