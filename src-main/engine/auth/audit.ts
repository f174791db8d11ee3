import type { AuditEntry } from '../../../src-shared/contract/index.ts'
import { openEngineDatabase } from '../storage/index.ts'

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
  const db = openEngineDatabase(data)
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
