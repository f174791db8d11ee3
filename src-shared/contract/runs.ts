import { z } from 'zod'
import { Json, Name, PageQuery, page, RunId, StepKey, Time } from './common.ts'
import { AttemptFacts, Execution, Failure } from './executions.ts'
import { ProjectParams } from './projects.ts'
import { waitingRoutes } from './questions.ts'
import { route } from './route.ts'
import { RunParams, runOutputRoutes } from './run-output.ts'
import { Workflow, WorkflowName } from './workflows.ts'

export const RunStatus = z.enum(['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'])
export type RunStatus = z.infer<typeof RunStatus>

export const StepStatus = z.enum([
  'blocked', // needs other steps first
  'queued', // ready, waits for room on the machine, an executor or a concurrency key
  'running',
  'waiting', // for a retry, a time, a person, a child run or a pending cache hit
  'succeeded',
  'cached',
  'skipped', // its condition was false, or what it needs did not succeed
  'failed',
  'cancelled',
])
export type StepStatus = z.infer<typeof StepStatus>

/** Time that a step without executions of its own took in a round that a re-run has closed. */
export const StepSpan = z.object({
  round: z.int(),
  startedAt: Time,
  finishedAt: Time,
  status: StepStatus,
})
export type StepSpan = z.infer<typeof StepSpan>

export const RunStep = z.object({
  name: z.string(),
  index: z.int().optional().describe('Item of a fan-out, from 0'),
  key: StepKey,
  kind: z.enum(['run', 'workflow', 'approval', 'sleep', 'target']),
  status: StepStatus,
  /** Why it is not running, or why its outputs cannot be shown, in words; null when it runs or has ended well */
  why: z.string().nullable(),
  needs: z.array(z.string()),
  item: Json.optional().describe('The item of the fan-out'),
  outputs: z.record(z.string(), Json).optional(),
  fanOut: z
    .object({ total: z.int(), done: z.int(), succeeded: z.int(), failed: z.int(), dropped: z.int() })
    .optional()
    .describe('For a step with forEach; its items follow it in the list'),
  approval: z.object({ message: z.string(), form: z.record(z.string(), Json) }).optional(),
  child: RunId.optional().describe('The run of a child workflow'),
  target: z.string().optional().describe('The function that a worker runs: module/target@version'),
  call: z
    .object({
      by: StepKey,
      attempt: z.int().describe('The attempt that called'),
      at: Time.describe('When it was called'),
      group: z.string().optional(),
      brief: z.string().describe('Its arguments in one line, cut where they are long: x=3, data=train[0]'),
      refs: z.array(StepKey).describe('Steps whose results are among its arguments'),
      links: z
        .array(z.object({ by: StepKey, attempt: z.int() }))
        .describe('Attempts that were given this step instead of one of their own'),
    })
    .optional()
    .describe('How it came to be, for a step that code called'),
  follows: z.string().optional().describe('run:step of a newer call that stands in its place'),
  startedAt: Time.optional().describe(
    'For what is not executed itself (fan-out, approval, pause, child): when it began',
  ),
  finishedAt: Time.optional().describe('The same: when it ended'),
  round: z.int().describe('The round of the run in which it ran last, or is to run'),
  earlier: z.array(StepSpan).optional().describe('The same of rounds before a re-run'),
  workspace: z
    .string()
    .optional()
    .describe('Where it ran last, or is to run, when that is another one than the run’s: it was run again there'),
  executions: z.array(Execution).describe('Of all rounds; numbers of attempts count on over re-runs'),
})
export type RunStep = z.infer<typeof RunStep>

/** How far a run is. A fan-out is one step; its items are counted apart. */
export const RunCounts = z.object({
  total: z.int().describe('Steps, as the definition has them'),
  done: z.int().describe('Steps that have ended, in whatever way'),
  succeeded: z.int().describe('With those whose result came from the cache'),
  failed: z.int(),
  skipped: z.int(),
  cancelled: z.int(),
  items: z
    .object({
      total: z.int(),
      done: z.int(),
      failed: z.int().describe('With those that were left out'),
      dropped: z.int().describe('Failed, and left out as their step allows'),
      cancelled: z.int(),
      calls: z.int().describe('How many of them are calls that code made'),
    })
    .describe('Items of all fan-outs, as far as their lists are known'),
})
export type RunCounts = z.infer<typeof RunCounts>

/** A stretch of a run between its start, or a re-run, and its end. */
export const RunRound = z.object({ startedAt: Time.nullable(), finishedAt: Time.nullable() })
export type RunRound = z.infer<typeof RunRound>

export const RunSummary = z.object({
  id: RunId,
  project: z.string(),
  workspace: z
    .string()
    .describe('The one that it was started in; steps may have been run again in workspaces below it'),
  workflow: z.string(),
  version: z.int(),
  status: RunStatus,
  trigger: z.enum(['manual', 'parent', 'rerun']),
  parent: z.object({ run: RunId, step: StepKey }).nullable(),
  priority: z.int(),
  createdAt: Time,
  startedAt: Time.nullable().describe('When it began; after a re-run, when its last round began'),
  finishedAt: Time.nullable(),
  durationMs: z
    .number()
    .nullable()
    .describe('Of all rounds together; the pause between an end and a re-run is nobody’s work. Null while it runs'),
  reruns: z.int().describe('How often the run was opened again'),
  earlierMs: z.number().describe('How long the rounds before the last re-run took'),
  counts: RunCounts,
})
export type RunSummary = z.infer<typeof RunSummary>

/** Result of a finished run: the workflow's outputs, or why there are none. */
export const RunResult = z.object({
  outputs: z.record(z.string(), Json).nullable(),
  error: Failure.nullable(),
})
export type RunResult = z.infer<typeof RunResult>

export const Run = RunSummary.extend({
  params: z.record(z.string(), Json).describe('Secrets are shown as null'),
  rounds: z.array(RunRound).describe('The first, and one for each re-run'),
  result: RunResult.nullable(),
  keep: z
    .object({ run: RunId, steps: z.array(z.string()) })
    .optional()
    .describe('An earlier run, and the steps whose results were taken over from it as far as they had succeeded'),
  steps: z.array(RunStep),
})
export type Run = z.infer<typeof Run>

export const runRoutes = {
  start: route({
    id: 'runs.start',
    method: 'POST',
    path: '/api/v1/projects/{project}/runs',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Start a run of a workflow',
    params: ProjectParams,
    body: z.strictObject({
      workflow: WorkflowName,
      version: z.int().min(1).optional().describe('The newest when absent; the run stays on it'),
      params: z.record(z.string(), Json).default({}).describe('A file or directory is an asset value'),
      workspace: Name.default('main').describe('It must be there; results of those that it inherits from are used'),
      priority: z.int().min(-100).max(100).optional(),
      keep: RunId.optional().describe(
        'An ended run of the same workflow: what succeeded there is taken over, as far as neither the step nor what it reads has changed since',
      ),
    }),
    response: Run,
    status: 201,
    problems: [
      'workflow_not_found',
      'workspace_not_found',
      'workspace_archived',
      'workspace_unrelated',
      'params_invalid',
      'blob_not_found',
      'run_not_found',
      'run_not_finished',
    ],
  }),
  list: route({
    id: 'runs.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Runs, newest first',
    params: ProjectParams,
    query: PageQuery.extend({
      workflow: z.string().optional(),
      status: z.string().optional().describe('One or more statuses, separated by commas'),
      workspace: Name.optional().describe('Runs that were started, or run again, in it'),
      trigger: z.string().optional().describe('One or more triggers, separated by commas'),
      search: z.string().max(200).optional().describe('Part of the name of the workflow, or start of the identifier'),
      since: Time.optional().describe('Created at or after'),
      until: Time.optional().describe('Created before'),
    }),
    response: page(RunSummary),
    problems: ['workspace_not_found'],
  }),
  get: route({
    id: 'runs.get',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A run with its steps and executions',
    params: RunParams,
    query: z.object({ steps: z.enum(['all', 'none']).default('all') }),
    response: Run,
    problems: ['run_not_found'],
  }),
  changes: route({
    id: 'runs.changes',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/changes',
    permission: 'WORKFLOW',
    change: false,
    summary: 'A run with only the steps that changed after a cursor: what a live view asks for again and again',
    params: RunParams,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe('The cursor of the answer before; 0 for all'),
    }),
    response: z.object({
      cursor: z.int().describe('Hand it in as `after` next time; also where to subscribe to events'),
      whole: z.boolean().describe('True when `run.steps` holds all steps: replace what is there'),
      run: Run,
    }),
    problems: ['run_not_found'],
  }),
  workflow: route({
    id: 'runs.workflow',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/workflow',
    permission: 'WORKFLOW',
    change: false,
    summary: 'The version of the workflow that the run is pinned to, also when the workflow was deleted since',
    params: RunParams,
    response: Workflow,
    problems: ['run_not_found'],
  }),
  result: route({
    id: 'runs.result',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/result',
    permission: 'WORKFLOW',
    change: false,
    summary: 'The result of a finished run',
    params: RunParams,
    response: RunResult.extend({ status: RunStatus }),
    problems: ['run_not_found', 'run_not_finished'],
  }),
  why: route({
    id: 'runs.why',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/why',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Why a run or a step is not running, or ended as it did, in words',
    params: RunParams,
    query: z.object({ step: StepKey.optional() }),
    response: z.object({
      summary: z.string(),
      reasons: z.array(
        z.object({
          step: StepKey,
          status: StepStatus,
          text: z.string(),
          details: z.string().optional().describe('For a failure: the end of what the step wrote to standard error'),
          question: z.string().optional().describe('What a person is asked, for a step that waits for an answer'),
        }),
      ),
    }),
    problems: ['run_not_found', 'step_not_found'],
  }),
  attempt: route({
    id: 'runs.attempt',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/steps/{step}/attempts/{attempt}',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Inputs and command of one attempt, as they were; secrets are shown as ***',
    params: RunParams.extend({ step: StepKey, attempt: z.coerce.number().int().min(1) }),
    response: AttemptFacts,
    problems: ['run_not_found', 'step_not_found'],
  }),
  ...runOutputRoutes,
  ...waitingRoutes,
  cancel: route({
    id: 'runs.cancel',
    method: 'POST',
    path: '/api/v1/projects/{project}/runs/{run}/cancel',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Cancel a run, its children and what they run',
    params: RunParams,
    body: z.strictObject({ reason: z.string().max(1000).optional() }).default({}),
    response: RunSummary,
    status: 202,
    problems: ['run_not_found', 'run_finished'],
  }),
  cancelStep: route({
    id: 'runs.cancelStep',
    method: 'POST',
    path: '/api/v1/projects/{project}/runs/{run}/steps/{step}/cancel',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Cancel one step with what it called, one item, or all calls of a target; the run goes on',
    params: RunParams.extend({ step: StepKey }),
    response: RunSummary,
    status: 202,
    problems: ['run_not_found', 'run_finished', 'step_not_found', 'step_finished'],
  }),
  rerun: route({
    id: 'runs.rerun',
    method: 'POST',
    path: '/api/v1/projects/{project}/runs/{run}/rerun',
    permission: 'WORKFLOW',
    change: true,
    summary:
      'Run steps of a run again, in the same run; what depends on them follows. A call also while its run goes on',
    params: RunParams,
    body: z
      .strictObject({
        from: z
          .union([z.literal('failed'), z.literal('start'), StepKey])
          .default('failed')
          .describe('failed: what did not succeed; start: everything; or one step or item'),
        workspace: Name.optional().describe(
          'Where to run them: where they ran last, or a workspace that inherits from there. Absent: where they ran last',
        ),
      })
      .default({ from: 'failed' }),
    response: RunSummary,
    status: 202,
    problems: [
      'run_not_found',
      'run_not_finished',
      'step_not_found',
      'rerun_nothing',
      'workspace_not_found',
      'workspace_archived',
      'workspace_unrelated',
    ],
  }),
  approve: route({
    id: 'runs.approve',
    method: 'POST',
    path: '/api/v1/projects/{project}/runs/{run}/approvals/{step}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Answer what a step asks of a person',
    params: RunParams.extend({ step: StepKey }),
    body: z.strictObject({
      approved: z.boolean().describe('False fails the step'),
      answers: z.record(z.string(), Json).default({}),
      comment: z.string().max(4000).optional(),
    }),
    response: RunSummary,
    problems: ['run_not_found', 'step_not_found', 'approval_not_waiting', 'params_invalid'],
  }),
  remove: route({
    id: 'runs.delete',
    method: 'DELETE',
    path: '/api/v1/projects/{project}/runs/{run}',
    permission: 'WORKFLOW',
    change: true,
    summary: 'Delete a finished run, its logs and the blobs that nothing else uses',
    params: RunParams,
    response: 'none',
    problems: ['run_not_found', 'run_not_finished'],
  }),
} as const
