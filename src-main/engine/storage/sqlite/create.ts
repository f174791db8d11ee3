import { closeSync, openSync } from 'node:fs'
import { storageProblem } from './errors.ts'

/** Only the user of the engine reads its databases. */
export const DATABASE_MODE = 0o600

/**
 * Creates an empty file that SQLite takes for a new database. SQLite by itself would create it with the mode that the
 * umask leaves; its log files take over the mode of the database. An existing file is not even opened (see lock.ts).
 */
export function createDatabaseFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', DATABASE_MODE))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw storageProblem(error, path)
  }
}
