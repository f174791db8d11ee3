import { workflowConflict } from '../conflicts.ts'
import type { NewWorkflowVersion, WorkflowRow } from '../storage.ts'
import { DELETE_UNUSED_VERSIONS } from './erase.ts'
import { digestsIn } from './files.ts'
import type { SqliteHandle } from './handle.ts'
import { escapeLike } from './like.ts'

const NO_LAYOUT = '{}'

const SELECT = `
  SELECT v.name, v.description, v.digest, v.source, v.files, v.steps, v.at, v.layout, v.version, w.latest, w.created_at AS createdAt
  FROM workflow_versions AS v JOIN workflows AS w ON w.name = v.name`

/** The newest version when `version` is absent. Deleted ones are not found. */
export function workflowByName(db: SqliteHandle, name: string, version?: number): WorkflowRow | null {
  const which = version === undefined ? 'v.version = w.latest' : 'v.version = ?'
  const values = version === undefined ? [name] : [name, version]
  return db.get<WorkflowRow>(`${SELECT} WHERE v.name = ? AND ${which} AND v.hidden = 0`, ...values)
}

export const workflowByDigest = (db: SqliteHandle, digest: string, prefer?: number): WorkflowRow | null =>
  db.get<WorkflowRow>(
    `${SELECT} WHERE v.digest = ? ORDER BY v.version = ? DESC, v.hidden, v.version DESC LIMIT 1`,
    digest,
    prefer ?? null,
  )

export function listWorkflows(
  db: SqliteHandle,
  query: { search?: string; afterName?: string; limit: number },
): readonly WorkflowRow[] {
  const pattern = `%${escapeLike(query.search ?? '')}%`
  return db.all<WorkflowRow>(
    `${SELECT}
     WHERE v.version = w.latest AND w.deleted = 0 AND w.name > ?
       AND (v.name LIKE ? ESCAPE '\\' OR coalesce(v.description, '') LIKE ? ESCAPE '\\')
     ORDER BY w.name LIMIT ?`,
    query.afterName ?? '',
    pattern,
    pattern,
    query.limit,
  )
}

export const workflowVersions = (
  db: SqliteHandle,
  name: string,
  beforeVersion: number | null,
  limit: number,
): readonly WorkflowRow[] =>
  db.all<WorkflowRow>(
    `${SELECT} WHERE v.name = ? AND v.hidden = 0 AND v.version < ? ORDER BY v.version DESC LIMIT ?`,
    name,
    beforeVersion ?? Number.MAX_SAFE_INTEGER,
    limit,
  )

export function saveWorkflow(db: SqliteHandle, fresh: NewWorkflowVersion): { version: WorkflowRow; created: boolean } {
  return db.transaction(() => {
    const newest = workflowByName(db, fresh.name)
    const isSame = newest !== null && newest.digest === fresh.digest
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

function insertVersion(db: SqliteHandle, fresh: NewWorkflowVersion): void {
  db.run(
    `INSERT INTO workflows (name, latest, created_at, deleted) VALUES (?, 1, ?, 0)
     ON CONFLICT (name) DO UPDATE SET latest = latest + 1, deleted = 0`,
    fresh.name,
    fresh.at,
  )
  db.run(
    `INSERT INTO workflow_versions (name, version, description, digest, source, files, steps, at, hidden, layout)
     SELECT name, latest, ?, ?, ?, ?, ?, ?, 0, ? FROM workflows WHERE name = ?`,
    fresh.description,
    fresh.digest,
    fresh.source,
    fresh.files,
    fresh.steps,
    fresh.at,
    fresh.layout ?? NO_LAYOUT,
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

export const deleteWorkflow = (db: SqliteHandle, name: string): boolean =>
  db.transaction(() => {
    if (db.run('UPDATE workflows SET deleted = 1 WHERE name = ? AND deleted = 0', name) === 0) return false
    db.run('UPDATE workflow_versions SET hidden = 1 WHERE name = ?', name)
    db.run(DELETE_UNUSED_VERSIONS)
    return true
  })
