import { z } from 'zod'
import { AssetValue } from './assets.ts'
import { Json, StepKey, Time } from './common.ts'

export const ExecutionStatus = z.enum([
  'dispatched', // handed to the executor, not yet seen running
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'timeout',
  'abandoned', // its process was lost, e.g. by a power cut
  'cancelled',
  'suspended', // it gave up its process until other steps have ended; another attempt follows
  'cached',
])
export type ExecutionStatus = z.infer<typeof ExecutionStatus>

/** Why something failed: a stable code, what happened, what to do. */
export const Failure = z.object({
  code: z.string().describe('e.g. exit_code, signal, oom, timeout, command_not_found, output_missing, image_missing'),
  message: z.string(),
  fix: z.string().optional(),
  details: z.string().optional().describe('The end of standard error, or a stack'),
  type: z.string().optional().describe('Of an error of code: its class, e.g. builtins.ValueError'),
  step: z.string().optional().describe('Of an error that came from another step: the execution where it arose'),
})
export type Failure = z.infer<typeof Failure>

export const Usage = z.object({
  cpuMs: z.number().nullable().describe('User and system CPU time of all its processes'),
  peakMemoryBytes: z.number().nullable().describe('Highest resident memory seen; null when it ended before a sample'),
})
export type Usage = z.infer<typeof Usage>

export const CacheInfo = z.object({
  hit: z.boolean(),
  key: z.string(),
  source: z.string().optional().describe('Execution whose result is used'),
  reason: z.string().optional().describe('For a miss: what differs from the nearest earlier execution'),
})
export type CacheInfo = z.infer<typeof CacheInfo>

export const Execution = z.object({
  id: z.string().describe('run:step:attempt'),
  attempt: z.int(),
  round: z.int().describe('1 before any re-run of the run; each re-run opens another'),
  workspace: z.string().optional().describe('Where it ran, when that is another one than the run’s'),
  status: ExecutionStatus,
  executor: z.string(),
  startedAt: Time,
  finishedAt: Time.nullable(),
  durationMs: z.number().nullable(),
  exitCode: z.int().optional(),
  signal: z.string().optional(),
  error: Failure.optional(),
  cache: CacheInfo.optional(),
  usage: Usage.optional(),
  worker: z.string().optional().describe('The session that it was given to'),
  adopted: z.int().optional().describe('How often a restarted engine found it alive and took it back'),
  awaits: z
    .object({
      steps: z.array(StepKey),
      mode: z.enum(['any', 'all']),
      until: Time.nullable().describe('It goes on then at the latest'),
    })
    .optional()
    .describe('For `suspended`: what it gave up its process for'),
  assets: z
    .record(z.string(), AssetValue)
    .optional()
    .describe('Files that code recorded under a name while it ran; a file that a step returns is among its outputs'),
  progress: z.string().optional().describe('What the executor does for it now, e.g. the pull of an image'),
})
export type Execution = z.infer<typeof Execution>

/** What one attempt was given and what it ran. */
export const AttemptFacts = z.object({
  inputs: z
    .record(z.string(), Json)
    .describe('Of a call its arguments, by the names of the parameters; further ones of `*args` by their position'),
  command: z
    .object({
      argv: z.array(z.string()),
      env: z.record(z.string(), z.string()).describe('What the step sets'),
      folder: z.string().describe('Below the working folder; empty for that itself'),
      image: z.string().nullable(),
    })
    .nullable()
    .describe('With its expressions filled in; null when it was not started, or the cache was asked instead'),
})
export type AttemptFacts = z.infer<typeof AttemptFacts>
