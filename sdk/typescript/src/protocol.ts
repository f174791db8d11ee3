/**
 * What a worker and the engine say to each other, as docs/worker-protocol.md has it. The package stands alone, so it has
 * types of its own; a test holds every message that it sends against the engine's schemas.
 */

export const PROTOCOL = 1
export const HEARTBEAT_MS = 5000
/** The engine is taken for gone after so long a silence. */
export const SILENCE_MS = 15_000
export const FRAME_BYTES = 8 * 1024 * 1024
/** A value above this size travels with its largest parts as blobs. */
export const VALUE_INLINE_BYTES = 64 * 1024
/** The largest value, without bytes, blobs and assets. */
export const VALUE_BYTES = 64 * 1024 * 1024
/** Bytes above this size travel as a blob. */
export const BYTES_INLINE = 32 * 1024
/** Log text that may be under way for one execution. */
export const LOG_WINDOW_BYTES = 1024 * 1024
/** Measured values that may be under way for one execution. */
export const WINDOW_VALUES = 20_000
export const MAX_CALLS = 10_000

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export interface WireRetries {
  limit: number | null
  minDelayMs?: number
  maxDelayMs?: number
  backoff?: 'linear' | 'random'
}

export interface WireOptions {
  retries?: WireRetries
  timeoutMs?: number
  cache?: { parameters?: string[]; maxAgeMs?: number; namespace?: string; version?: string; code?: boolean }
  memo?: { parameters?: string[] }
  delayMs?: number
  defer?: { parameters?: string[]; delayMs: number }
  recurrent?: { delayMs?: number }
  requires?: string[]
  priority?: number
  concurrency?: { parameters?: string[]; key?: string; limit: number }
  isolation?: 'process' | 'shared'
}

export interface WireParameter {
  name: string
  kind: 'positional' | 'variadic' | 'named'
  schema: JsonObject
  required: boolean
  default?: Json
  description?: string
}

export interface WireTarget {
  name: string
  kind: 'workflow' | 'task'
  description?: string
  parameters: WireParameter[]
  result?: JsonObject
  source?: { file: string; line: number }
  code: string | null
  options: WireOptions
}

export interface Manifest {
  module: string
  language: 'typescript'
  description?: string
  targets: WireTarget[]
}

export interface Fault {
  module: string
  message: string
}

export type WireCall =
  | { target: string; args: Json[]; named?: JsonObject; options?: WireOptions; group?: string }
  | { workflow: string; params: JsonObject; options?: { priority?: number }; group?: string }
  | { input: string; schema: JsonObject; key?: string; group?: string }

export interface WireError {
  type: string
  message: string
  stack?: string
  retry?: boolean
}

export interface Usage {
  cpuMs: number | null
  peakMemoryBytes: number | null
}

export type LogStream = 'stdout' | 'stderr' | 'debug' | 'info' | 'warning' | 'error'
export type LogLine = [at: number, stream: LogStream, text: string, fields: JsonObject | null]
export type MetricValue = [at: number, name: string, value: number, x: number | null]
export type Mode = 'any' | 'all'

/** How an execution ends, as its executor says it. */
export type EndMessage =
  | { type: 'result'; token: string; value: Json; usage?: Usage }
  | { type: 'error'; token: string; error: WireError; kind?: 'error' | 'oom' | 'abandoned'; usage?: Usage }
  | { type: 'suspend'; token: string; steps: string[]; mode?: Mode; delayMs?: number }
  | { type: 'aborted'; token: string }

/** What has no answer by number. `from` says how far all that was said had come before, so that nothing is taken twice. */
export type NewsMessage =
  | { type: 'started'; token: string; pid?: number }
  | { type: 'log'; token: string; from?: number; lines: LogLine[] }
  | { type: 'metric'; token: string; from?: number; values: MetricValue[] }
  | { type: 'progress'; token: string; done: number; total: number | null; text: string | null }
  | { type: 'asset'; token: string; assets: { name: string; value: Json }[] }

/** What the engine answers, by `id`. */
export type RequestMessage =
  | { type: 'submit'; id: number; token: string; calls: WireCall[] }
  | {
      type: 'select'
      id: number
      token: string
      steps: string[]
      mode: Mode
      timeoutMs?: number
      cancelRemaining?: boolean
    }
  | { type: 'cancel'; id: number; token: string; steps: string[] }
  | { type: 'secret'; id: number; token: string; name: string }

export interface Hello {
  type: 'hello'
  protocol: number
  session: string
  workspace: string
  name: string
  host: string
  pid: number
  process?: { space: string; start: string }
  sdk: string
  runtime: string
  concurrency: number
  shared: number
  tags: string[]
  pool?: string
  manifests: Manifest[]
  earlier: Record<string, number[]>
  register: 'never' | 'once' | 'always'
  executions: string[]
}

export type WorkerMessage =
  | Hello
  | { type: 'declare'; id: number; manifests: Manifest[]; earlier: Record<string, number[]>; faults: Fault[] }
  | { type: 'heartbeat'; executions: string[] }
  | { type: 'drain' }
  | EndMessage
  | NewsMessage
  | RequestMessage

/** How a step stands. */
export interface StepEnd {
  step: string
  outcome: 'pending' | 'succeeded' | 'failed' | 'cancelled'
  value?: Json
  error?: { type: string; message: string; stack?: string; step: string }
}

export interface Problem {
  code: string
  message: string
  fix?: string
  details?: string
}

export interface Execute {
  type: 'execute'
  token: string
  execution: string
  run: string
  workspace: string
  target: string
  version: number
  args: Json[]
  named?: JsonObject
  steps?: Record<string, StepEnd>
  attempt: number
  isolation: 'process' | 'shared'
  resumed?: boolean
}

export type EngineMessage =
  | {
      type: 'welcome'
      protocol: number
      worker: string
      engine: string
      project: string
      versions: Record<string, number>
      abort: string[]
    }
  | { type: 'declared'; id: number; versions: Record<string, number> }
  | { type: 'retire'; versions: Record<string, number[]> }
  | Execute
  | { type: 'abort'; token: string; reason: 'cancel' | 'timeout' | 'stale' }
  | { type: 'submitted'; id: number; steps: string[] }
  | { type: 'selected'; id: number; steps: StepEnd[]; timedOut: boolean }
  | { type: 'cancelled'; id: number }
  | { type: 'recorded'; tokens: string[] }
  | { type: 'logged'; token: string; bytes: number; values?: number }
  | { type: 'secret'; id: number; value: string }
  | { type: 'heartbeat' }
  | { type: 'drain' }
  | { type: 'refused'; id?: number; problem: Problem }

/** The engine's answers to requests. */
export type AnswerMessage = Extract<
  EngineMessage,
  { type: 'submitted' | 'selected' | 'cancelled' | 'secret' | 'refused' | 'declared' }
>

export const CLOSE = {
  malformed: 4400,
  notYours: 4403,
  notFound: 4404,
  silent: 4408,
  conflict: 4409,
  version: 4426,
} as const
