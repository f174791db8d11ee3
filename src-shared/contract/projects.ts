import { z } from 'zod'
import { Time } from './common.ts'
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
} as const
