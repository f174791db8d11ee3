import { draftConflict } from '../conflicts.ts'
import type { DraftContentRow, DraftQuery, DraftRow, DraftSummaryRow, NewDraft } from '../storage.ts'
import { digestsIn } from './files.ts'
import type { SqliteHandle } from './handle.ts'

const SUMMARY = 'id, workflow, base, origin, revision, created_at AS createdAt, updated_at AS updatedAt'
const CONTENT = ['workflow', 'base', 'origin', 'source', 'files', 'layout'] as const satisfies (keyof DraftContentRow)[]

export const draftById = (db: SqliteHandle, id: string): DraftRow | null =>
  db.get<DraftRow>(`SELECT ${SUMMARY}, source, files, layout FROM drafts WHERE id = ?`, id)

export function listDrafts(db: SqliteHandle, { workflow, after, limit }: DraftQuery): readonly DraftSummaryRow[] {
  const { updatedAt, id } = after ?? { updatedAt: Number.MAX_SAFE_INTEGER, id: '' }
  const within = workflow === undefined ? { sql: '', values: [] } : { sql: 'workflow = ? AND', values: [workflow] }
  return db.all<DraftSummaryRow>(
    `SELECT ${SUMMARY} FROM drafts WHERE ${within.sql} (updated_at, id) < (?, ?)
     ORDER BY updated_at DESC, id DESC LIMIT ?`,
    ...within.values,
    updatedAt,
    id,
    limit,
  )
}

export const saveDraft = (db: SqliteHandle, draft: NewDraft): DraftSummaryRow =>
  db.transaction(() => {
    const before = draftById(db, draft.id)
    if (before !== null && before.revision === draft.revision + 1 && isSame(before, draft)) return summaryOf(before)
    if ((before?.revision ?? 0) !== draft.revision) throw draftConflict(draft, before)
    write(db, draft)
    if (before?.files !== draft.files) {
      db.run('DELETE FROM draft_files WHERE draft = ?', draft.id)
      for (const digest of digestsIn(draft.files)) {
        db.run('INSERT INTO draft_files (draft, digest) VALUES (?, ?)', draft.id, digest)
      }
    }
    const { id, workflow, base, origin, at } = draft
    const createdAt = before?.createdAt ?? at
    return { id, workflow, base, origin, revision: draft.revision + 1, createdAt, updatedAt: at }
  })

const isSame = (before: DraftContentRow, draft: DraftContentRow): boolean =>
  CONTENT.every((field) => before[field] === draft[field])

const summaryOf = ({ source: _source, files: _files, layout: _layout, ...summary }: DraftRow): DraftSummaryRow =>
  summary

function write(db: SqliteHandle, draft: NewDraft): void {
  db.run(
    `INSERT INTO drafts (id, workflow, base, origin, revision, created_at, updated_at, files, layout, source)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET workflow = excluded.workflow, base = excluded.base, origin = excluded.origin,
       revision = excluded.revision, updated_at = excluded.updated_at, files = excluded.files,
       layout = excluded.layout, source = excluded.source`,
    draft.id,
    draft.workflow,
    draft.base,
    draft.origin,
    draft.revision + 1,
    draft.at,
    draft.at,
    draft.files,
    draft.layout,
    draft.source,
  )
}

/** Its references to blobs go with it. */
export const deleteDraft = (db: SqliteHandle, id: string): boolean =>
  db.transaction(() => db.run('DELETE FROM drafts WHERE id = ?', id) > 0)
