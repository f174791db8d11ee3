import { nameTaken } from '../conflicts.ts'
import type { ModuleRow, NewWorkflowVersion } from '../storage.ts'
import type { SqliteHandle } from './handle.ts'
import { insertVersion, workflowByName } from './workflows.ts'

const COLUMNS = 'module, version, workspace, digest, language, manifest, at'

export const saveModules = (
  db: SqliteHandle,
  modules: readonly ModuleRow[],
  workflows: readonly NewWorkflowVersion[],
): void =>
  db.transaction(() => {
    for (const { module, version, workspace, digest, language, manifest, at } of modules) {
      db.run(
        `INSERT INTO module_versions (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        module,
        version,
        workspace,
        digest,
        language,
        manifest,
        at,
      )
    }
    for (const fresh of workflows) saveVersion(db, fresh)
  })

function saveVersion(db: SqliteHandle, fresh: NewWorkflowVersion): void {
  const newest = workflowByName(db, fresh.name)
  if (newest !== null && fresh.origin !== undefined && newest.origin?.module !== fresh.origin.module) {
    throw nameTaken(fresh.origin, newest)
  }
  const sql = 'SELECT 1 FROM workflow_versions WHERE name = ? AND digest = ? AND hidden = 0 LIMIT 1'
  if (db.get(sql, fresh.name, fresh.digest) === null) insertVersion(db, fresh)
}

export const moduleVersion = (db: SqliteHandle, module: string, version: number): ModuleRow | null =>
  db.get<ModuleRow>(`SELECT ${COLUMNS} FROM module_versions WHERE module = ? AND version = ?`, module, version)

export const lastModuleVersion = (db: SqliteHandle, module: string): number =>
  db.get<{ last: number | null }>('SELECT max(version) AS last FROM module_versions WHERE module = ?', module)?.last ??
  0

export function newestModule(db: SqliteHandle, module: string, workspaces: readonly string[]): ModuleRow | null {
  for (const workspace of workspaces) {
    const row = db.get<ModuleRow>(
      `SELECT ${COLUMNS} FROM module_versions WHERE module = ? AND workspace = ? ORDER BY version DESC LIMIT 1`,
      module,
      workspace,
    )
    if (row !== null) return row
  }
  return null
}

export function listModules(db: SqliteHandle, workspaces?: readonly string[]): readonly ModuleRow[] {
  const names = db.all<{ module: string }>('SELECT DISTINCT module FROM module_versions ORDER BY module')
  const rows = names.map(({ module }) =>
    workspaces === undefined
      ? moduleVersion(db, module, lastModuleVersion(db, module))
      : newestModule(db, module, workspaces),
  )
  return rows.filter((row) => row !== null)
}

export const moduleVersions = (
  db: SqliteHandle,
  module: string,
  beforeVersion: number | null,
  limit: number,
): readonly ModuleRow[] =>
  db.all<ModuleRow>(
    `SELECT ${COLUMNS} FROM module_versions WHERE module = ? AND version < ? ORDER BY version DESC LIMIT ?`,
    module,
    beforeVersion ?? Number.MAX_SAFE_INTEGER,
    limit,
  )
