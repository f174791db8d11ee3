import { setTimeout as wait } from 'node:timers/promises'
import { type Span, toMs } from '../durations.ts'
import type { EngineCalls } from '../engine/calls.ts'
import { Cancelled, StepError, TimedOut } from '../errors.ts'
import type { Json, JsonObject } from '../protocol.ts'
import type { BlobStore } from '../values/blob-store.ts'
import { decode } from '../values/decode.ts'
import { Asset } from '../values/files.ts'
import { referencesIn, type Settled } from '../values/settled.ts'
import { unpack } from '../values/travel.ts'
import { readLines } from './lines.ts'

export type RunStatus = 'queued' | 'running' | 'waiting' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'

/** A run as the engine tells it; more fields than these may be there. */
export interface RunInfo {
  readonly id: string
  readonly workflow: string
  readonly version: number
  readonly workspace: string
  readonly status: RunStatus
  /** ISO 8601, UTC */
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

/** A line of output. */
export interface RunLogLine {
  /** ISO 8601, UTC */
  readonly at: string
  /** `train[3]` */
  readonly step: string
  readonly attempt: number
  readonly stream: string
  readonly text: string
  /** Of a structured line */
  readonly level?: string
  readonly fields?: { readonly [name: string]: unknown }
}

interface RunResult {
  readonly status: RunStatus
  readonly outputs: JsonObject | null
  readonly error: {
    readonly code: string
    readonly message: string
    readonly type?: string
    readonly details?: string
  } | null
}

interface RunSteps {
  readonly steps: readonly { readonly key: string; readonly outputs?: JsonObject }[]
}

const ENDED: ReadonlySet<RunStatus> = new Set<RunStatus>(['succeeded', 'failed', 'cancelled'])
const FIRST_LOOK_MS = 50
const LAST_LOOK_MS = 1000
const PAGE = 1000

/** A run of a workflow, seen by a client. */
export class Run<R = unknown> {
  readonly id: string
  private readonly http: EngineCalls
  private readonly path: string
  private readonly project: string
  private readonly blobs: BlobStore

  constructor(parts: { id: string; http: EngineCalls; project: string; blobs: BlobStore }) {
    this.id = parts.id
    this.http = parts.http
    this.project = `/api/v1/projects/${encodeURIComponent(parts.project)}`
    this.path = `${this.project}/runs/${parts.id}`
    this.blobs = parts.blobs
  }

  /** How it stands now. */
  async info(): Promise<RunInfo> {
    return this.http.json<RunInfo>({ method: 'GET', path: `${this.path}?steps=none` })
  }

  /**
   * Waits for its end, in whatever way.
   *
   * @param options.timeout how long; without end when absent
   * @throws TimedOut
   */
  async wait(options: { readonly timeout?: Span } = {}): Promise<RunStatus> {
    const limit = options.timeout === undefined ? Number.POSITIVE_INFINITY : toMs(options.timeout, 'timeout')
    const deadline = performance.now() + limit
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LAST_LOOK_MS)) {
      const { status } = await this.info()
      if (ENDED.has(status)) return status
      if (performance.now() + pause > deadline) throw new TimedOut(`The run ${this.id} has not ended: it is ${status}.`)
      await wait(pause)
    }
  }

  /**
   * Waits for its end and answers what the workflow returned, with results in place of handles; of a drawn workflow, its
   * outputs by name.
   *
   * @throws StepError when it failed; Cancelled; TimedOut
   */
  async result(options: { readonly timeout?: Span } = {}): Promise<Settled<R>> {
    await this.wait(options)
    const { status, outputs, error } = await this.http.json<RunResult>({ method: 'GET', path: `${this.path}/result` })
    if (status === 'cancelled') throw new Cancelled(`The run ${this.id} was cancelled.`)
    if (status !== 'succeeded') {
      const failure = new StepError(error?.type ?? error?.code ?? 'Error', error?.message ?? 'The run failed.', this.id)
      if (error?.details !== undefined) failure.cause = error.details
      throw failure
    }
    const names = Object.keys(outputs ?? {})
    const value: Json = names.length === 1 && names[0] === 'result' ? (outputs?.['result'] ?? null) : outputs
    return (await this.settle(value, new Map())) as Settled<R>
  }

  /** The value with the results of the steps that it refers to in their places. */
  private async settle(value: Json, known: Map<string, unknown>): Promise<unknown> {
    for (const [run, steps] of referencesIn(value)) {
      const missing = [...steps].filter((step) => !known.has(`${run}:${step}`))
      if (missing.length === 0) continue
      const { steps: all } = await this.http.json<RunSteps>({ method: 'GET', path: `${this.project}/runs/${run}` })
      for (const { key, outputs } of all.filter((step) => missing.includes(step.key))) {
        known.set(`${run}:${key}`, await this.settle(outputs?.['result'] ?? null, known))
      }
    }
    return unpack(value, this.blobs, (ref) => {
      const name = `${ref.run}:${ref.step}`
      return known.has(name) ? known.get(name) : ref
    })
  }

  /** Lines of output as they come, until the run ends. Breaking off the loop ends the connection. */
  async *logs(options: { readonly step?: string; readonly follow?: boolean } = {}): AsyncGenerator<RunLogLine> {
    const query = new URLSearchParams({ follow: String(options.follow ?? true) })
    if (options.step !== undefined) query.set('step', options.step)
    const answer = await this.http.open({ method: 'GET', path: `${this.path}/logs?${query}` })
    try {
      for await (const line of readLines(answer)) yield JSON.parse(line) as RunLogLine
    } finally {
      answer.destroy()
    }
  }

  /** Cancels it, its children and what they run. */
  async cancel(reason?: string): Promise<void> {
    await this.http.post(`${this.path}/cancel`, reason === undefined ? {} : { reason })
  }

  /** Assets that its steps have recorded. */
  async assets(): Promise<(Asset & { readonly step: string })[]> {
    const found: (Asset & { readonly step: string })[] = []
    let cursor: string | null = null
    do {
      const query = new URLSearchParams({ run: this.id, limit: String(PAGE), ...(cursor === null ? {} : { cursor }) })
      const page: { items: JsonObject[]; next: string | null } = await this.http.json({
        method: 'GET',
        path: `${this.project}/assets?${query}`,
      })
      for (const item of page.items) {
        const asset = decode({ kind: 'asset', name: item['name'] ?? '', files: item['files'] ?? [] })
        if (asset instanceof Asset) found.push(Object.assign(asset, { step: item['step'] as string }))
      }
      cursor = page.next
    } while (cursor !== null)
    return found
  }
}
