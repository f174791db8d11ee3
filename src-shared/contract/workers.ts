import { z } from 'zod'
import { Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'
import { ModuleName, Tag } from './targets.ts'

/** Public name of a worker's session. */
const WorkerId = z.string().regex(/^w-[0-9a-f]{16}$/, 'a worker such as w-0123456789abcdef')

export const Worker = z.object({
  id: WorkerId,
  name: z.string().describe('For people; not unique'),
  host: z.string(),
  pid: z.int(),
  workspace: z.string(),
  sdk: z.string().describe('e.g. python 0.1.0'),
  runtime: z.string().describe('e.g. CPython 3.11.7'),
  hosts: z.record(ModuleName, z.int()).describe('Version of each module that it hosts'),
  earlier: z
    .record(ModuleName, z.array(z.int()))
    .describe('Versions that it hosts besides, for runs that began with them'),
  faults: z
    .array(z.object({ module: z.string(), message: z.string() }))
    .describe('Modules that it could not load; they keep their last good version'),
  concurrency: z.int().describe('Executions in processes of their own at once'),
  shared: z.int().describe('Executions with isolation shared at once'),
  tags: z.array(Tag),
  pool: z.string().nullable().describe('The pool that started it'),
  connected: z.boolean().describe('False while its connection is broken: it may come back for 30 s'),
  draining: z.boolean().describe('It gets nothing new, and leaves when it has nothing left'),
  since: Time.describe('When this engine met it'),
  busy: z.int().describe('Executions that it has, or is about to get'),
  busyShared: z.int().describe('Of these those with isolation shared'),
  used: z
    .object({ processes: z.int(), shared: z.int() })
    .describe('Places that are taken: an execution that waits for what it called keeps none'),
  executions: z
    .array(z.object({ execution: z.string().describe('run:step:attempt'), target: z.string() }))
    .describe('The first 100 of them'),
})
export type Worker = z.infer<typeof Worker>

const WorkerParams = ProjectParams.extend({ worker: WorkerId })

export const workerRoutes = {
  list: route({
    id: 'workers.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/workers',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Workers that are connected, or were until 30 s ago',
    params: ProjectParams,
    response: z.object({ items: z.array(Worker) }),
  }),
  get: route({
    id: 'workers.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/workers/{worker}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A worker and what it runs',
    params: WorkerParams,
    response: Worker,
    problems: ['worker_not_found'],
  }),
  drain: route({
    id: 'workers.drain',
    method: 'POST',
    path: '/api/v1/projects/{project}/workers/{worker}/drain',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Let a worker finish what it runs and leave',
    params: WorkerParams,
    response: Worker,
    status: 202,
    problems: ['worker_not_found'],
  }),
  stop: route({
    id: 'workers.stop',
    method: 'POST',
    path: '/api/v1/projects/{project}/workers/{worker}/stop',
    permission: 'WORKFLOW',
    change: true,
    summary: 'End what a worker runs, which goes again elsewhere, and let it leave',
    params: WorkerParams,
    response: Worker,
    status: 202,
    problems: ['worker_not_found'],
  }),
} as const
