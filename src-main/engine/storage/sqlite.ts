import { dirname } from 'node:path'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { createCommitter, lastCursor } from './sqlite/commit.ts'
import { createDatabaseFile } from './sqlite/create.ts'
import { deleteDraft, draftById, listDrafts, saveDraft } from './sqlite/drafts.ts'
import { compact, deleteRuns, unreferencedBlobs } from './sqlite/erase.ts'
import { SqliteHandle } from './sqlite/handle.ts'
import { bumpEpoch, cacheHit, cacheNearest, idempotent, journalAfter, journalOfRun } from './sqlite/journal.ts'
import { checkVersion, migrate, syncFolder } from './sqlite/migrate.ts'
import * as modules from './sqlite/modules.ts'
import { activeRuns, expiredRuns, lastRuns, listRuns, runById } from './sqlite/runs.ts'
import { migrations } from './sqlite/schema.ts'
import * as workflows from './sqlite/workflows.ts'
import * as workspaces from './sqlite/workspaces.ts'
import { type ProjectStorage, SCHEMA_VERSION } from './storage.ts'

export interface SqliteOptions {
  /** For readers in other threads or processes: they see what is committed, and never wait for the writer. */
  readonly readOnly?: boolean
}

/**
 * Opens the database of a project; the writer creates it and brings it to the newest version. Its folder must exist.
 * @throws ProblemError disk_full, or project_failed with words when it is damaged, read-only, absent for a reader, or
 *   was written by a newer Weir; then nothing was changed
 */
export function openSqlite(path: string, options: SqliteOptions = {}): ProjectStorage {
  return storageOn(options.readOnly === true ? openReader(path) : openWriter(path))
}

function openReader(path: string): SqliteHandle {
  const version = checkVersion(path, SCHEMA_VERSION)
  if (version < SCHEMA_VERSION) {
    throw new ProblemError(
      'project_failed',
      `The database ${path} has not been brought to version ${SCHEMA_VERSION} yet.`,
      {
        fix: 'Start the project: its orchestrator does that first.',
      },
    )
  }
  return new SqliteHandle(path, true)
}

function openWriter(path: string): SqliteHandle {
  createDatabaseFile(path)
  const version = checkVersion(path, SCHEMA_VERSION)
  const handle = new SqliteHandle(path, false)
  try {
    migrate(handle, version, migrations)
    if (version === 0) syncFolder(dirname(path))
  } catch (error) {
    handle.close()
    throw error
  }
  return handle
}

function storageOn(db: SqliteHandle): ProjectStorage {
  return {
    bumpEpoch: () => bumpEpoch(db),
    commit: createCommitter(db),
    run: (id) => runById(db, id),
    runs: (query) => listRuns(db, query),
    activeRuns: () => activeRuns(db),
    journal: (run, after) => journalOfRun(db, run, after),
    journalAfter: (after, limit) => journalAfter(db, after, limit),
    lastCursor: () => lastCursor(db),
    cacheHit: (key, workspaces, notBefore) => cacheHit(db, key, workspaces, notBefore),
    cacheNearest: (workflow, step, workspaces) => cacheNearest(db, workflow, step, workspaces),
    saveWorkflow: (version) => workflows.saveWorkflow(db, version),
    workflow: (name, version, workspaces) => workflows.workflowByName(db, name, version, workspaces),
    workflowByDigest: (digest, prefer) => workflows.workflowByDigest(db, digest, prefer),
    workflows: (query) => workflows.listWorkflows(db, query),
    workflowVersions: (name, before, limit, workspaces) =>
      workflows.workflowVersions(db, name, before, limit, workspaces),
    deleteWorkflow: (name) => workflows.deleteWorkflow(db, name),
    saveModules: (rows, versions) => modules.saveModules(db, rows, versions),
    moduleVersion: (module, version) => modules.moduleVersion(db, module, version),
    lastModuleVersion: (module) => modules.lastModuleVersion(db, module),
    newestModule: (module, workspaces) => modules.newestModule(db, module, workspaces),
    modules: (workspaces) => modules.listModules(db, workspaces),
    moduleVersions: (module, before, limit) => modules.moduleVersions(db, module, before, limit),
    lastRuns: (names) => lastRuns(db, names),
    saveDraft: (draft) => saveDraft(db, draft),
    draft: (id) => draftById(db, id),
    drafts: (query) => listDrafts(db, query),
    deleteDraft: (id) => deleteDraft(db, id),
    workspaces: () => workspaces.listWorkspaces(db),
    saveWorkspace: (row) => workspaces.saveWorkspace(db, row),
    deleteWorkspace: (id) => workspaces.deleteWorkspace(db, id),
    isWorkspaceUsed: (id) => workspaces.isWorkspaceUsed(db, id),
    activeInWorkspaces: () => workspaces.activeInWorkspaces(db),
    idempotent: (key) => idempotent(db, key),
    deleteRuns: (ids) => deleteRuns(db, ids),
    expiredRuns: (query) => expiredRuns(db, query),
    unreferencedBlobs: (digests) => unreferencedBlobs(db, digests),
    compact: (before) => compact(db, before),
    close: () => db.close(),
  }
}
