import {
  type Layout,
  type Page,
  ProblemError,
  type Validation,
  type Workflow,
  type WorkflowCode,
  type WorkflowSource,
  type WorkflowSummary,
} from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import type { NewWorkflowVersion, ProjectStorage, WorkflowRow } from '../storage/storage.ts'
import { refuseMissingBodies } from './bodies.ts'
import { parseDefinition, planDigest } from './definition.ts'
import { invalidWorkflow, unseenWorkflow } from './refusals.ts'
import { codeOf, EVERYWHERE, type Scope, viewOrigin } from './scope.ts'
import { meant } from './suggest.ts'
import { iso, viewSummary, viewWorkflow } from './view.ts'

export interface WorkflowServiceNeeds {
  readonly storage: Pick<
    ProjectStorage,
    'workflow' | 'workflows' | 'workflowVersions' | 'lastRuns' | 'newestModule' | 'lastModuleVersion'
  >
  readonly blobs: Pick<Blobs, 'stat'>
  /** Saves through the project's only writer; answers after the commit. */
  readonly save: (version: NewWorkflowVersion) => Promise<{ version: WorkflowRow; created: boolean }>
  readonly remove: (name: string) => Promise<boolean>
  /**
   * What a workspace sees, all of them when none is named; throws workspace_not_found. Absent: all, by their identifiers
   */
  readonly scopeOf?: (workspace: string | undefined) => Promise<Scope>
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

interface ListQuery {
  readonly search?: string
  readonly workspace?: string
  readonly cursor?: string
  readonly limit: number
}

/** The workflows of one project. */
export interface WorkflowService {
  validate(given: WorkflowSource): Validation
  apply(given: Publication): Promise<Workflow & { created: boolean }>
  list(query: ListQuery): Promise<Page<WorkflowSummary>>
  get(name: string, version?: number, workspace?: string): Promise<Workflow>
  versions(
    name: string,
    query: Omit<ListQuery, 'search'>,
  ): Promise<Page<{ version: number; digest: string; createdAt: string; code: WorkflowCode | null }>>
  remove(name: string): Promise<void>
}

export function createWorkflowService(needs: WorkflowServiceNeeds): WorkflowService {
  const { storage, scopeOf = async () => EVERYWHERE, now = Date.now } = needs
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
      return { ...viewWorkflow(version, await lastRunOf(version.name), null), created }
    },

    async list({ search, workspace, cursor, limit }) {
      const scope = await scopeOf(workspace)
      const rows = await storage.workflows({
        ...(search === undefined ? {} : { search }),
        ...(cursor === undefined ? {} : { afterName: cursor }),
        ...within(scope),
        limit: limit + 1,
      })
      const shown = rows.slice(0, limit)
      const runs = await storage.lastRuns(shown.map((row) => row.name))
      const lastRuns = new Map(runs.map((run) => [run.workflow, run]))
      const view = async (row: WorkflowRow): Promise<WorkflowSummary> =>
        viewSummary(row, lastRuns.get(row.name) ?? null, await codeOf(row, storage, scope))
      const items = await Promise.all(shown.map(view))
      return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null }
    },

    async get(name, version, workspace) {
      const scope = await scopeOf(workspace)
      const row = await find(storage, scope, name, version)
      return viewWorkflow(row, await lastRunOf(name), await codeOf(row, storage, scope))
    },

    async versions(name, { workspace, cursor, limit }) {
      const scope = await scopeOf(workspace)
      await find(storage, scope, name)
      const rows = await storage.workflowVersions(name, versionCursor(cursor), limit + 1, scope.workspaces)
      const items = rows.slice(0, limit).map((row) => viewVersion(row, scope))
      const last = items.at(-1)
      return { items, next: rows.length > limit && last ? String(last.version) : null }
    },

    async remove(name) {
      if (!(await needs.remove(name))) throw await unknown(storage, name)
    },
  }
}

const viewVersion = ({ version, digest, at, origin }: WorkflowRow, scope: Scope) => ({
  version,
  digest,
  createdAt: iso(at),
  code: viewOrigin(origin, scope),
})

const within = ({ workspaces }: Scope) => (workspaces === undefined ? {} : { workspaces })

async function find(
  storage: WorkflowServiceNeeds['storage'],
  scope: Scope,
  name: string,
  version?: number,
): Promise<WorkflowRow> {
  const row = await storage.workflow(name, version, scope.workspaces)
  if (row) return row
  throw (await unseen(storage, scope, name, version)) ?? (await notFound(storage, scope, name, version))
}

/** Why a version that is there is not for the workspace; null when it is not there at all. */
async function unseen(
  storage: WorkflowServiceNeeds['storage'],
  { workspaces, nameOf }: Scope,
  name: string,
  version?: number,
): Promise<ProblemError | null> {
  const [here] = workspaces ?? []
  const origin = here === undefined ? null : ((await storage.workflow(name, version))?.origin ?? null)
  if (here === undefined || origin === null) return null
  const words = { module: origin.module, here: nameOf(here), there: nameOf(origin.workspace), field: 'query.workspace' }
  return unseenWorkflow(version === undefined ? name : `${name} in version ${version}`, words)
}

async function notFound(
  storage: WorkflowServiceNeeds['storage'],
  scope: Scope,
  name: string,
  version?: number,
): Promise<ProblemError> {
  const newest = version === undefined ? null : await storage.workflow(name, undefined, scope.workspaces)
  if (newest === null) return await unknown(storage, name)
  return new ProblemError('workflow_not_found', `The workflow "${name}" has no version ${version}.`, {
    field: 'query.version',
    fix: `Its newest version is ${newest.version}.`,
  })
}

/** Names that are looked at for a suggestion. */
const SUGGESTED_AMONG = 200

async function unknown(storage: WorkflowServiceNeeds['storage'], name: string): Promise<ProblemError> {
  const names = (await storage.workflows({ limit: SUGGESTED_AMONG })).map((row) => row.name)
  return new ProblemError('workflow_not_found', `There is no workflow "${name}" in this project.`, {
    field: 'params.workflow',
    fix:
      names.length === 0
        ? 'Save one first: `weir workflow apply weir.yaml`; one of code is there when its worker is.'
        : meant(name, names, 'workflow'),
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
