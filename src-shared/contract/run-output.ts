import { z } from 'zod'
import { Json, RunId, StepKey, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'

/** `system` is what Weir says of the execution, `log` what code logged with a level. */
export const LogStream = z.enum(['stdout', 'stderr', 'system', 'log'])
export type LogStream = z.infer<typeof LogStream>
/** One line of output. Bytes that are not UTF-8 are shown as U+FFFD; the files keep them. */
export const LogLine = z.object({
  at: Time,
  step: StepKey,
  attempt: z.int(),
  stream: LogStream,
  text: z.string(),
  partial: z.boolean().optional().describe('True when the line has no end yet, or was cut at 64 KiB'),
  level: z.enum(['debug', 'info', 'warning', 'error']).optional().describe('Of a line that code logged'),
  fields: z.record(z.string(), Json).optional().describe('Of a line that code logged'),
})
export type LogLine = z.infer<typeof LogLine>

/** What code measured under one name. */
export const MetricSeries = z.object({
  name: z.string(),
  count: z.int().describe('Values that were measured; `points` may be fewer'),
  min: z.number(),
  max: z.number(),
  points: z
    .array(
      z.tuple([
        z.number().describe('ms since 1970'),
        z.number(),
        z.number().nullable().describe('Position on the x axis'),
      ]),
    )
    .describe('In the order in which they came; of many, those that stand out'),
})
export type MetricSeries = z.infer<typeof MetricSeries>

export const RunParams = ProjectParams.extend({ run: RunId })

/** What executions of a run have said. */
export const runOutputRoutes = {
  logs: route({
    id: 'runs.logs',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/logs',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Lines of output, in the order in which they came; live with follow',
    params: RunParams,
    query: z.object({
      step: StepKey.optional(),
      attempt: z.coerce.number().int().min(1).optional().describe('All attempts when absent'),
      stream: LogStream.optional(),
      tail: z.coerce.number().int().min(0).max(100_000).optional().describe('Only the last lines'),
      follow: z.stringbool().default(false),
    }),
    response: 'lines',
    line: LogLine,
    problems: ['run_not_found', 'step_not_found'],
  }),
  metrics: route({
    id: 'runs.metrics',
    method: 'GET',
    path: '/api/v1/projects/{project}/runs/{run}/steps/{step}/metrics',
    permission: 'WORKFLOW',
    change: false,
    summary: 'What an attempt of a step measured, by name',
    params: RunParams.extend({ step: StepKey }),
    query: z.object({
      attempt: z.coerce.number().int().min(1).optional().describe('The newest when absent'),
      points: z.coerce.number().int().min(10).max(10_000).default(1000).describe('At most about so many for each name'),
    }),
    response: z.object({
      attempt: z.int().nullable().describe('Null when none has begun'),
      series: z.array(MetricSeries),
    }),
    problems: ['run_not_found', 'step_not_found'],
  }),
} as const
