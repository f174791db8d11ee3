import { workflowConflict, workflowOfCode } from '../conflicts.ts'
import type { NewWorkflowVersion, WorkflowOriginRow, WorkflowQuery, WorkflowRow } from '../storage.ts'
import { DELETE_UNUSED_VERSIONS } from './erase.ts'
import { digestsIn } from './files.ts'
import type { SqliteHandle } from './handle.ts'
import { escapeLike } from './like.ts'

const NO_LAYOUT = '{}'

/** The rows as they are read: what is JSON stands in texts. */
interface Row extends Omit<WorkflowRow, 'origin'> {
  readonly origin: string | null
}

const toRow = ({ origin, ...row }: Row): WorkflowRow => ({
  ...row,
  origin: origin === null ? null : (JSON.parse(origin) as WorkflowOriginRow),
})

/** Bound where every workspace is to be seen. */
const ANY = null

/**
 * Number of the newest version of a workflow `w` that the workspaces of a JSON list see, nearest first: drawn ones have no
 * workspace, and are seen by all. The list is bound once.
 */
const NEWEST = `(
  WITH asked (workspaces) AS (VALUES (?))
  SELECT CASE
    WHEN workspaces IS NULL THEN coalesce(
      (SELECT max(version) FROM workflow_versions WHERE name = w.name AND hidden = 0), w.latest)
    ELSE coalesce(
      (SELECT max(version) FROM workflow_versions WHERE name = w.name AND workspace IS NULL AND hidden = 0),
      (SELECT newest FROM (
        SELECT key, (
          SELECT max(version) FROM workflow_versions WHERE name = w.name AND workspace = value AND hidden = 0
        ) AS newest FROM json_each(workspaces))
       WHERE newest IS NOT NULL ORDER BY key LIMIT 1))
  END FROM asked)`

/** Whether a version `v` is one that those workspaces see. */
const VISIBLE = `(v.workspace IS NULL OR v.workspace IN (SELECT value FROM json_each(?)))`

/** Workflows with the number of the newest version that is seen; the list of workspaces is bound first. */
const SELECT = `
  SELECT v.name, v.description, v.digest, v.source, v.files, v.steps, v.at, v.layout, v.origin, v.version, w.latest,
    w.created_at AS createdAt
  FROM workflow_versions AS v
  JOIN (SELECT name, created_at, deleted, ${NEWEST} AS latest FROM workflows AS w) AS w ON w.name = v.name`

const listOf = (workspaces: readonly string[] | undefined): string | null =>
  workspaces === undefined ? ANY : JSON.stringify(workspaces)

/** The newest version when `version` is absent. Deleted ones are not found. */
export function workflowByName(
  db: SqliteHandle,
  name: string,
  version?: number,
  workspaces?: readonly string[],
): WorkflowRow | null {
  const seen = listOf(workspaces)
  const row =
    version === undefined
      ? db.get<Row>(`${SELECT} WHERE v.name = ? AND v.version = w.latest AND v.hidden = 0`, seen, name)
      : db.get<Row>(
          `${SELECT} WHERE v.name = ? AND v.version = ? AND v.hidden = 0 AND (? IS NULL OR ${VISIBLE})`,
          seen,
          name,
          version,
          seen,
          seen ?? '[]',
        )
  return row === null ? null : toRow(row)
}

export function workflowByDigest(db: SqliteHandle, digest: string, prefer?: number): WorkflowRow | null {
  const row = db.get<Row>(
    `${SELECT} WHERE v.digest = ? ORDER BY v.version = ? DESC, v.hidden, v.version DESC LIMIT 1`,
    ANY,
    digest,
    prefer ?? null,
  )
  return row === null ? null : toRow(row)
}

export function listWorkflows(db: SqliteHandle, query: WorkflowQuery): readonly WorkflowRow[] {
  const pattern = `%${escapeLike(query.search ?? '')}%`
  return db
    .all<Row>(
      `${SELECT}
       WHERE v.version = w.latest AND w.deleted = 0 AND w.name > ?
         AND (v.name LIKE ? ESCAPE '\\' OR coalesce(v.description, '') LIKE ? ESCAPE '\\')
       ORDER BY w.name LIMIT ?`,
      listOf(query.workspaces),
      query.afterName ?? '',
      pattern,
      pattern,
      query.limit,
    )
    .map(toRow)
}

export function workflowVersions(
  db: SqliteHandle,
  name: string,
  beforeVersion: number | null,
  limit: number,
  workspaces?: readonly string[],
): readonly WorkflowRow[] {
  const seen = listOf(workspaces)
  return db
    .all<Row>(
      `${SELECT} WHERE v.name = ? AND v.hidden = 0 AND v.version < ? AND (? IS NULL OR ${VISIBLE})
       ORDER BY v.version DESC LIMIT ?`,
      seen,
      name,
      beforeVersion ?? Number.MAX_SAFE_INTEGER,
      seen,
      seen ?? '[]',
      limit,
    )
    .map(toRow)
}

export function saveWorkflow(db: SqliteHandle, fresh: NewWorkflowVersion): { version: WorkflowRow; created: boolean } {
  return db.transaction(() => {
    const newest = workflowByName(db, fresh.name)
    const isSame = newest !== null && newest.digest === fresh.digest
    if (newest?.origin != null && fresh.origin === undefined) throw workflowOfCode(fresh.name, newest.origin)
    const isBehind = fresh.base !== undefined && fresh.base !== (newest?.version ?? 0)
    // The same once more, e.g. because the answer was lost, takes nothing from anybody.
    const isRepeated = isSame && (fresh.layout === undefined || fresh.layout === newest.layout)
    if (isBehind && !isRepeated) throw workflowConflict(fresh.name, fresh.base, newest)
    if (!isSame) insertVersion(db, fresh)
    else if (fresh.layout !== undefined) {
      const { name, version } = newest
      db.run('UPDATE workflow_versions SET layout = ? WHERE name = ? AND version = ?', fresh.layout, name, version)
    }
    const version = workflowByName(db, fresh.name)
    if (version === null) throw new Error(`The version of ${fresh.name} that was just saved cannot be read`)
    return { version, created: !isSame }
  })
}

/** Makes the next version, in a transaction of the caller. */
export function insertVersion(db: SqliteHandle, fresh: NewWorkflowVersion): void {
  db.run(
    `INSERT INTO workflows (name, latest, created_at, deleted) VALUES (?, 1, ?, 0)
     ON CONFLICT (name) DO UPDATE SET latest = latest + 1, deleted = 0`,
    fresh.name,
    fresh.at,
  )
  db.run(
    `INSERT INTO workflow_versions (name, version, description, digest, source, files, steps, at, hidden, layout,
       workspace, origin)
     SELECT name, latest, ?, ?, ?, ?, ?, ?, 0, ?, ?, ? FROM workflows WHERE name = ?`,
    fresh.description,
    fresh.digest,
    fresh.source,
    fresh.files,
    fresh.steps,
    fresh.at,
    fresh.layout ?? NO_LAYOUT,
    fresh.origin?.workspace ?? null,
    fresh.origin === undefined ? null : JSON.stringify(fresh.origin),
    fresh.name,
  )
  for (const digest of digestsIn(fresh.files)) {
    db.run(
      `INSERT INTO workflow_files (version, digest)
       SELECT v.id, ? FROM workflow_versions AS v JOIN workflows AS w ON w.name = v.name AND w.latest = v.version
       WHERE v.name = ?`,
      digest,
      fresh.name,
    )
  }
}

/** Hides the workflows of code that were registered in a workspace, in a transaction of the caller: it is deleted. */
export function forgetWorkspace(db: SqliteHandle, workspace: string): void {
  db.run('UPDATE workflow_versions SET hidden = 1 WHERE workspace = ?', workspace)
  db.run(
    `UPDATE workflows SET deleted = 1
     WHERE NOT EXISTS (SELECT 1 FROM workflow_versions AS v WHERE v.name = workflows.name AND v.hidden = 0)`,
  )
  db.run(DELETE_UNUSED_VERSIONS)
}

export const deleteWorkflow = (db: SqliteHandle, name: string): boolean =>
  db.transaction(() => {
    if (db.run('UPDATE workflows SET deleted = 1 WHERE name = ? AND deleted = 0', name) === 0) return false
    db.run('UPDATE workflow_versions SET hidden = 1 WHERE name = ?', name)
    db.run(DELETE_UNUSED_VERSIONS)
    return true
  })
