import { z } from 'zod'
import { AssetFile } from '../../../../src-shared/contract/index.ts'
import type { NewWorkflowVersion, WorkflowRow } from '../storage.ts'
import { DELETE_UNUSED_VERSIONS } from './erase.ts'
import type { SqliteHandle } from './handle.ts'

const SELECT = `
  SELECT v.name, v.description, v.digest, v.source, v.files, v.steps, v.at, v.version, w.latest, w.created_at AS createdAt
  FROM workflow_versions AS v JOIN workflows AS w ON w.name = v.name`

/** The newest version when `version` is absent. Deleted ones are not found. */
export function workflowByName(db: SqliteHandle, name: string, version?: number): WorkflowRow | null {
  const which = version === undefined ? 'v.version = w.latest' : 'v.version = ?'
  const values = version === undefined ? [name] : [name, version]
  return db.get<WorkflowRow>(`${SELECT} WHERE v.name = ? AND ${which} AND v.hidden = 0`, ...values)
}

export const workflowByDigest = (db: SqliteHandle, digest: string): WorkflowRow | null =>
  db.get<WorkflowRow>(`${SELECT} WHERE v.digest = ? ORDER BY v.hidden, v.version DESC LIMIT 1`, digest)

export function listWorkflows(
  db: SqliteHandle,
  query: { search?: string; afterName?: string; limit: number },
): readonly WorkflowRow[] {
  const pattern = `%${(query.search ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
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
  const digests = new Set(
    z
      .array(AssetFile)
      .parse(JSON.parse(fresh.files))
      .map((file) => file.digest),
  )
  return db.transaction(() => {
    const newest = workflowByName(db, fresh.name)
    if (newest?.digest === fresh.digest) return { version: newest, created: false }
    db.run(
      `INSERT INTO workflows (name, latest, created_at, deleted) VALUES (?, 1, ?, 0)
       ON CONFLICT (name) DO UPDATE SET latest = latest + 1, deleted = 0`,
      fresh.name,
      fresh.at,
    )
    db.run(
      `INSERT INTO workflow_versions (name, version, description, digest, source, files, steps, at, hidden)
       SELECT name, latest, ?, ?, ?, ?, ?, ?, 0 FROM workflows WHERE name = ?`,
      fresh.description,
      fresh.digest,
      fresh.source,
      fresh.files,
      fresh.steps,
      fresh.at,
      fresh.name,
    )
    for (const digest of digests) {
      db.run(
        `INSERT INTO workflow_files (version, digest)
         SELECT v.id, ? FROM workflow_versions AS v JOIN workflows AS w ON w.name = v.name AND w.latest = v.version
         WHERE v.name = ?`,
        digest,
        fresh.name,
      )
    }
    const version = workflowByName(db, fresh.name)
    if (version === null) throw new Error(`The version of ${fresh.name} that was just saved cannot be read`)
    return { version, created: true }
  })
}

export const deleteWorkflow = (db: SqliteHandle, name: string): boolean =>
  db.transaction(() => {
    if (db.run('UPDATE workflows SET deleted = 1 WHERE name = ? AND deleted = 0', name) === 0) return false
    db.run('UPDATE workflow_versions SET hidden = 1 WHERE name = ?', name)
    db.run(DELETE_UNUSED_VERSIONS)
    return true
  })
