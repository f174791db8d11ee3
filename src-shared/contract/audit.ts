import { z } from 'zod'
import { PageQuery, page, Time } from './common.ts'
import { route } from './route.ts'

export const AuditEntry = z.object({
  id: z.int(),
  at: Time,
  actor: z.string().describe('Who: the name of the key or token'),
  from: z.string().describe('From where: an address, or socket'),
  action: z.string().describe('The operation, e.g. runs.start'),
  target: z.string().describe('On what: the path of the call'),
  status: z.int().describe('HTTP status that was answered'),
  code: z.string().nullable().describe('Code of the problem, when it was refused or failed'),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const auditRoutes = {
  list: route({
    id: 'audit.list',
    method: 'GET',
    path: '/api/v1/audit',
    permission: 'MASTER',
    change: false,
    summary: 'Who changed what, newest first',
    query: PageQuery.extend({ actor: z.string().optional(), action: z.string().optional() }),
    response: page(AuditEntry),
  }),
} as const
