import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { DATABASE_MODE } from './create.ts'
import { storageProblem } from './errors.ts'
import type { SqliteHandle } from './handle.ts'
import { APPLICATION_ID, type Migration } from './schema.ts'

/** The database that a migration found; kept beside the migrated one. */
export const backupPath = (path: string, version: number): string => `${path}.v${version}.bak`

/**
 * Reads the version of a database without changing a byte of it: also a newer engine's file must survive being
 * opened by an older engine.
 * @returns 0 when it has no tables yet
 * @throws ProblemError database_newer when it is newer than `known`, project_failed when it is another program's
 */
export function checkVersion(path: string, known: number): number {
  const { version, application, tables } = readStamp(path)
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0 || tables > 0)) {
    throw new ProblemError('project_failed', `The file ${path} is the database of another program.`, {
      fix: 'Move that file away, or choose another data folder.',
    })
  }
  if (version > known) throw newerDatabase(path, version, known)
  return version
}

/**
 * Values are handed out through an SQL function, because statements that exec runs are finalized: this connection is
 * gone when it returns (see SqliteHandle.close), and was never one that could write.
 */
function readStamp(path: string): { version: number; application: number; tables: number } {
  const stamp = { version: 0, application: 0, tables: 0 }
  try {
    const db = new DatabaseSync(path, { readOnly: true })
    try {
      db.function('hand_out', (version: number, application: number, tables: number) => {
        Object.assign(stamp, { version, application, tables })
        return null
      })
      db.exec(`
        SELECT hand_out(user_version, application_id, (SELECT count(*) FROM sqlite_schema))
        FROM pragma_user_version, pragma_application_id`)
    } finally {
      db.close()
    }
  } catch (error) {
    throw storageProblem(error, path)
  }
  return stamp
}

function newerDatabase(path: string, version: number, known: number): ProblemError {
  return new ProblemError(
    'database_newer',
    `The database ${path} has schema version ${version}, and this Weir knows versions up to ${known}.`,
    { fix: 'It was written by a newer Weir: start a newer Weir on this folder. Nothing was changed.' },
  )
}

/**
 * Brings a database to the newest version, one transaction a step. A database that holds data already is copied to
 * `backupPath` before.
 */
export function migrate(handle: SqliteHandle, from: number, steps: readonly Migration[]): void {
  const due = steps.filter((step) => step.version > from)
  if (due.length === 0) return
  if (from > 0) backUp(handle, from)
  for (const step of due) {
    handle.transaction(() => {
      handle.exec(step.sql)
      handle.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${step.version}`)
    })
  }
}

function backUp(handle: SqliteHandle, version: number): void {
  const target = backupPath(handle.path, version)
  const unfinished = `${target}.part`
  rmSync(unfinished, { force: true })
  handle.run('VACUUM INTO ?', unfinished)
  chmodSync(unfinished, DATABASE_MODE)
  syncPath(unfinished, 'r+')
  renameSync(unfinished, target)
  syncFolder(dirname(target))
}

/** Makes the entry of a new file durable. Windows has no such call and does it by itself. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') syncPath(folder, 'r')
}

function syncPath(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
