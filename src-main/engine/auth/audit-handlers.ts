import { type auditRoutes, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import type { Audit, AuditQuery } from './audit.ts'

export function auditHandlers(audit: Pick<Audit, 'list'>): Handlers<typeof auditRoutes> {
  return {
    list({ query }) {
      const search: AuditQuery = {
        // One more than asked for tells whether there is a next page.
        limit: query.limit + 1,
        ...(query.cursor === undefined ? {} : { before: idOf(query.cursor) }),
        ...(query.actor === undefined ? {} : { actor: query.actor }),
        ...(query.action === undefined ? {} : { action: query.action }),
      }
      const entries = audit.list(search)
      const items = entries.slice(0, query.limit)
      const last = items.at(-1)
      return { items, next: entries.length > query.limit && last !== undefined ? String(last.id) : null }
    },
  }
}

function idOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new ProblemError('bad_request', `"${cursor.slice(0, 50)}" is no cursor of this list.`, {
    field: 'query.cursor',
    fix: 'Hand in the `next` of the page before, or leave it out for the first page.',
  })
}
