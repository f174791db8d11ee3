import type { CacheRow, CommitBatch, IdempotencyRow, NewJournalEntry, RunRow } from '../storage.ts'
import type { SqliteHandle, SqlValue } from './handle.ts'

/** Entries that one statement inserts: beyond this, more rows a statement bring nothing. */
const ENTRIES_PER_STATEMENT = 16

const insertEntries = (rows: number): string =>
  `INSERT INTO journal (cursor, run, at, events) VALUES ${Array<string>(rows).fill('(?, ?, ?, ?)').join(', ')}`
const INSERT_ENTRY = insertEntries(1)
const INSERT_ENTRIES = insertEntries(ENTRIES_PER_STATEMENT)

// What a run is pinned to never changes; only what a run's progress changes is written again.
const UPSERT_RUN = `
  INSERT INTO runs (id, workflow, version, plan, workspace, status, "trigger", parent_run, parent_step, priority,
    created_at, started_at, finished_at, total, done, succeeded, failed, skipped, items, items_done, items_failed, dropped,
    reruns, earlier_ms, rerun_in, items_cancelled, calls)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, "trigger" = excluded."trigger", priority = excluded.priority,
    started_at = excluded.started_at, finished_at = excluded.finished_at, total = excluded.total, done = excluded.done,
    succeeded = excluded.succeeded, failed = excluded.failed, skipped = excluded.skipped, items = excluded.items,
    items_done = excluded.items_done, items_failed = excluded.items_failed, dropped = excluded.dropped,
    reruns = excluded.reruns, earlier_ms = excluded.earlier_ms, rerun_in = excluded.rerun_in,
    items_cancelled = excluded.items_cancelled, calls = excluded.calls`
const INSERT_CACHE = `
  INSERT INTO cache (key, workflow, step, workspace, execution, run, at, outputs, parts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const INSERT_BLOB_REF = 'INSERT INTO blob_refs (run, digest) VALUES (?, ?) ON CONFLICT DO NOTHING'
// The first answer stands: it is what the caller was told.
const INSERT_IDEMPOTENCY = `
  INSERT INTO idempotency (key, fingerprint, answer, at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`

/**
 * The hot path. Cursors are counted here and not by SQLite's AUTOINCREMENT, which would write one more page in every
 * commit; `cursor_floor` keeps them from being given out twice when the newest entries are deleted.
 */
export function createCommitter(db: SqliteHandle): (batch: CommitBatch) => readonly number[] {
  /** Cursor of the newest entry that is on disk; null when it must be read again. */
  let newest: number | null = null

  return (batch) => {
    if (isEmpty(batch)) return []
    try {
      const cursors = db.transaction(() => {
        newest ??= lastCursor(db)
        const written = writeEntries(db, newest, batch.entries)
        for (const row of batch.runs) writeRun(db, row)
        for (const row of batch.cache) writeCache(db, row)
        for (const { run, digest } of batch.blobs) db.run(INSERT_BLOB_REF, run, digest)
        for (const row of batch.idempotency) writeIdempotency(db, row)
        return written
      })
      newest = cursors.at(-1) ?? newest
      return cursors
    } catch (error) {
      newest = null
      throw error
    }
  }
}

const isEmpty = (batch: CommitBatch): boolean =>
  batch.entries.length + batch.runs.length + batch.cache.length + batch.blobs.length + batch.idempotency.length === 0

function writeEntries(db: SqliteHandle, newest: number, entries: readonly NewJournalEntry[]): readonly number[] {
  const inGroups = entries.length - (entries.length % ENTRIES_PER_STATEMENT)
  let values: SqlValue[] = []
  return entries.map((entry, index) => {
    const cursor = newest + 1 + index
    if (index >= inGroups) {
      db.run(INSERT_ENTRY, cursor, entry.run, entry.at, entry.events)
      return cursor
    }
    values.push(cursor, entry.run, entry.at, entry.events)
    if ((index + 1) % ENTRIES_PER_STATEMENT === 0) {
      db.run(INSERT_ENTRIES, ...values)
      values = []
    }
    return cursor
  })
}

function writeRun(db: SqliteHandle, row: RunRow): void {
  db.run(
    UPSERT_RUN,
    row.id,
    row.workflow,
    row.version,
    row.plan,
    row.workspace,
    row.status,
    row.trigger,
    row.parentRun,
    row.parentStep,
    row.priority,
    row.createdAt,
    row.startedAt,
    row.finishedAt,
    row.total,
    row.done,
    row.succeeded,
    row.failed,
    row.skipped,
    row.items,
    row.itemsDone,
    row.itemsFailed,
    row.dropped,
    row.reruns,
    row.earlierMs,
    row.rerunIn,
    row.itemsCancelled,
    row.calls,
  )
}

function writeCache(db: SqliteHandle, row: CacheRow): void {
  const { key, workflow, step, workspace, execution, run, at, outputs, parts } = row
  db.run(INSERT_CACHE, key, workflow, step, workspace, execution, run, at, outputs, parts)
}

function writeIdempotency(db: SqliteHandle, row: IdempotencyRow): void {
  db.run(INSERT_IDEMPOTENCY, row.key, row.fingerprint, JSON.stringify(row.answer), row.at)
}

/** Cursor of the newest entry that was ever written. */
export function lastCursor(db: SqliteHandle): number {
  const row = db.get<{ cursor: number }>(`
    SELECT max(coalesce((SELECT max(cursor) FROM journal), 0),
      (SELECT value FROM meta WHERE key = 'cursor_floor')) AS cursor`)
  return row?.cursor ?? 0
}
