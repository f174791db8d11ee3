import { constants } from 'node:os'
import { dirname } from 'node:path'
import { ProblemError } from '../../../../src-shared/contract/index.ts'

/** Primary result codes of SQLite that callers can do something about: https://sqlite.org/rescode.html */
export const SQLITE = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const

/** The low byte of an extended result code is the primary one. */
const PRIMARY_CODE_MASK = 0xff

const { ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ENOENT } = constants.errno

/** Some calls of the driver (`all`) hand out SQLite's message (sqlite3_errstr) without the code. */
const CODE_OF_MESSAGE: Readonly<Record<string, number>> = {
  'database is locked': SQLITE.BUSY,
  'database table is locked': SQLITE.LOCKED,
  'attempt to write a readonly database': SQLITE.READONLY,
  'disk I/O error': SQLITE.IOERR,
  'database disk image is malformed': SQLITE.CORRUPT,
  'database or disk is full': SQLITE.FULL,
  'unable to open database file': SQLITE.CANTOPEN,
  'file is not a database': SQLITE.NOTADB,
}

/** SQLite's primary result code of an error that the driver threw; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  const code = numberField(error, 'errcode')
  if (code !== null) return code & PRIMARY_CODE_MASK
  return error instanceof Error ? (CODE_OF_MESSAGE[error.message] ?? null) : null
}

/**
 * Puts an error of SQLite, or of a call on its files, into words for the person at the engine. What has no remedy outside the code, such as a
 * constraint that failed, is handed back as it is.
 * @param path of the database
 */
export function storageProblem(error: unknown, path: string): unknown {
  const systemCall = numberField(error, 'errno') // of Node, which has it negative
  const system = systemCall === null ? numberField(error, 'systemErrno') : Math.abs(systemCall)
  const code = systemCall === null ? sqliteCode(error) : SQLITE.CANTOPEN
  if (code === null) return error
  if (code === SQLITE.FULL || system === ENOSPC || system === EDQUOT) return diskFull(error, path)
  switch (code) {
    case SQLITE.READONLY:
      return readOnly(error, path)
    case SQLITE.CANTOPEN:
      return system === EROFS || system === EACCES || system === EPERM
        ? readOnly(error, path)
        : cannotOpen(error, path, system === ENOENT)
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return corrupt(error, path)
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return new ProblemError('project_failed', `Another process holds the database ${path}.`, {
        fix: 'Close the program that has this file open, e.g. a database browser or a backup, and try again.',
        cause: error,
      })
    case SQLITE.IOERR:
      return new ProblemError(
        'project_failed',
        `The disk failed while the database ${path} was used: ${text(error)}.`,
        {
          fix: 'Look for disk errors in the log of the system (dmesg), and check that the disk is mounted and healthy.',
          cause: error,
        },
      )
    default:
      return error
  }
}

function diskFull(cause: unknown, path: string): ProblemError {
  return new ProblemError('disk_full', `The disk that holds ${path} is full, so this change was not saved.`, {
    fix: `Free some space on the disk of ${dirname(path)} and try again. What was saved before is safe.`,
    cause,
  })
}

function readOnly(cause: unknown, path: string): ProblemError {
  return new ProblemError(
    'project_failed',
    `The database ${path} cannot be written: it, its folder or its disk is read-only.`,
    {
      fix: `Let the user of the engine write to ${dirname(path)}, or mount its disk for writing.`,
      cause,
    },
  )
}

function cannotOpen(cause: unknown, path: string, absent: boolean): ProblemError {
  const why = absent ? 'there is no such file or folder' : text(cause)
  return new ProblemError('project_failed', `The database ${path} cannot be opened: ${why}.`, {
    fix: `Check that ${dirname(path)} exists and that the user of the engine may read and write it.`,
    cause,
  })
}

function corrupt(cause: unknown, path: string): ProblemError {
  return new ProblemError('project_failed', `The database ${path} is damaged: ${text(cause)}.`, {
    fix:
      `Stop the engine and keep a copy of ${dirname(path)}. Then put back the newest backup of this file, or save what is ` +
      `readable with: sqlite3 ${path} .recover | sqlite3 recovered.db`,
    cause,
  })
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function numberField(error: unknown, field: string): number | null {
  if (typeof error !== 'object' || error === null || !(field in error)) return null
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'number' ? value : null
}
