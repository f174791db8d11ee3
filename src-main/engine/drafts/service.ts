import { z } from 'zod'
import {
  AssetFile,
  type Draft,
  type DraftContent,
  type DraftSummary,
  Layout,
  type Page,
  ProblemError,
} from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import type { DraftRow, DraftSummaryRow, NewDraft, ProjectStorage } from '../storage/storage.ts'
import { refuseMissingBodies } from '../workflows/index.ts'

export interface DraftServiceNeeds {
  readonly storage: Pick<ProjectStorage, 'draft' | 'drafts'>
  readonly blobs: Pick<Blobs, 'stat'>
  /** Saves through the project's only writer; answers when it is on disk. */
  readonly save: (draft: Omit<NewDraft, 'at'>) => Promise<DraftSummaryRow>
  readonly remove: (id: string) => Promise<boolean>
}

/** Definitions of one project that are being written. */
export interface DraftService {
  list(query: { workflow?: string; cursor?: string; limit: number }): Promise<Page<DraftSummary>>
  get(id: string): Promise<Draft>
  /** @param revision the one that it was made from; refuses with `draft_conflict` when there is a newer one */
  save(id: string, content: DraftContent, revision: number): Promise<DraftSummary>
  remove(id: string): Promise<void>
}

export function createDraftService({ storage, blobs, save, remove }: DraftServiceNeeds): DraftService {
  return {
    async list({ workflow, cursor, limit }) {
      const rows = await storage.drafts({
        limit: limit + 1,
        ...(workflow === undefined ? {} : { workflow }),
        ...(cursor === undefined ? {} : { after: parseCursor(cursor) }),
      })
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next = rows.length > limit && last !== undefined ? `${last.updatedAt}.${last.id}` : null
      return { items: shown.map(toSummary), next }
    },

    async get(id) {
      const row = await storage.draft(id)
      if (row === null) throw notFound(id)
      return toDraft(row)
    },

    async save(id, { files, layout, ...content }, revision) {
      await refuseMissingBodies(files, blobs, 'draft')
      const texts = { files: JSON.stringify(files), layout: JSON.stringify(layout) }
      return toSummary(await save({ id, ...content, ...texts, revision }))
    },

    async remove(id) {
      if (!(await remove(id))) throw notFound(id)
    },
  }
}

const notFound = (id: string): ProblemError =>
  new ProblemError('draft_not_found', `There is no draft ${id} in this project.`, {
    field: 'params.draft',
    fix: 'It was published or thrown away, or never saved: list the drafts to see what is there.',
  })

const time = (at: number): string => new Date(at).toISOString()

const toSummary = ({ id, workflow, base, origin, revision, createdAt, updatedAt }: DraftSummaryRow): DraftSummary => ({
  id,
  workflow,
  base,
  origin,
  revision,
  createdAt: time(createdAt),
  updatedAt: time(updatedAt),
})

const toDraft = (row: DraftRow): Draft => ({
  ...toSummary(row),
  source: row.source,
  files: z.array(AssetFile).parse(JSON.parse(row.files)),
  layout: Layout.parse(JSON.parse(row.layout)),
})

function parseCursor(cursor: string): { updatedAt: number; id: string } {
  const dot = cursor.indexOf('.')
  const updatedAt = cursor.slice(0, Math.max(0, dot))
  if (/^\d{1,15}$/.test(updatedAt)) return { updatedAt: Number(updatedAt), id: cursor.slice(dot + 1) }
  throw new ProblemError('bad_request', `The cursor "${cursor}" is not one that this list handed out.`, {
    field: 'query.cursor',
    fix: 'Pass on `next` of the page before, or nothing for the first page.',
  })
}
