import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite'
import { storageProblem } from './errors.ts'

/** What can be bound to a statement. */
export type SqlValue = string | number | null | Uint8Array

/** How long a statement waits for another process's lock. Within Weir there is one writer, and readers do not block it. */
const BUSY_TIMEOUT_MS = 5_000
/** Page cache of a connection, in KiB: enough for the hot pages of the journal, small against the engine's 120 MB. */
const CACHE_KIB = 8_000
/**
 * Pages after which a commit copies the log back into the database. SQLite's default: a larger log makes commits slower,
 * because a log that is used again from its start is overwritten in place, while a growing one also writes file sizes.
 */
const CHECKPOINT_PAGES = 1_000
/** The log is cut to this many bytes when it is used again, after one large transaction made it grow. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024

/**
 * One connection: statements are prepared once, when first used; errors come out in words (see errors.ts).
 *
 * Pages are read with read(), never through mmap: a bad sector is then an error, not the end of the process.
 */
export class SqliteHandle {
  readonly path: string
  readonly #readOnly: boolean
  readonly #db: InstanceType<typeof DatabaseSync>
  readonly #statements = new Map<string, StatementSyncInstance>()

  constructor(path: string, readOnly: boolean) {
    this.path = path
    this.#readOnly = readOnly
    this.#db = this.#guarded(() => new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS }))
    try {
      this.#configure(readOnly)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  #configure(readOnly: boolean): void {
    this.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF`)
    if (readOnly) return
    // auto_vacuum counts only before the first table is made. fullfsync matters on macOS, whose fsync stops at the
    // drive's cache.
    this.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
      PRAGMA foreign_keys = ON;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`)
  }

  /** False after close. */
  get isOpen(): boolean {
    return this.#db.isOpen
  }

  /** Runs statements that return nothing and take no values. */
  exec(sql: string): void {
    this.#guarded(() => this.#db.exec(sql))
  }

  /** All rows. `T` says what the columns are; they are named like the fields of the row types. */
  all<T>(sql: string, ...values: SqlValue[]): T[] {
    return this.#guarded(() => this.#statement(sql).all(...values) as T[])
  }

  /** The first row, or null. */
  get<T>(sql: string, ...values: SqlValue[]): T | null {
    return this.#guarded(() => (this.#statement(sql).get(...values) as T | undefined) ?? null)
  }

  /** Changes rows; answers how many. */
  run(sql: string, ...values: SqlValue[]): number {
    return this.#guarded(() => this.#statement(sql).run(...values).changes)
  }

  /** One atomic transaction, on disk when it returns. Whatever `work` throws undoes all of it. */
  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      // Some failures, such as a full disk, have ended the transaction already.
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Runs `work` so that it gives up at once where another connection is in the way. */
  withoutWaiting<T>(work: () => T): T {
    this.exec('PRAGMA busy_timeout = 0')
    try {
      return work()
    } finally {
      this.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    }
  }

  /**
   * The driver cannot finalize statements; SQLite keeps a closed connection in the background until they are collected.
   * So the log is copied back here, and not left to the end of the connection.
   */
  close(): void {
    if (!this.#db.isOpen) return
    if (!this.#readOnly) this.#copyLogBack()
    this.#statements.clear()
    this.#guarded(() => this.#db.close())
  }

  #copyLogBack(): void {
    try {
      this.withoutWaiting(() => this.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
    } catch {
      // E.g. a full disk. Nothing is lost: the log is on disk, and whoever opens the database next reads it.
    }
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storageProblem(error, this.path)
    }
  }
}
