import { existsSync } from 'node:fs'
import { backup, DatabaseSync } from '@photostructure/sqlite'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { SCHEMA_VERSION } from '../storage.ts'
import { createDatabaseFile } from './create.ts'
import { BLOB_TABLES, deleteRuns } from './erase.ts'
import { storageProblem } from './errors.ts'
import { SqliteHandle } from './handle.ts'
import { checkVersion, migrate } from './migrate.ts'
import { ACTIVE_CONDITION, migrations } from './schema.ts'

/** A backup in one step: in several, each commit of the project would make it begin anew. */
const ALL_PAGES = -1
/** Rows that are read at once, so that the memory does not grow with the project. */
const PAGE = 1_000

/** What a copy of a project's database holds. */
export interface CopiedProject {
  readonly runs: number
  readonly workflows: number
  readonly drafts: number
  /** Runs that had not ended, and are not in the copy */
  readonly leftOut: number
}

/**
 * Copies the database of a project, as it stands between two commits, without keeping its orchestrator from work. The
 * copy has the newest shape and is one file. Runs that have not ended are taken out of it.
 * @param target is created; nobody else may use it
 * @returns what is in it, or null when `refuseActive` and there are such runs; then the copy is of no use
 * @throws ProblemError disk_full, database_newer, or project_failed when the database is damaged
 */
export async function copyProjectDatabase(
  source: string,
  target: string,
  refuseActive: boolean,
): Promise<CopiedProject | { readonly active: number }> {
  if (existsSync(source)) await copyFile(source, target)
  createDatabaseFile(target)
  const version = checkVersion(target, SCHEMA_VERSION)
  const db = new SqliteHandle(target, false)
  try {
    migrate(db, version, migrations)
    const active = db.all<{ id: string }>(`SELECT id FROM runs WHERE ${ACTIVE_CONDITION}`).map(({ id }) => id)
    if (refuseActive && active.length > 0) return { active: active.length }
    // Only ended runs can be deleted, and here is nobody who could still end them.
    db.run(`UPDATE runs SET status = 'cancelled' WHERE ${ACTIVE_CONDITION}`)
    await deleteRuns(db, active)
    // The answers to requests mean nothing to another engine.
    db.run('DELETE FROM idempotency')
    const copied = { ...countsOf(db), leftOut: active.length }
    db.exec('PRAGMA journal_mode = DELETE')
    return copied
  } finally {
    db.close()
  }
}

async function copyFile(source: string, target: string): Promise<void> {
  try {
    // Without statements: this connection is gone when it is closed.
    const from = new DatabaseSync(source, { readOnly: true })
    try {
      await backup(from, target, { rate: ALL_PAGES })
    } finally {
      from.close()
    }
  } catch (error) {
    throw storageProblem(error, source)
  }
}

function countsOf(db: SqliteHandle): Omit<CopiedProject, 'leftOut'> {
  const count = (table: string): number =>
    db.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0
  return { runs: count('runs'), workflows: count('workflows WHERE deleted = 0'), drafts: count('drafts') }
}

/** Reads lists out of a copy, in the order of the alphabet, a page at a time. */
export interface CopyReader {
  /** Every run that is in it */
  runs(): Generator<string>
  /** Every blob that a run, a version of a workflow or a draft refers to */
  blobs(): Generator<string>
  close(): void
}

const BLOBS = `
  ${BLOB_TABLES.map((table) => `SELECT digest AS id FROM ${table} WHERE digest > ?1`).join(' UNION ')}
  ORDER BY 1 LIMIT ${PAGE}`

export function readCopy(path: string): CopyReader {
  const db = new SqliteHandle(path, true)
  function* paged(sql: string): Generator<string> {
    let after = ''
    for (;;) {
      const page = db.all<{ id: string }>(sql, after)
      for (const { id } of page) yield id
      after = page.at(-1)?.id ?? ''
      if (page.length < PAGE) return
    }
  }
  return {
    runs: () => paged(`SELECT id FROM runs WHERE id > ?1 ORDER BY id LIMIT ${PAGE}`),
    blobs: () => paged(BLOBS),
    close: () => db.close(),
  }
}

/**
 * Looks at a database that came from elsewhere, before it becomes a project's.
 * @throws ProblemError with words when this engine would not have written it
 */
export function checkForeignDatabase(path: string): void {
  const version = checkVersion(path, SCHEMA_VERSION)
  const db = new SqliteHandle(path, true)
  try {
    const odd = db.get<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index')`)
    if (version === 0 || odd !== null) throw foreign('its database has another shape than that of a project')
    const active = db.get<{ count: number }>(`SELECT count(*) AS count FROM runs WHERE ${ACTIVE_CONDITION}`)?.count ?? 0
    if (active > 0) throw foreign('its database holds runs that have not ended, which would go on here')
  } finally {
    db.close()
  }
}

const foreign = (why: string): ProblemError =>
  new ProblemError('archive_invalid', `The archive cannot be imported: ${why}.`, {
    fix: 'Import only archives that "weir project export" has made.',
  })
