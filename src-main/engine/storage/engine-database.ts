import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { storageProblem } from './sqlite/errors.ts'

export type EngineDatabase = InstanceType<typeof DatabaseSync>

/** How long a writer waits for another connection, e.g. a backup. */
const BUSY_TIMEOUT_MS = 5_000

const AUDIT = `
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

const SESSIONS = `
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
`

const PROJECTS = `
  CREATE TABLE projects (
    folder TEXT PRIMARY KEY,
    name TEXT UNIQUE,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    archived_at INTEGER
  ) STRICT;
`

/** What makes the shape of version n of version n-1; the version is kept in `user_version`. */
const STEPS: readonly string[] = [AUDIT, SESSIONS, PROJECTS]

/** Opens `<data>/engine.db`, makes it when it is not there, and brings it up to date. */
export function openEngineDatabase(data: string): EngineDatabase {
  const path = join(data, 'engine.db')
  try {
    return openChecked(path)
  } catch (error) {
    throw storageProblem(error, path)
  }
}

function openChecked(path: string): EngineDatabase {
  // SQLite makes files that everybody may read; what it puts beside this one has the same mode.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > STEPS.length) {
    db.close()
    throw new ProblemError(
      'database_newer',
      `${path} was written by a newer Weir (version ${version} of its shape; this one knows ${STEPS.length}).`,
      { fix: 'Start the newer Weir on this data folder, or use another folder with --data.' },
    )
  }
  if (version < STEPS.length) {
    db.exec(`BEGIN; ${STEPS.slice(version).join('')}; PRAGMA user_version = ${STEPS.length}; COMMIT`)
  }
  return db
}
