import {
  type Layout,
  type Page,
  ProblemError,
  type Validation,
  type Workflow,
  type WorkflowSource,
  type WorkflowSummary,
} from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import type { NewWorkflowVersion, ProjectStorage, WorkflowRow } from '../storage/storage.ts'
import { refuseMissingBodies } from './bodies.ts'
import { parseDefinition, planDigest } from './definition.ts'
import { invalidWorkflow } from './refusals.ts'
import { meant } from './suggest.ts'
import { iso, viewSummary, viewWorkflow } from './view.ts'

export interface WorkflowServiceNeeds {
  readonly storage: Pick<ProjectStorage, 'workflow' | 'workflows' | 'workflowVersions' | 'lastRuns'>
  readonly blobs: Pick<Blobs, 'stat'>
  /** Saves through the project's only writer; answers after the commit. */
  readonly save: (version: NewWorkflowVersion) => Promise<{ version: WorkflowRow; created: boolean }>
  readonly remove: (name: string) => Promise<boolean>
  /** ms since 1970; the machine's clock when absent */
  readonly now?: () => number
}

/** A definition to be saved. */
export interface Publication extends WorkflowSource {
  /** Where its nodes stand; as it was when absent */
  readonly layout?: Layout
  /** The newest version that the caller knows; not compared when absent */
  readonly base?: number
}

/** The workflows of one project. */
export interface WorkflowService {
  validate(given: WorkflowSource): Validation
  apply(given: Publication): Promise<Workflow & { created: boolean }>
  list(query: { search?: string; cursor?: string; limit: number }): Promise<Page<WorkflowSummary>>
  get(name: string, version?: number): Promise<Workflow>
  versions(
    name: string,
    query: { cursor?: string; limit: number },
  ): Promise<Page<{ version: number; digest: string; createdAt: string }>>
  remove(name: string): Promise<void>
}

export function createWorkflowService(needs: WorkflowServiceNeeds): WorkflowService {
  const { storage, now = Date.now } = needs
  const lastRunOf = async (name: string) => (await storage.lastRuns([name]))[0] ?? null
  return {
    validate({ source, files }) {
      const { plan, definition, problems } = parseDefinition(source, files)
      return { valid: plan !== null, name: definition?.name ?? null, problems }
    },

    async apply({ source, files, layout, base }) {
      const { plan, problems } = parseDefinition(source, files)
      if (!plan) throw invalidWorkflow(problems)
      await refuseMissingBodies(files, needs.blobs, 'workflow')
      const { version, created } = await needs.save({
        name: plan.name,
        description: plan.description,
        digest: planDigest(source, files),
        source,
        files: JSON.stringify(files),
        steps: plan.steps.length,
        at: now(),
        ...(layout === undefined ? {} : { layout: JSON.stringify(layout) }),
        ...(base === undefined ? {} : { base }),
      })
      return { ...viewWorkflow(version, await lastRunOf(version.name)), created }
    },

    async list({ search, cursor, limit }) {
      const after = cursor === undefined ? {} : { afterName: cursor }
      const rows = await storage.workflows({ ...(search === undefined ? {} : { search }), ...after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const runs = await storage.lastRuns(shown.map((row) => row.name))
      const lastRuns = new Map(runs.map((run) => [run.workflow, run]))
      const items = shown.map((row) => viewSummary(row, lastRuns.get(row.name) ?? null))
      return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null }
    },

    async get(name, version) {
      return viewWorkflow(await find(storage, name, version), await lastRunOf(name))
    },

    async versions(name, { cursor, limit }) {
      await find(storage, name)
      const rows = await storage.workflowVersions(name, versionCursor(cursor), limit + 1)
      const items = rows
        .slice(0, limit)
        .map((row) => ({ version: row.version, digest: row.digest, createdAt: iso(row.at) }))
      const last = items.at(-1)
      return { items, next: rows.length > limit && last ? String(last.version) : null }
    },

    async remove(name) {
      if (!(await needs.remove(name))) throw await notFound(storage, name)
    },
  }
}

async function find(storage: WorkflowServiceNeeds['storage'], name: string, version?: number): Promise<WorkflowRow> {
  const row = await storage.workflow(name, version)
  if (row) return row
  const newest = version === undefined ? null : await storage.workflow(name)
  if (!newest) throw await notFound(storage, name)
  throw new ProblemError('workflow_not_found', `The workflow "${name}" has no version ${version}.`, {
    field: 'query.version',
    fix: `Its newest version is ${newest.version}.`,
  })
}

/** Names that are looked at for a suggestion. */
const SUGGESTED_AMONG = 200

async function notFound(storage: WorkflowServiceNeeds['storage'], name: string): Promise<ProblemError> {
  const names = (await storage.workflows({ limit: SUGGESTED_AMONG })).map((row) => row.name)
  return new ProblemError('workflow_not_found', `There is no workflow "${name}" in this project.`, {
    field: 'params.workflow',
    fix: names.length === 0 ? 'Save one first: `weir workflow apply weir.yaml`.' : meant(name, names, 'workflow'),
  })
}

function versionCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new ProblemError('bad_request', `The cursor "${cursor}" is not one that this list handed out.`, {
    field: 'query.cursor',
    fix: 'Pass on `next` of the page before, or nothing for the first page.',
  })
}
