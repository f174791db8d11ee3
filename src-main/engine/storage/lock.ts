import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { z } from 'zod'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { createDatabaseFile } from './sqlite/create.ts'
import { SQLITE, sqliteCode, storageProblem } from './sqlite/errors.ts'

/** What a running engine leaves in `engine.json`, as far as it helps to find it. */
const RunningEngine = z.looseObject({
  pid: z.int().optional(),
  url: z.string().optional(),
})

/** Keeps what is held alive: a connection that nobody refers to is collected, and its lock goes with it. */
const held = new Set<InstanceType<typeof DatabaseSync>>()

/** The right to be the one engine of a data folder. */
export interface DataLock {
  readonly folder: string
  /** Gives it up. It is given up as well when the process ends, however that happens. */
  release(): void
}

/**
 * Takes the data folder for this process: an OS lock (fcntl, LockFileEx) on `engine.lock`, held by an exclusive
 * transaction of SQLite, which knows how each platform does that. The file stays; only the lock counts.
 *
 * While it is held, nothing else in this process may open and close `engine.lock`: closing any descriptor of a file
 * gives up this process's fcntl locks on it.
 * @throws ProblemError engine_running at once when another engine, or this one, holds it
 */
export function acquireDataLock(folder: string): DataLock {
  const path = join(folder, 'engine.lock')
  createDatabaseFile(path)
  const db = openLocked(folder, path)
  held.add(db)
  return {
    folder,
    release: () => {
      if (held.delete(db)) db.close()
    },
  }
}

function openLocked(folder: string, path: string): InstanceType<typeof DatabaseSync> {
  let db: InstanceType<typeof DatabaseSync> | null = null
  try {
    db = new DatabaseSync(path, { timeout: 0 })
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db?.close()
    const code = sqliteCode(error)
    throw code === SQLITE.BUSY || code === SQLITE.LOCKED ? engineRunning(folder, error) : storageProblem(error, path)
  }
}

function engineRunning(folder: string, cause: unknown): ProblemError {
  const running = readRunning(folder)
  const pid = running?.pid === undefined ? '' : ` (process ${running.pid})`
  const address = running?.url
  const where = address === undefined ? '' : `, and answers at ${address}`
  return new ProblemError('engine_running', `Another engine${pid} owns the data folder ${folder}${where}.`, {
    fix: 'Use that engine, stop it first, or choose another data folder.',
    cause,
  })
}

function readRunning(folder: string): z.infer<typeof RunningEngine> | null {
  try {
    return RunningEngine.safeParse(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).data ?? null
  } catch {
    return null // Absent or half written: the lock alone says that an engine runs.
  }
}
