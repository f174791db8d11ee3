import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { type AuditEntry, ProblemError } from '../../../src-shared/contract/index.ts'
import { storageProblem } from '../storage/index.ts'

/** Version of engine.db's shape, kept in `user_version`. */
const AUDIT_SCHEMA_VERSION = 1
/** How long a writer waits for another connection, e.g. a backup. */
const BUSY_TIMEOUT_MS = 5_000

const SCHEMA = `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    status INTEGER NOT NULL,
    code TEXT
  ) STRICT;
  CREATE INDEX audit_by_actor ON audit (actor, id);
  CREATE INDEX audit_by_action ON audit (action, id);
`

export type NewAuditEntry = Omit<AuditEntry, 'id'>

export interface AuditQuery {
  readonly actor?: string
  readonly action?: string
  /** Entries older than this one */
  readonly before?: number
  readonly limit: number
}

/** Who changed what. Entries are never altered. */
export interface Audit {
  /** Resolves when the entry is on disk. Entries of one turn of the event loop share a transaction. */
  write(entry: NewAuditEntry): Promise<void>
  /** Newest first. */
  list(query: AuditQuery): AuditEntry[]
  close(): void
}

interface Waiting {
  readonly entry: NewAuditEntry
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Opens `<data>/engine.db`, and makes it when it is not there. */
export function openAudit(data: string): Audit {
  const db = openDatabase(join(data, 'engine.db'))
  const insert = db.prepare(
    'INSERT INTO audit (at, actor, source, action, target, status, code) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const select = db.prepare(
    `SELECT id, at, actor, source AS "from", action, target, status, code FROM audit
     WHERE id < ? AND (? IS NULL OR actor = ?) AND (? IS NULL OR action = ?) ORDER BY id DESC LIMIT ?`,
  )
  let waiting: Waiting[] = []

  const flush = (): void => {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return
    try {
      db.exec('BEGIN IMMEDIATE')
      for (const { entry } of batch) {
        insert.run(entry.at, entry.actor, entry.from, entry.action, entry.target, entry.status, entry.code)
      }
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      for (const { reject } of batch) reject(error)
      return
    }
    for (const { resolve } of batch) resolve()
  }

  return {
    write: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        if (waiting.length === 1) setImmediate(flush)
      }),
    list({ actor = null, action = null, before = Number.MAX_SAFE_INTEGER, limit }) {
      return select.all(before, actor, actor, action, action, limit) as AuditEntry[]
    },
    close() {
      flush()
      db.close()
    },
  }
}

function openDatabase(path: string): InstanceType<typeof DatabaseSync> {
  try {
    return openChecked(path)
  } catch (error) {
    throw storageProblem(error, path)
  }
}

function openChecked(path: string): InstanceType<typeof DatabaseSync> {
  // SQLite makes files that everybody may read; what it puts beside this one has the same mode.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (row.user_version > AUDIT_SCHEMA_VERSION) {
    db.close()
    throw new ProblemError(
      'database_newer',
      `${path} was written by a newer Weir (version ${row.user_version} of its shape; this one knows ${AUDIT_SCHEMA_VERSION}).`,
      { fix: 'Start the newer Weir on this data folder, or use another folder with --data.' },
    )
  }
  if (row.user_version === 0) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${AUDIT_SCHEMA_VERSION}; COMMIT`)
  return db
}
