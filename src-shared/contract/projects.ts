import { z } from 'zod'
import { Problem, Time } from './common.ts'
import { route } from './route.ts'

/** Unlike a workspace's, the name of a project has no slashes: it is one part of every address. */
export const ProjectName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'at most 63 lower-case letters, digits, ".", "_" or "-", the first a letter or digit',
  )

export const ProjectParams = z.object({ project: ProjectName })

export const Project = z.object({
  name: z.string(),
  description: z.string(),
  state: z
    .enum(['idle', 'running', 'failed', 'archived'])
    .describe('Whether its orchestrator runs; it starts on first use, and stops when there is nothing to do'),
  activeRuns: z.int(),
  createdAt: Time,
  archivedAt: Time.nullable(),
})
export type Project = z.infer<typeof Project>

const ProjectContent = z.strictObject({ name: ProjectName, description: z.string().max(500).default('') })

/** What becomes of runs that have not ended: an archive holds none of them, on no machine they would go on by surprise. */
export const ActiveRuns = z
  .enum(['refuse', 'leave-out'])
  .describe('`refuse` the export while runs are active, or export the project without them')
export type ActiveRuns = z.infer<typeof ActiveRuns>

const TransferId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/, '16 to 64 letters, digits, "_" or "-"')

const Amounts = z.object({ files: z.int(), bytes: z.int().describe('Before compression') })

export const ProjectExport = z.object({
  id: TransferId,
  project: z.string(),
  file: z.string().describe('A name for the archive'),
  address: z.string().describe('Path of the archive: read once, without a token, by whoever knows it'),
  state: z.enum(['ready', 'sending', 'sent', 'failed']),
  done: Amounts,
  total: Amounts,
  runs: z.int(),
  leftOut: z.object({
    runs: z.int().describe('Runs that have not ended'),
    files: z.int().describe('Links, sockets, pipes and devices in folders of runs, and names that no archive can hold'),
  }),
  problem: Problem.nullable().describe('Why it failed'),
})
export type ProjectExport = z.infer<typeof ProjectExport>

export const ProjectImport = z.object({
  id: TransferId,
  state: z.enum(['reading', 'done', 'failed']),
  received: z.int().describe('Bytes of the archive'),
  done: Amounts,
  total: Amounts.nullable().describe('Null until its manifest was read'),
  problem: Problem.nullable().describe('Why it failed'),
})
export type ProjectImport = z.infer<typeof ProjectImport>

const ExportParams = z.object({ export: TransferId })

export const projectRoutes = {
  list: route({
    id: 'projects.list',
    method: 'GET',
    path: '/api/v1/projects',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'The projects of this engine, by name',
    query: z.object({ archived: z.stringbool().default(false).describe('Also those that are archived') }),
    response: z.object({ items: z.array(Project), next: z.null() }),
  }),
  get: route({
    id: 'projects.get',
    method: 'GET',
    path: '/api/v1/projects/{project}',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'A project',
    params: ProjectParams,
    response: Project,
    problems: ['project_not_found'],
  }),
  create: route({
    id: 'projects.create',
    method: 'POST',
    path: '/api/v1/projects',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Make a project: a body of data with an orchestrator of its own',
    body: ProjectContent,
    response: Project,
    status: 201,
    problems: ['project_exists'],
  }),
  update: route({
    id: 'projects.update',
    method: 'PUT',
    path: '/api/v1/projects/{project}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Rename or describe a project; refused while runs of it are active',
    params: ProjectParams,
    body: ProjectContent,
    response: Project,
    problems: ['project_not_found', 'project_exists', 'project_in_use', 'project_fixed'],
  }),
  archive: route({
    id: 'projects.archive',
    method: 'POST',
    path: '/api/v1/projects/{project}/archive',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Put a project aside: it can be read, and nothing in it can be changed or started',
    params: ProjectParams,
    response: Project,
    problems: ['project_not_found', 'project_in_use', 'project_fixed'],
  }),
  unarchive: route({
    id: 'projects.unarchive',
    method: 'POST',
    path: '/api/v1/projects/{project}/unarchive',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Take a project back into use',
    params: ProjectParams,
    response: Project,
    problems: ['project_not_found'],
  }),
  remove: route({
    id: 'projects.delete',
    method: 'DELETE',
    path: '/api/v1/projects/{project}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Delete a project with its workflows, runs, logs and files; refused while runs of it are active',
    params: ProjectParams,
    response: 'none',
    problems: ['project_not_found', 'project_in_use', 'project_fixed'],
  }),
  export: route({
    id: 'projects.export',
    method: 'POST',
    path: '/api/v1/projects/{project}/exports',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Prepare an archive of a project: definitions, drafts, ended runs, logs and files, without secrets',
    params: ProjectParams,
    body: z.strictObject({ active: ActiveRuns.default('refuse') }),
    response: ProjectExport,
    status: 201,
    problems: ['project_not_found', 'project_in_use', 'project_failed', 'disk_full', 'too_many_requests'],
  }),
  getExport: route({
    id: 'projects.getExport',
    method: 'GET',
    path: '/api/v1/project-exports/{export}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'How far an export is',
    params: ExportParams,
    response: ProjectExport,
    problems: ['transfer_not_found'],
  }),
  exportFile: route({
    id: 'projects.exportFile',
    method: 'GET',
    path: '/api/v1/project-exports/{export}/file',
    permission: 'PUBLIC',
    change: false,
    summary: 'The archive of an export as it is packed, once; its address is the permission',
    params: ExportParams,
    response: 'bytes',
    problems: ['transfer_not_found'],
  }),
  cancelExport: route({
    id: 'projects.cancelExport',
    method: 'DELETE',
    path: '/api/v1/project-exports/{export}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Give up an export; an archive that is being read ends unfinished',
    params: ExportParams,
    response: 'none',
    problems: ['transfer_not_found'],
  }),
  import: route({
    id: 'projects.import',
    method: 'POST',
    path: '/api/v1/project-imports',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Make a project of an archive; it is there when all of it was read and checked, or not at all',
    query: z.object({
      name: ProjectName.optional().describe('Instead of the name that it had'),
      id: TransferId.optional().describe('Chosen by the caller, to ask how far it is'),
      trusted: z
        .stringbool()
        .default(false)
        .describe('Also an archive that unpacks to far more than compressed data usually does'),
    }),
    body: 'bytes',
    response: Project,
    status: 201,
    problems: ['project_exists', 'archive_invalid', 'archive_newer', 'archive_too_large', 'disk_full'],
  }),
  getImport: route({
    id: 'projects.getImport',
    method: 'GET',
    path: '/api/v1/project-imports/{import}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'How far an import is',
    params: z.object({ import: TransferId }),
    response: ProjectImport,
    problems: ['transfer_not_found'],
  }),
} as const
