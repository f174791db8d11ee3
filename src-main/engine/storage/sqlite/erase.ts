import { ProblemError } from '../../../../src-shared/contract/index.ts'
import type { SqliteHandle } from './handle.ts'
import { runById } from './runs.ts'
import { isEnded } from './schema.ts'

/** Rows that one transaction deletes: some 10 ms, so that commits of running work hardly wait. */
const ROWS_PER_TRANSACTION = 2_000
/** Idempotency keys that one call of compact deletes. */
const KEYS_PER_CALL = 5_000
/** Pages of 4 KiB that one call of compact gives back. */
const PAGES_PER_CALL = 2_048

/** Gives other work of this thread its turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Deletes ended runs. They vanish from lists in the first transaction; what belongs to them goes in bounded ones after
 * it. An engine that is killed between goes on with `eraseSome` in its next compact.
 * @throws ProblemError run_not_finished when one of them is active; then none is deleted
 */
export async function deleteRuns(db: SqliteHandle, ids: readonly string[]): Promise<void> {
  db.transaction(() => {
    for (const id of ids) {
      const run = runById(db, id)
      if (run === null) continue
      if (!isEnded(run.status)) {
        throw new ProblemError(
          'run_not_finished',
          `Run ${id} is ${run.status}, and only a run that ended can be deleted.`,
          {
            fix: 'Cancel the run, or wait for its end.',
          },
        )
      }
      db.run('INSERT INTO erased_runs (id) VALUES (?) ON CONFLICT DO NOTHING', id)
      db.run('DELETE FROM runs WHERE id = ?', id)
    }
    db.run(
      `UPDATE meta SET value = max(value, coalesce((SELECT max(cursor) FROM journal), 0)) WHERE key = 'cursor_floor'`,
    )
  })
  while (db.isOpen && eraseSome(db)) await breathe()
}

/** One transaction's worth of the rows of deleted runs. True when there are more. */
export function eraseSome(db: SqliteHandle): boolean {
  if (db.get('SELECT 1 FROM erased_runs LIMIT 1') === null) return false
  return db.transaction(() => {
    let room = ROWS_PER_TRANSACTION
    for (;;) {
      const run = db.get<{ id: string }>('SELECT id FROM erased_runs LIMIT 1')?.id
      if (run === undefined) break
      for (const sql of DELETE_ROWS_OF_RUN) {
        if (room > 0) room -= db.run(sql, run, room)
      }
      if (room <= 0) return true
      db.run('DELETE FROM erased_runs WHERE id = ?', run)
      room -= 1
    }
    db.run(DELETE_UNUSED_VERSIONS)
    return false
  })
}

const DELETE_ROWS_OF_RUN = [
  'DELETE FROM journal WHERE cursor IN (SELECT cursor FROM journal WHERE run = ? LIMIT ?)',
  'DELETE FROM cache WHERE id IN (SELECT id FROM cache WHERE run = ? LIMIT ?)',
  'DELETE FROM blob_refs WHERE (run, digest) IN (SELECT run, digest FROM blob_refs WHERE run = ? LIMIT ?)',
]

/** Deleted versions of workflows that no run was started from, or none that is left. */
export const DELETE_UNUSED_VERSIONS = `
  DELETE FROM workflow_versions WHERE hidden = 1 AND NOT EXISTS (SELECT 1 FROM runs WHERE plan = digest)`

/** Who refers to blobs, each in a column `digest`: what is in none of them is removed, and is in no archive. */
export const BLOB_TABLES = ['blob_refs', 'workflow_files', 'draft_files'] as const

/** Of these digests, the ones that neither a run, nor a version of a workflow, nor a draft refers to. */
export const unreferencedBlobs = (db: SqliteHandle, digests: readonly string[]): readonly string[] =>
  db
    .all<{ digest: string }>(
      `SELECT value AS digest FROM json_each(?)
       WHERE ${BLOB_TABLES.map((table) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE digest = value)`).join(' AND ')}`,
      JSON.stringify(digests),
    )
    .map((row) => row.digest)

/** Bounded housekeeping; true when another call would find more to do. */
export function compact(db: SqliteHandle, before: number): boolean {
  const keys = db.transaction(() =>
    db.run(
      'DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at < ? ORDER BY at LIMIT ?)',
      before,
      KEYS_PER_CALL,
    ),
  )
  const more = eraseSome(db)
  const free = db.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0
  if (free > 0) db.exec(`PRAGMA incremental_vacuum(${PAGES_PER_CALL})`)
  // The file shrinks when the log is copied back. A reader that stands in the way delays that to a later checkpoint.
  if (free > 0 || keys > 0) db.withoutWaiting(() => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
  return more || keys === KEYS_PER_CALL || free > PAGES_PER_CALL
}
