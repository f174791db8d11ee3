import { z } from 'zod'
import { Digest, Json, RunId, StepKey } from './common.ts'
import { Failure } from './executions.ts'
import { Manifest, ModuleName, Tag, TargetOptions, TargetPath } from './targets.ts'

/**
 * What a worker and the engine say to each other; docs/worker-protocol.md explains it. A frame is a JSON array of
 * messages, so that a thousand results cost one frame.
 */

export const WORKER_PROTOCOL = 1

/** Below `/api/v1/projects/{project}`. */
export const workerSocketPath = '/workers/connect'

export const HEARTBEAT_SECONDS = 5
/** Either side takes the other for gone after so long a silence. */
export const SILENCE_SECONDS = 15
/** How long the engine waits for a worker to come back before its executions count as lost. */
export const RECONNECT_SECONDS = 30
export const FRAME_BYTES = 8 * 1024 * 1024
/** A value above this size travels as a blob. */
export const VALUE_INLINE_BYTES = 64 * 1024
/** A value above this size is refused: bytes, blobs and assets in it do not count. */
export const VALUE_BYTES = 64 * 1024 * 1024
/** Log bytes that a worker may have sent without `logged` for them. */
export const LOG_WINDOW_BYTES = 1024 * 1024

const Token = z.string().max(100)
const From = z
  .int()
  .min(0)
  .optional()
  .describe('How far what is said here had come before this; given where it may be said again')
const Id = z.int().min(0)
/** An encoded value; see docs/worker-protocol.md, "Values". */
export const Value = Json
export type Value = Json

export const CallOptions = TargetOptions.partial()

export const Call = z.union([
  z.strictObject({
    target: TargetPath,
    args: z.array(Value).describe('By position; {"$weir":"absent"} where one is left out'),
    named: z
      .record(z.string(), Value)
      .optional()
      .describe('Arguments by name, where the caller does not know positions'),
    options: CallOptions.optional().describe('In place of those in the manifest'),
    group: z.string().max(100).optional(),
  }),
  z.strictObject({
    workflow: z.string().max(63).describe('Any workflow, drawn or of code: a run of its own'),
    params: z.record(z.string(), Value),
    options: z.strictObject({ priority: z.int().min(-100).max(100).optional() }).optional(),
    group: z.string().max(100).optional(),
  }),
  z.strictObject({
    input: z.string().max(10_000).describe('What a person is asked'),
    schema: z.record(z.string(), Json).describe('JSON Schema of the answer'),
    key: z
      .string()
      .max(200)
      .optional()
      .describe('The same key in the same run is asked once; question and schema when absent'),
    group: z.string().max(100).optional(),
  }),
])
export type Call = z.infer<typeof Call>

export const StepError = z.strictObject({
  type: z.string().max(300).describe('Class of the error, with its module: builtins.ValueError, Error, digits.BadFold'),
  message: z.string().max(100_000),
  stack: z.string().max(1_000_000).optional(),
  retry: z.boolean().optional().describe('False: no further attempt, whatever the rule'),
})
export type StepError = z.infer<typeof StepError>

export const StepAsset = z.strictObject({ name: z.string().max(200), value: Value })

const OfExecution = { token: Token }

/** A worker that is told to let go of what is no longer needed has few of them. */
const EARLIER_LIMIT = 100
const Versions = z.record(ModuleName, z.array(z.int().min(1)).max(EARLIER_LIMIT))
const Earlier = Versions.default({}).describe(
  'Versions of modules that it hosts besides those of its manifests, for runs that began with them',
)

export const WorkerMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.int(),
    session: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('Secret that the worker made at its start, 32 random bytes: with it, it takes up its session again'),
    workspace: z.string().max(63),
    name: z.string().max(100),
    host: z.string().max(200),
    pid: z.int(),
    process: z
      .strictObject({
        space: z.string().max(200).describe('boot_id, a space, and the link /proc/self/ns/pid'),
        start: z.string().max(30).describe('Field 22 of /proc/self/stat'),
      })
      .optional()
      .describe('On Linux: an engine that sees the same processes knows by it when the worker has ended'),
    sdk: z.string().max(60).describe('e.g. python 0.1.0'),
    runtime: z.string().max(60).describe('e.g. CPython 3.11.7'),
    concurrency: z.int().min(1).max(10_000).describe('Executions in processes at once'),
    shared: z.int().min(0).max(100_000).describe('Executions with isolation shared that it takes at once; 0 for none'),
    tags: z.array(Tag).max(100),
    pool: z.string().max(63).optional(),
    manifests: z.array(Manifest).max(200),
    register: z
      .enum(['never', 'once', 'always'])
      .describe('never: the manifests must be known. once: a deliberate release. always: at every change (dev)'),
    earlier: Earlier,
    executions: z.array(Token).describe('What it runs, and what it holds unrecorded results of'),
  }),
  z.strictObject({
    type: z.literal('declare'),
    id: Id,
    manifests: z.array(Manifest).max(200).describe('All that it hosts from now on'),
    earlier: Earlier,
    faults: z
      .array(z.strictObject({ module: z.string().max(200), message: z.string().max(10_000) }))
      .max(200)
      .default([])
      .describe('Modules that could not be loaded, e.g. for a syntax error: they keep their last good version'),
  }),
  z.strictObject({ type: z.literal('started'), ...OfExecution, pid: z.int().optional() }),
  z.strictObject({
    type: z.literal('result'),
    ...OfExecution,
    value: Value,
    usage: z.strictObject({ cpuMs: z.number().nullable(), peakMemoryBytes: z.number().nullable() }).optional(),
  }),
  z.strictObject({
    type: z.literal('error'),
    ...OfExecution,
    error: StepError,
    kind: z.enum(['error', 'oom', 'abandoned']).default('error').describe('abandoned: its process vanished'),
    usage: z.strictObject({ cpuMs: z.number().nullable(), peakMemoryBytes: z.number().nullable() }).optional(),
  }),
  z.strictObject({
    type: z.literal('suspend'),
    ...OfExecution,
    steps: z.array(StepKey).max(100_000).describe('It goes on when one of them, or all of them, have ended'),
    mode: z.enum(['any', 'all']).default('all'),
    delayMs: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Or at the latest after so long; without steps: after so long'),
  }),
  z.strictObject({ type: z.literal('aborted'), ...OfExecution }),
  z.strictObject({ type: z.literal('submit'), id: Id, ...OfExecution, calls: z.array(Call).max(10_000) }),
  z.strictObject({
    type: z.literal('select'),
    id: Id,
    ...OfExecution,
    steps: z.array(StepKey).max(100_000),
    mode: z.enum(['any', 'all']),
    timeoutMs: z.number().int().min(0).optional().describe('0 asks how they stand; without end when absent'),
    cancelRemaining: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal('cancel'), id: Id, ...OfExecution, steps: z.array(StepKey).max(100_000) }),
  z.strictObject({
    type: z.literal('log'),
    ...OfExecution,
    from: From,
    lines: z
      .array(
        z.tuple([
          z.number().describe('ms since 1970'),
          z.enum(['stdout', 'stderr', 'debug', 'info', 'warning', 'error']),
          z.string().describe('Text; for output as it is, with its line ends'),
          z.record(z.string(), Json).nullable().describe('Fields of a structured line'),
        ]),
      )
      .max(50_000),
  }),
  z.strictObject({
    type: z.literal('metric'),
    ...OfExecution,
    from: From,
    values: z
      .array(
        z.tuple([
          z.number().describe('ms since 1970'),
          z.string().max(200),
          z.number(),
          z.number().nullable().describe('Position on the x axis, e.g. an epoch'),
        ]),
      )
      .max(50_000),
  }),
  z.strictObject({
    type: z.literal('progress'),
    ...OfExecution,
    done: z.number(),
    total: z.number().nullable(),
    text: z.string().max(500).nullable(),
  }),
  z.strictObject({ type: z.literal('asset'), ...OfExecution, assets: z.array(StepAsset).max(1000) }),
  z.strictObject({ type: z.literal('secret'), id: Id, ...OfExecution, name: z.string().max(100) }),
  z.strictObject({ type: z.literal('heartbeat'), executions: z.array(Token) }),
  z.strictObject({ type: z.literal('drain') }),
])
export type WorkerMessage = z.infer<typeof WorkerMessage>

/** How a step stands, for those that wait for it. */
export const StepEnd = z.strictObject({
  step: StepKey,
  outcome: z.enum(['pending', 'succeeded', 'failed', 'cancelled']),
  value: Value.optional(),
  error: z
    .strictObject({
      type: z.string(),
      message: z.string(),
      stack: z.string().optional(),
      step: z.string().describe('run:step:attempt where it arose'),
    })
    .optional(),
})
export type StepEnd = z.infer<typeof StepEnd>

export const EngineMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    protocol: z.int(),
    worker: z.string().describe('Public name of the session'),
    engine: z.string().describe('Its version'),
    project: z.string(),
    versions: z.record(ModuleName, z.int()).describe('Of the manifests that were declared'),
    abort: z.array(Token).describe('Executions that it names and that are no longer its own: end them'),
  }),
  z.strictObject({ type: z.literal('declared'), id: Id, versions: z.record(ModuleName, z.int()) }),
  z.strictObject({
    type: z.literal('retire'),
    versions: Versions.describe('Earlier versions that no run needs any more, and that count as hosted no more'),
  }),
  z.strictObject({
    type: z.literal('execute'),
    ...OfExecution,
    execution: z.string().describe('run:step:attempt'),
    run: RunId,
    workspace: z.string(),
    target: TargetPath,
    version: z.int().describe('Of the module'),
    args: z.array(Value),
    named: z.record(z.string(), Value).optional(),
    steps: z.record(StepKey, StepEnd).optional().describe('Ends of the steps that the arguments refer to'),
    attempt: z.int(),
    isolation: z.enum(['process', 'shared']),
    resumed: z
      .boolean()
      .optional()
      .describe('It was suspended, or lost: its calls find the steps of the attempt before'),
  }),
  z.strictObject({ type: z.literal('abort'), ...OfExecution, reason: z.enum(['cancel', 'timeout', 'stale']) }),
  z.strictObject({ type: z.literal('submitted'), id: Id, steps: z.array(StepKey) }),
  z.strictObject({ type: z.literal('selected'), id: Id, steps: z.array(StepEnd), timedOut: z.boolean() }),
  z.strictObject({ type: z.literal('cancelled'), id: Id }),
  z.strictObject({ type: z.literal('recorded'), tokens: z.array(Token).describe('Their end is on disk: forget it') }),
  z.strictObject({
    type: z.literal('logged'),
    ...OfExecution,
    bytes: z.int().describe('Of log text'),
    values: z.int().optional().describe('Number of measured values'),
  }),
  z.strictObject({ type: z.literal('secret'), id: Id, value: z.string() }),
  z.strictObject({ type: z.literal('heartbeat') }),
  z.strictObject({ type: z.literal('drain') }),
  z.strictObject({ type: z.literal('refused'), id: Id.optional(), problem: Failure }),
])
export type EngineMessage = z.infer<typeof EngineMessage>

/** Why the engine ends a connection; the reason says it in words. */
export const CLOSE = {
  /** A message that is not in this protocol */
  malformed: 4400,
  /** An execution that the session does not own */
  notYours: 4403,
  /** Project or workspace are not there, or archived */
  notFound: 4404,
  /** Another connection took this session over, or a manifest is not the registered one */
  conflict: 4409,
  /** The protocol's version is not spoken here */
  version: 4426,
  /** Nothing was heard for too long */
  silent: 4408,
} as const

/** Blobs that a value refers to, with those inside of stored parts. */
export const StoredBlob = z.object({ blob: Digest, size: z.int() })
