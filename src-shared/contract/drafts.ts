import { z } from 'zod'
import { AssetFile } from './assets.ts'
import { PageQuery, page, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'
import { Layout, WorkflowName } from './workflows.ts'

/** Chosen by whoever makes the draft, so that one that was typed while the engine was away keeps its name. */
export const DraftId = z.uuid()

/**
 * What somebody is typing: a definition that is not published, and may not even be readable. Apart from the published
 * versions, on the engine's disk, so that it outlives a crash, a reload and an update, and is there in every window.
 */
export const DraftContent = z.object({
  workflow: WorkflowName.nullable().describe('The workflow that it changes; null for a new one'),
  base: z.int().min(1).nullable().describe('The version that it was made from; null for a new one'),
  origin: z.string().max(4096).nullable().describe('Path of the file that it was opened from on this machine, if any'),
  source: z.string().max(10_000_000),
  files: z.array(AssetFile).max(10_000).default([]),
  layout: Layout.default({}),
})
export type DraftContent = z.infer<typeof DraftContent>

export const DraftSummary = z.object({
  id: DraftId,
  workflow: WorkflowName.nullable(),
  base: z.int().nullable(),
  origin: z.string().nullable(),
  revision: z.int().describe('Counts the saves, from 1'),
  createdAt: Time,
  updatedAt: Time,
})
export type DraftSummary = z.infer<typeof DraftSummary>

export const Draft = DraftSummary.extend(DraftContent.shape)
export type Draft = z.infer<typeof Draft>

const DraftParams = ProjectParams.extend({ draft: DraftId })

export const draftRoutes = {
  list: route({
    id: 'drafts.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/drafts',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Definitions that are being written, last changed first',
    params: ProjectParams,
    query: PageQuery.extend({ workflow: WorkflowName.optional() }),
    response: page(DraftSummary),
  }),
  get: route({
    id: 'drafts.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/drafts/{draft}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A draft with its text',
    params: DraftParams,
    response: Draft,
    problems: ['draft_not_found'],
  }),
  save: route({
    id: 'drafts.save',
    method: 'PUT',
    path: '/api/v1/projects/{project}/drafts/{draft}',
    permission: 'WORKFLOW',
    change: true,
    audited: false,
    summary: 'Save a draft; refused when it was saved by somebody else since',
    params: DraftParams,
    body: DraftContent.extend({
      revision: z.int().min(0).describe('The revision that this one was made from; 0 for a draft that is new'),
    }),
    response: DraftSummary,
    problems: ['draft_conflict', 'blob_not_found'],
  }),
  remove: route({
    id: 'drafts.delete',
    method: 'DELETE',
    path: '/api/v1/projects/{project}/drafts/{draft}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Throw a draft away',
    params: DraftParams,
    response: 'none',
    problems: ['draft_not_found'],
  }),
} as const
