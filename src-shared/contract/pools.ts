import { z } from 'zod'
import { Name, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'
import { ModuleName, Tag } from './targets.ts'

export const PoolName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'at most 63 lower-case letters, digits, ".", "_" or "-"')

/** Shortest and longest time that an idle worker is kept, in ms. */
const LEAST_IDLE_MS = 1000
const MOST_IDLE_MS = 7 * 24 * 60 * 60 * 1000

export const PoolSpec = z.strictObject({
  name: PoolName,
  workspace: Name.default('main').describe('Whose runs its workers take'),
  modules: z
    .array(z.string().min(1).max(1000))
    .max(200)
    .default([])
    .describe('Files, folders, or dotted names of Python modules, below the folder; of one language'),
  command: z
    .string()
    .max(10_000)
    .nullable()
    .default(null)
    .describe(
      'In place of modules: a command line that starts a worker; WEIR_ENGINE, WEIR_POOL and others tell it how',
    ),
  folder: z.string().max(4096).describe('Absolute: where its workers are started'),
  register: z
    .enum(['never', 'once', 'always'])
    .default('never')
    .describe('never: run what was released. once: release. always: register at every save'),
  min: z.int().min(0).max(100).default(0).describe('Workers that are always there'),
  max: z.int().min(1).max(100).default(1).describe('Workers at most'),
  idleStopMs: z
    .int()
    .min(LEAST_IDLE_MS)
    .max(MOST_IDLE_MS)
    .default(5 * 60_000)
    .describe('A worker without work for so long is stopped'),
  concurrency: z
    .int()
    .min(1)
    .max(10_000)
    .nullable()
    .default(null)
    .describe('Of each worker; null for what the SDK takes'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable'), z.string().max(100_000))
    .default({}),
  tags: z.array(Tag).max(100).default([]),
  python: z.string().max(4096).nullable().default(null).describe('Interpreter; found beside the modules when null'),
})
export type PoolSpec = z.infer<typeof PoolSpec>

export const Pool = PoolSpec.extend({
  env: z.array(z.string()).describe('Names of the variables that are set; values may be secrets'),
  enabled: z.boolean().describe('False while it is stopped'),
  hosts: z.array(ModuleName).describe('Modules that its workers were seen to host'),
  workers: z
    .array(
      z.object({
        pid: z.int(),
        worker: z.string().nullable().describe('Null until it has connected'),
        state: z.enum(['starting', 'connected', 'stopping']),
        startedAt: Time,
      }),
    )
    .describe('Processes of it that run'),
  queued: z.int().describe('Executions that wait for a worker of it'),
  problem: z.string().nullable().describe('Why its workers do not run, and what to do'),
  nextStart: Time.nullable().describe('When the next one is tried, after failures'),
})
export type Pool = z.infer<typeof Pool>

const PoolParams = ProjectParams.extend({ pool: PoolName })

export const poolRoutes = {
  list: route({
    id: 'pools.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/pools',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Pools of workers that the engine starts by itself, by name',
    params: ProjectParams,
    response: z.object({ items: z.array(Pool) }),
  }),
  create: route({
    id: 'pools.create',
    method: 'POST',
    path: '/api/v1/projects/{project}/pools',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Make a pool: workers on this machine that are started when there is work for them',
    params: ProjectParams,
    body: PoolSpec,
    response: Pool,
    status: 201,
    problems: ['pool_exists', 'module_not_found', 'worker_unstartable'],
  }),
  get: route({
    id: 'pools.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/pools/{pool}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A pool and its workers',
    params: PoolParams,
    response: Pool,
    problems: ['pool_not_found'],
  }),
  start: route({
    id: 'pools.start',
    method: 'POST',
    path: '/api/v1/projects/{project}/pools/{pool}/start',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Let a pool start workers again; after failures, at once',
    params: PoolParams,
    response: Pool,
    problems: ['pool_not_found'],
  }),
  stop: route({
    id: 'pools.stop',
    method: 'POST',
    path: '/api/v1/projects/{project}/pools/{pool}/stop',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Let the workers of a pool finish what they run and end, and start no more',
    params: PoolParams,
    response: Pool,
    problems: ['pool_not_found'],
  }),
  remove: route({
    id: 'pools.delete',
    method: 'DELETE',
    path: '/api/v1/projects/{project}/pools/{pool}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Delete a pool; its workers finish what they run and end',
    params: PoolParams,
    response: 'none',
    problems: ['pool_not_found'],
  }),
  logs: route({
    id: 'pools.logs',
    method: 'GET',
    path: '/api/v1/projects/{project}/pools/{pool}/logs',
    permission: 'WORKFLOW',
    change: false,
    summary: 'What the workers of a pool have written, its last lines',
    params: PoolParams,
    query: z.object({ tail: z.coerce.number().int().min(1).max(10_000).default(200) }),
    response: z.object({ lines: z.array(z.string()) }),
    problems: ['pool_not_found'],
  }),
} as const
