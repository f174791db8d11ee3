import { ProblemError } from '../../../../src-shared/contract/index.ts'
import type { WorkspaceRow } from '../storage.ts'
import type { SqliteHandle } from './handle.ts'
import { IN_WORKSPACE } from './runs.ts'
import { ACTIVE_CONDITION } from './schema.ts'
import { forgetWorkspace } from './workflows.ts'

/** As SQLite gives it: it has no type for truth. */
interface Row extends Omit<WorkspaceRow, 'paused'> {
  readonly paused: number
}

export const listWorkspaces = (db: SqliteHandle): readonly WorkspaceRow[] =>
  db
    .all<Row>(
      `SELECT id, name, base, paused, created_at AS createdAt, archived_at AS archivedAt FROM workspaces
       ORDER BY created_at, id`,
    )
    .map((row) => ({ ...row, paused: row.paused === 1 }))

export function saveWorkspace(db: SqliteHandle, { id, name, base, paused, createdAt, archivedAt }: WorkspaceRow): void {
  db.run(
    `INSERT INTO workspaces (id, name, base, paused, created_at, archived_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, base = excluded.base, paused = excluded.paused,
       archived_at = excluded.archived_at`,
    id,
    name,
    base,
    paused ? 1 : 0,
    createdAt,
    archivedAt,
  )
}

export const deleteWorkspace = (db: SqliteHandle, id: string): void =>
  db.transaction(() => {
    const name = db.get<{ name: string }>('SELECT name FROM workspaces WHERE id = ?', id)?.name ?? id
    if (db.get(`SELECT 1 FROM runs WHERE ${IN_WORKSPACE} LIMIT 1`, id, id) !== null) {
      throw new ProblemError('workspace_in_use', `Runs were started, or run again, in the workspace ${name}.`, {
        fix: `Delete them first, or put the workspace aside: weir workspace archive ${name}`,
      })
    }
    const below = db.get<{ name: string }>('SELECT name FROM workspaces WHERE base = ? LIMIT 1', id)
    if (below !== null) {
      throw new ProblemError('workspace_in_use', `The workspace ${below.name} has ${name} for its base.`, {
        fix: `Give it another one first: weir workspace rebase ${below.name} BASE`,
      })
    }
    forgetWorkspace(db, id)
    db.run('DELETE FROM workspaces WHERE id = ?', id)
  })

export const isWorkspaceUsed = (db: SqliteHandle, id: string): boolean =>
  db.get(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM workspaces WHERE id = ?)
       OR EXISTS (SELECT 1 FROM runs WHERE ${IN_WORKSPACE}) OR EXISTS (SELECT 1 FROM cache WHERE workspace = ?)
       OR EXISTS (SELECT 1 FROM module_versions WHERE workspace = ?)`,
    id,
    id,
    id,
    id,
    id,
  ) !== null

/** Reads active runs alone, which are few: where their last round was opened is the last word of `rerun_in`. */
export function activeInWorkspaces(db: SqliteHandle): readonly { workspace: string; runs: number }[] {
  const counts = new Map<string, number>()
  for (const { workspace, rerunIn } of db.all<{ workspace: string; rerunIn: string }>(
    `SELECT workspace, rerun_in AS rerunIn FROM runs WHERE ${ACTIVE_CONDITION}`,
  )) {
    const now = rerunIn.trim().split(' ').at(-1) || workspace
    counts.set(now, (counts.get(now) ?? 0) + 1)
  }
  return [...counts].map(([workspace, runs]) => ({ workspace, runs }))
}
