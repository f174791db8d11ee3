import type { EngineAddress } from '../engine/address.ts'
import { EngineRefusal } from '../errors.ts'
import type { Host, SelectQuery } from '../host.ts'
import type { AnswerMessage, Json, LogLine, MetricValue, Mode, RequestMessage, StepEnd, WireCall } from '../protocol.ts'
import type { BlobStore, StreamBody } from '../values/blob-store.ts'
import type { FromRunner } from './messages.ts'

type Unnumbered = RequestMessage extends infer M ? (M extends RequestMessage ? Omit<M, 'id' | 'token'> : never) : never

/** How long a blob waits for an engine that is away. */
const PATIENCE_MS = 10 * 60_000

/** What stands for a secret in errors; in logs the engine puts it. */
const MASK = '***'

/** Requests of all executions of this process. */
export class Requests {
  private readonly send: (message: FromRunner) => void
  private readonly open = new Map<
    number,
    { resolve: (answer: AnswerMessage) => void; reject: (error: Error) => void }
  >()
  private next = 0

  constructor(send: (message: FromRunner) => void) {
    this.send = send
  }

  /** @throws EngineRefusal */
  ask(token: string, request: Unnumbered): Promise<AnswerMessage> {
    const id = this.next
    this.next += 1
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject })
      this.send({ ...request, id, token })
    })
  }

  answer(message: AnswerMessage): void {
    const { id } = message
    const waiting = id === undefined ? undefined : this.open.get(id)
    if (id === undefined || waiting === undefined) return
    this.open.delete(id)
    if (message.type !== 'refused') waiting.resolve(message)
    else waiting.reject(new EngineRefusal(message.problem.code, message.problem.message, message.problem.fix ?? null))
  }
}

/** The world of one execution, at the other end of the pipe. */
export class RunnerHost implements Host {
  readonly blobs: BlobStore
  private readonly token: string
  private readonly requests: Requests
  private readonly send: (message: FromRunner) => void
  private readonly onSuspend: () => void
  private readonly secrets: string[] = []

  constructor(parts: {
    token: string
    requests: Requests
    send: (message: FromRunner) => void
    blobs: BlobStore
    onSuspend: () => void
  }) {
    this.token = parts.token
    this.requests = parts.requests
    this.send = parts.send
    this.blobs = parts.blobs
    this.onSuspend = parts.onSuspend
  }

  async submit(calls: WireCall[]): Promise<string[]> {
    const answer = await this.requests.ask(this.token, { type: 'submit', calls })
    return answer.type === 'submitted' ? answer.steps : []
  }

  async select(query: SelectQuery): Promise<{ steps: StepEnd[]; timedOut: boolean }> {
    const { steps, mode, timeoutMs, cancelRemaining } = query
    const answer = await this.requests.ask(this.token, {
      type: 'select',
      steps,
      mode,
      cancelRemaining,
      ...(timeoutMs === null ? {} : { timeoutMs }),
    })
    return answer.type === 'selected' ? answer : { steps: [], timedOut: true }
  }

  async cancel(steps: string[]): Promise<void> {
    await this.requests.ask(this.token, { type: 'cancel', steps })
  }

  async secret(name: string): Promise<string> {
    const answer = await this.requests.ask(this.token, { type: 'secret', name })
    if (answer.type !== 'secret') return ''
    if (answer.value !== '') this.secrets.push(answer.value)
    return answer.value
  }

  masked(text: string): string {
    const longestFirst = this.secrets.toSorted((a, b) => b.length - a.length)
    return longestFirst.reduce((all, secret) => all.replaceAll(secret, MASK), text)
  }

  suspend(steps: string[], mode: Mode, delayMs: number | null): void {
    this.send({ type: 'suspend', token: this.token, steps, mode, ...(delayMs === null ? {} : { delayMs }) })
    this.onSuspend()
  }

  log(line: LogLine): void {
    this.send({ type: 'log', token: this.token, lines: [line] })
  }

  metric(value: MetricValue): void {
    this.send({ type: 'metric', token: this.token, values: [value] })
  }

  progress(done: number, total: number | null, text: string | null): void {
    this.send({ type: 'progress', token: this.token, done, total, text })
  }

  asset(name: string, value: Json): void {
    this.send({ type: 'asset', token: this.token, assets: [{ name, value }] })
  }
}

/** Blobs of the engine. Its client is loaded when it is first needed: most executions need none. */
export class LazyBlobs implements BlobStore {
  private readonly address: EngineAddress | null
  private readonly project: string
  private store: Promise<BlobStore> | null = null

  constructor(address: EngineAddress | null, project: string) {
    this.address = address
    this.project = project
  }

  async put(digest: string, body: Uint8Array): Promise<void> {
    await (await this.loaded()).put(digest, body)
  }

  async putStream(body: StreamBody): Promise<{ digest: string; size: number }> {
    return (await this.loaded()).putStream(body)
  }

  async *read(digest: string): AsyncGenerator<Uint8Array> {
    yield* (await this.loaded()).read(digest)
  }

  private loaded(): Promise<BlobStore> {
    this.store ??= this.load()
    return this.store
  }

  private async load(): Promise<BlobStore> {
    if (this.address === null) throw new Error('This process has no engine to keep blobs.')
    const [{ EngineHttp }, { EngineBlobs }] = await Promise.all([
      import('../engine/http.ts'),
      import('../engine/blobs.ts'),
    ])
    return new EngineBlobs(new EngineHttp(this.address, PATIENCE_MS), this.project)
  }
}
