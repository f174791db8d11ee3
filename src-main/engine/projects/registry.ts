import { type EngineDatabase, openEngineDatabase } from '../storage/index.ts'

/** A project as it stands in `engine.db`. Its folder keeps its name for ever: executions that run know its path. */
export interface ProjectRow {
  readonly folder: string
  readonly name: string
  readonly description: string
  /** ms since 1970 */
  readonly createdAt: number
  readonly archivedAt: number | null
}

/** Which projects there are. All is on disk when a call returns. */
export interface Registry {
  /** By name. */
  list(): ProjectRow[]
  find(name: string): ProjectRow | null
  /** Folders that are known, deleted ones included */
  folders(): ReadonlySet<string>
  add(row: ProjectRow): void
  /** A folder that is being filled: like a deleted one until it is added, so that the next start removes it. */
  reserve(folder: string, at: number): void
  /** Makes a project of a reserved folder, in one step. */
  addReserved(row: ProjectRow): void
  change(folder: string, content: { readonly name: string; readonly description: string }): void
  archive(folder: string, at: number | null): void
  /** From now on the project is not there any more, and its name is free; its folder is still to be removed. */
  condemn(folder: string): void
  /** Folders that are still to be removed */
  condemned(): string[]
  /** The folder is gone. */
  forget(folder: string): void
  close(): void
}

interface Row {
  readonly folder: string
  readonly name: string
  readonly description: string
  readonly created_at: number
  readonly archived_at: number | null
}

const COLUMNS = 'folder, name, description, created_at, archived_at'

export function openRegistry(data: string): Registry {
  const db: EngineDatabase = openEngineDatabase(data)
  const rows = (sql: string, ...values: string[]): Row[] => db.prepare(sql).all(...values) as Row[]
  return {
    list: () => rows(`SELECT ${COLUMNS} FROM projects WHERE name IS NOT NULL ORDER BY name`).map(toProject),
    find(name) {
      const [row] = rows(`SELECT ${COLUMNS} FROM projects WHERE name = ?`, name)
      return row === undefined ? null : toProject(row)
    },
    folders: () => new Set(rows('SELECT folder FROM projects').map(({ folder }) => folder)),
    add({ folder, name, description, createdAt, archivedAt }) {
      db.prepare(`INSERT INTO projects (${COLUMNS}) VALUES (?, ?, ?, ?, ?)`).run(
        folder,
        name,
        description,
        createdAt,
        archivedAt,
      )
    },
    reserve(folder, at) {
      db.prepare(`INSERT INTO projects (${COLUMNS}) VALUES (?, NULL, '', ?, NULL)`).run(folder, at)
    },
    addReserved({ folder, name, description, createdAt }) {
      db.prepare('UPDATE projects SET name = ?, description = ?, created_at = ? WHERE folder = ?').run(
        name,
        description,
        createdAt,
        folder,
      )
    },
    change(folder, { name, description }) {
      db.prepare('UPDATE projects SET name = ?, description = ? WHERE folder = ?').run(name, description, folder)
    },
    archive(folder, at) {
      db.prepare('UPDATE projects SET archived_at = ? WHERE folder = ?').run(at, folder)
    },
    condemn(folder) {
      db.prepare('UPDATE projects SET name = NULL WHERE folder = ?').run(folder)
    },
    condemned: () => rows('SELECT folder FROM projects WHERE name IS NULL').map(({ folder }) => folder),
    forget(folder) {
      db.prepare('DELETE FROM projects WHERE folder = ? AND name IS NULL').run(folder)
    },
    close: () => db.close(),
  }
}

const toProject = ({ folder, name, description, created_at, archived_at }: Row): ProjectRow => ({
  folder,
  name,
  description,
  createdAt: created_at,
  archivedAt: archived_at,
})
