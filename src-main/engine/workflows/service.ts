import {
  type AssetFile,
  type DefinitionProblem,
  type Page,
  ProblemError,
  type Validation,
  type Workflow,
  type WorkflowSource,
  type WorkflowSummary,
} from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import type { NewWorkflowVersion, ProjectStorage, WorkflowRow } from '../storage/storage.ts'
import { parseDefinition, planDigest } from './definition.ts'
import { problemsAsJson } from './faults.ts'
import { filesOf } from './plans.ts'
import { meant } from './suggest.ts'

export interface WorkflowServiceNeeds {
  readonly storage: Pick<ProjectStorage, 'workflow' | 'workflows' | 'workflowVersions' | 'workflowByDigest'>
  readonly blobs: Pick<Blobs, 'stat'>
  /** Saves through the project's only writer; answers after the commit. */
  readonly save: (version: NewWorkflowVersion) => Promise<{ version: WorkflowRow; created: boolean }>
  readonly remove: (name: string) => Promise<boolean>
  /** ms since 1970; the machine's clock when absent */
  readonly now?: () => number
}

/** The workflows of one project. */
export interface WorkflowService {
  validate(given: WorkflowSource): Validation
  apply(given: WorkflowSource): Promise<Workflow & { created: boolean }>
  list(query: { search?: string; cursor?: string; limit: number }): Promise<Page<WorkflowSummary>>
  get(name: string, version?: number): Promise<Workflow>
  versions(
    name: string,
    query: { cursor?: string; limit: number },
  ): Promise<Page<{ version: number; digest: string; createdAt: string }>>
  remove(name: string): Promise<void>
}

const time = (at: number): string => new Date(at).toISOString()

export function createWorkflowService(needs: WorkflowServiceNeeds): WorkflowService {
  const { storage, now = Date.now } = needs
  return {
    validate({ source, files }) {
      const { plan, definition, problems } = parseDefinition(source, files)
      return { valid: plan !== null, name: definition?.name ?? null, problems }
    },

    async apply({ source, files }) {
      const { plan, problems } = parseDefinition(source, files)
      if (!plan) throw invalid(problems)
      await checkBodies(files, needs.blobs)
      const { version, created } = await needs.save({
        name: plan.name,
        description: plan.description,
        digest: planDigest(source, files),
        source,
        files: JSON.stringify(files),
        steps: plan.steps.length,
        at: now(),
      })
      return { ...toWorkflow(version), created }
    },

    async list({ search, cursor, limit }) {
      const after = cursor === undefined ? {} : { afterName: cursor }
      const rows = await storage.workflows({ ...(search === undefined ? {} : { search }), ...after, limit: limit + 1 })
      const items = rows.slice(0, limit).map(toSummary)
      return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null }
    },

    async get(name, version) {
      return toWorkflow(await find(storage, name, version))
    },

    async versions(name, { cursor, limit }) {
      await find(storage, name)
      const rows = await storage.workflowVersions(name, versionCursor(cursor), limit + 1)
      const items = rows
        .slice(0, limit)
        .map((row) => ({ version: row.version, digest: row.digest, createdAt: time(row.at) }))
      const last = items.at(-1)
      return { items, next: rows.length > limit && last ? String(last.version) : null }
    },

    async remove(name) {
      if (!(await needs.remove(name))) throw await notFound(storage, name)
    },
  }
}

function invalid(problems: readonly DefinitionProblem[]): ProblemError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const [first] = errors
  const rest = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  const where = first?.path ? `${first.path}: ` : ''
  return new ProblemError('workflow_invalid', `${where}${first?.message ?? 'the definition has errors'}${rest}.`, {
    field: 'body.source',
    problems: problemsAsJson(problems),
    ...(first?.fix === undefined ? {} : { fix: first.fix }),
    ...(first?.line === undefined ? {} : { line: first.line }),
    ...(first?.column === undefined ? {} : { column: first.column }),
  })
}

async function checkBodies(files: readonly AssetFile[], blobs: Pick<Blobs, 'stat'>): Promise<void> {
  for (const [i, file] of files.entries()) {
    const size = await blobs.stat(file.digest)
    if (size === file.size) continue
    const why = size === null ? 'its body was not uploaded' : `its body has ${size} bytes, not ${file.size}`
    throw new ProblemError('blob_not_found', `The file "${file.path}" cannot be saved with the workflow: ${why}.`, {
      field: `body.files[${i}]`,
      fix: 'Upload the file to the blobs of the project first.',
    })
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

const toSummary = (row: WorkflowRow): WorkflowSummary => ({
  name: row.name,
  description: row.description,
  version: row.version,
  digest: row.digest,
  steps: row.steps,
  updatedAt: time(row.at),
})

function toWorkflow(row: WorkflowRow): Workflow {
  const files = filesOf(row)
  const { definition, problems } = parseDefinition(row.source, files)
  if (!definition) throw invalid(problems)
  return {
    ...toSummary(row),
    latest: row.latest,
    createdAt: time(row.createdAt),
    source: row.source,
    files,
    definition,
  }
}
