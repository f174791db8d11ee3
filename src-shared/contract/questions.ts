import { z } from 'zod'
import { Json, Name, RunId, StepKey, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'

/** What a person is asked, by an approval of a drawn workflow or by code. */
export const Question = z.object({
  run: RunId,
  workflow: z.string(),
  workspace: z.string(),
  step: StepKey,
  message: z.string(),
  form: z.record(z.string(), Json).describe('Fields of the answer, as parameters of a workflow are declared'),
  since: Time,
  by: StepKey.optional().describe('The call that asks'),
})
export type Question = z.infer<typeof Question>

/** Steps of a run that could run and do not yet; those that ask for the same stand together. */
export const QueueEntry = z.object({
  run: RunId,
  workflow: z.string(),
  workspace: z.string().describe('Where they are to run'),
  step: StepKey.describe('The one whose turn comes first'),
  name: z.string().describe('Of the step or function that all of them belong to'),
  target: z.string().optional().describe('The function that a worker is to run: module/target@version'),
  count: z.int(),
  priority: z.int(),
  why: z.string().describe('What the first one waits for, in words'),
  since: Time.describe('Since when the first one could run'),
})
export type QueueEntry = z.infer<typeof QueueEntry>

/** What of all runs waits for a person, and for room. */
export const waitingRoutes = {
  questions: route({
    id: 'runs.questions',
    method: 'GET',
    path: '/api/v1/projects/{project}/questions',
    permission: 'WORKFLOW',
    change: false,
    summary: 'What waits for an answer of a person, in all runs: the longest wait first',
    params: ProjectParams,
    query: z.object({
      run: RunId.optional().describe('Only of this one'),
      workspace: Name.optional().describe('Only of runs that were started in it'),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    response: z.object({
      items: z.array(Question),
      total: z.int().describe('How many there are, also past the limit'),
    }),
    problems: ['workspace_not_found'],
  }),
  queue: route({
    id: 'runs.queue',
    method: 'GET',
    path: '/api/v1/projects/{project}/queue',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Steps that could run and do not yet, and why; what goes first stands first',
    params: ProjectParams,
    query: z.object({
      workspace: Name.optional().describe('Only what is to run in it'),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    response: z.object({
      items: z.array(QueueEntry),
      total: z.int().describe('Steps, items and calls that wait in all of them, also past the limit'),
    }),
    problems: ['workspace_not_found'],
  }),
} as const
