import type { Json } from '../../../../src-shared/contract/index.ts'
import type { CacheRow, IdempotencyRow, JournalEntry } from '../storage.ts'
import type { SqliteHandle } from './handle.ts'

/** Counts one more start of the orchestrator; on disk when it returns. */
export function bumpEpoch(db: SqliteHandle): number {
  return db.transaction(() => {
    db.run("UPDATE meta SET value = value + 1 WHERE key = 'epoch'")
    return db.get<{ value: number }>("SELECT value FROM meta WHERE key = 'epoch'")?.value ?? 0
  })
}

export const journalOfRun = (db: SqliteHandle, run: string, after: number): readonly JournalEntry[] =>
  db.all<JournalEntry>(
    'SELECT cursor, run, at, events FROM journal WHERE run = ? AND cursor > ? ORDER BY cursor',
    run,
    after,
  )

export const journalAfter = (db: SqliteHandle, after: number, limit: number): readonly JournalEntry[] =>
  db.all<JournalEntry>(
    'SELECT cursor, run, at, events FROM journal WHERE cursor > ? ORDER BY cursor LIMIT ?',
    after,
    limit,
  )

const CACHE_COLUMNS = 'key, workflow, step, workspace, execution, run, at, outputs, parts'

/** Workspaces are asked in order, because the own one goes before its ancestors. */
export function cacheHit(
  db: SqliteHandle,
  key: string,
  workspaces: readonly string[],
  notBefore: number,
): CacheRow | null {
  for (const workspace of workspaces) {
    const row = db.get<CacheRow>(
      `SELECT ${CACHE_COLUMNS} FROM cache WHERE key = ? AND workspace = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT 1`,
      key,
      workspace,
      notBefore,
    )
    if (row !== null) return row
  }
  return null
}

export function cacheNearest(
  db: SqliteHandle,
  workflow: string,
  step: string,
  workspaces: readonly string[],
): CacheRow | null {
  let nearest: CacheRow | null = null
  for (const workspace of workspaces) {
    const row = db.get<CacheRow>(
      `SELECT ${CACHE_COLUMNS} FROM cache WHERE workflow = ? AND step = ? AND workspace = ?
       ORDER BY at DESC, id DESC LIMIT 1`,
      workflow,
      step,
      workspace,
    )
    if (row !== null && (nearest === null || row.at > nearest.at)) nearest = row
  }
  return nearest
}

export function idempotent(db: SqliteHandle, key: string): IdempotencyRow | null {
  const row = db.get<Omit<IdempotencyRow, 'answer'> & { answer: string }>(
    'SELECT key, fingerprint, answer, at FROM idempotency WHERE key = ?',
    key,
  )
  return row === null ? null : { ...row, answer: JSON.parse(row.answer) as Json }
}
