import { setTimeout as wait } from 'node:timers/promises'
import { EngineRefusal } from '../errors.ts'
import type { Host, SelectQuery } from '../host.ts'
import type { Json, LogLine, MetricValue, Mode, StepEnd, WireCall } from '../protocol.ts'
import type { BlobStore } from '../values/blob-store.ts'
import { decode } from '../values/decode.ts'
import { Asset } from '../values/files.ts'
import type { TestOptions, TestRecord } from './options.ts'
import type { TestStep } from './step.ts'

/** What a suspended attempt waits for. */
export interface Suspension {
  readonly steps: string[]
  readonly mode: Mode
}

/** What all attempts of a test have in common. */
export interface TestWorld {
  readonly options: TestOptions
  readonly record: TestRecord
  readonly blobs: BlobStore
  nameOf(target: object): string
  call(call: WireCall): TestStep
  step(key: string): TestStep
}

/** The world of one attempt in a test. */
export class TestHost implements Host {
  /** Steps of the calls of this attempt, for the one that goes on after it */
  readonly calls = new Map<string, string[]>()
  private resolve: (suspension: Suspension) => void = () => undefined
  readonly suspended = new Promise<Suspension>((resolve) => {
    this.resolve = resolve
  })
  private readonly engine: TestWorld
  private readonly step: TestStep
  private readonly before: Map<string, string[]>

  /** @param before steps of the calls of the attempt that was suspended, by call */
  constructor(engine: TestWorld, step: TestStep, before: ReadonlyMap<string, readonly string[]>) {
    this.engine = engine
    this.step = step
    this.before = new Map([...before].map(([key, steps]) => [key, [...steps]]))
  }

  get blobs(): BlobStore {
    return this.engine.blobs
  }

  nameOf(target: object): string {
    return this.engine.nameOf(target)
  }

  async submit(calls: WireCall[]): Promise<string[]> {
    return calls.map((call) => {
      const key = JSON.stringify(call)
      const step = this.before.get(key)?.shift() ?? this.engine.call(call).step
      this.calls.set(key, [...(this.calls.get(key) ?? []), step])
      return step
    })
  }

  async select({
    steps,
    mode,
    timeoutMs,
    cancelRemaining,
  }: SelectQuery): Promise<{ steps: StepEnd[]; timedOut: boolean }> {
    const all = steps.map((key) => this.engine.step(key))
    const ends = all.map(({ ended }) => ended.then(() => false))
    const done = mode === 'any' ? Promise.race(ends) : Promise.all(ends).then(() => false)
    const stop = new AbortController()
    const late = timeoutMs === null ? [] : [timeUp(timeoutMs, stop.signal)]
    const timedOut = await Promise.race([done, ...late])
    stop.abort()
    const answer = { steps: all.map(({ end }) => end), timedOut }
    if (cancelRemaining) for (const step of all) step.cancel()
    return answer
  }

  cancel(steps: string[]): Promise<void> {
    for (const key of steps) this.engine.step(key).cancel()
    return Promise.resolve()
  }

  secret(name: string): Promise<string> {
    const value = this.engine.options.secrets?.[name]
    if (value !== undefined) return Promise.resolve(value)
    const fix = `Give one: runTest(…, { secrets: { ${name}: '…' } }).`
    return Promise.reject(new EngineRefusal('secret_not_found', `This test has no secret ${name}.`, fix))
  }

  suspend(steps: string[], mode: Mode): void {
    this.resolve({ steps, mode })
  }

  log([at, level, text, fields]: LogLine): void {
    this.engine.record.logs.push({ at: new Date(at), step: this.step.step, level, text, fields })
  }

  metric([, name, value, x]: MetricValue): void {
    this.engine.record.metrics.push({ step: this.step.step, name, value, x })
  }

  progress(done: number, total: number | null, text: string | null): void {
    this.engine.record.progress.push({ step: this.step.step, done, total, text })
  }

  asset(_name: string, value: Json): void {
    const asset = decode(value)
    if (asset instanceof Asset) this.engine.record.assets.push(asset)
  }
}

async function timeUp(ms: number, signal: AbortSignal): Promise<boolean> {
  await wait(ms, undefined, { signal }).catch(() => undefined) // answered before
  return true
}
