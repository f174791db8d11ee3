import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Json, ProblemError } from '../../../../../src-shared/contract/index.ts'
import type { Call, StepEnd } from '../../../../../src-shared/contract/worker-protocol.ts'
import { openBlobStore } from '../../../assets/index.ts'
import type { CallJob, CodeCalls, Job, Report } from '../../executor.ts'
import { testJob } from '../../test-job.ts'
import { WorkerHub } from '../hub.ts'
import type { Timing, ToSocket } from '../parts.ts'
import { TestWorker } from './client.ts'

/** Short enough for a test, long enough that nothing else runs into them. */
const TIMING: Timing = { reconnectMs: 30_000, silenceMs: 30_000, abortMarginMs: 30_000, unneededMs: 0, lookMs: 5 }

/** For tests: what an orchestrator would answer, at the test's command. */
export class FakeCalls implements CodeCalls {
  /** Who owns what, as the core knows it */
  readonly owners = new Map<string, string>()
  readonly submitted: { token: string; id: number; calls: readonly Call[] }[] = []
  readonly recordedAssets: { token: string; name: string; value: Json }[] = []
  readonly cancelled: string[] = []
  /** Answers `select` */
  selecting: () => Promise<{ steps: StepEnd[]; timedOut: boolean }> = async () => ({ steps: [], timedOut: false })
  declaring: CodeCalls['declare'] = async (_workspace, manifests) =>
    Object.fromEntries(manifests.map(({ module }) => [module, 1]))

  owner = (token: string): string | null => this.owners.get(token) ?? null

  async submit(token: string, id: number, calls: readonly Call[]): Promise<string[]> {
    this.submitted.push({ token, id, calls })
    return calls.map((call, index) => `${'target' in call ? (call.target.split('/')[1] ?? '') : 'other'}[${index}]`)
  }
  select = (): Promise<{ steps: StepEnd[]; timedOut: boolean }> => this.selecting()
  async cancel(_token: string, steps: readonly string[]): Promise<void> {
    this.cancelled.push(...steps)
  }
  async secret(_token: string, name: string): Promise<string> {
    if (name !== 'key') throw new ProblemError('bad_request', `there is no secret ${name}`, { fix: 'set it' })
    return 's3cret'
  }
  async assets(token: string, assets: readonly { name: string; value: Json }[]): Promise<void> {
    for (const asset of assets) this.recordedAssets.push({ token, ...asset })
  }
  declare: CodeCalls['declare'] = (workspace, manifests, register) => this.declaring(workspace, manifests, register)
  /** What runs are pinned to, as `module@version` */
  readonly needed = new Set<string>()
  /** How often was asked */
  looks = 0
  needs = (module: string, version: number): boolean => {
    this.looks += 1
    return this.needed.has(`${module}@${version}`)
  }
  workspace(name: string): string {
    if (name === 'main') return 'main-id'
    throw new ProblemError('not_found', `there is no workspace ${name}`, { fix: 'make it: weir workspace create' })
  }
}

/** For tests: a hub without threads and sockets, with real files. */
export class Bench implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), 'weir-hub-'))
  readonly blobs = openBlobStore(join(this.root, 'blobs'))
  readonly calls = new FakeCalls()
  reports: Report[] = []
  readonly notes: string[] = []
  readonly taken: number[] = []
  hub: WorkerHub
  readonly #clients = new Map<number, TestWorker>()
  readonly #timing: Partial<Timing>
  #next = 1
  /** Characters are said to have left the engine when a test says so */
  holdsSent = false

  constructor(timing: Partial<Timing> = {}) {
    this.#timing = timing
    this.hub = this.#newHub()
  }

  /** The engine dies, connections break, and another one begins with what is on disk: nothing of the hub. */
  restart(): void {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    void this.hub.close()
    for (const client of clients) client.ended(1006, '')
    this.hub = this.#newHub()
  }

  #newHub(): WorkerHub {
    const hub = new WorkerHub({
      project: 'default',
      engine: '0.0.0',
      calls: this.calls,
      report: (report) => {
        if (this.hub === hub || this.hub === undefined) this.reports.push(report)
      },
      blobs: this.blobs,
      now: Date.now,
      post: (message) => this.#post(hub, message),
      note: (text) => this.notes.push(text),
      timing: { ...TIMING, ...this.#timing },
    })
    return hub
  }

  connect(worker: TestWorker): TestWorker {
    const { hub } = this
    const connection = this.#next++
    this.#clients.set(connection, worker)
    hub.hear({ type: 'worker.opened', connection })
    return worker.attach({
      send: (text) => hub.hear({ type: 'worker.frame', connection, text }),
      close: (code) => {
        this.#clients.delete(connection)
        hub.hear({ type: 'worker.closed', connection, isOver: code === 1000 })
      },
    })
  }

  /** A worker that is welcome, and its public name. */
  async welcomed(worker = new TestWorker()): Promise<{ worker: TestWorker; name: string }> {
    const { worker: name } = await this.connect(worker).greet()
    return { worker, name }
  }

  /** A job for a worker, its token is its name. */
  job(token: string, worker: string, call: Partial<CallJob> = {}): Job {
    this.calls.owners.set(token, worker)
    return testJob(this.root, token, {
      call: {
        worker,
        execution: `abcd2345:${token}:1`,
        target: 'digits/train',
        version: 1,
        args: [1],
        isolation: 'process',
        resumed: false,
        ...call,
      },
    })
  }

  /** Reports about a token, as `type` or `finished status`. */
  about(token: string): string[] {
    return this.reports.flatMap((report) => {
      if (!('token' in report) || report.token !== token) return []
      return [report.type === 'finished' ? `finished ${report.outcome.status}` : report.type]
    })
  }

  find<T extends Report['type']>(type: T, token?: string): Extract<Report, { type: T }>[] {
    const all = this.reports.filter((report): report is Extract<Report, { type: T }> => report.type === type)
    return token === undefined ? all : all.filter((report) => 'token' in report && report.token === token)
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 10_000
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  /** The end of a token is committed. */
  release(token: string): void {
    this.calls.owners.delete(token)
    this.hub.release(token)
  }

  #post(hub: WorkerHub, message: ToSocket): void {
    const { connection } = message
    const client = this.#clients.get(connection)
    if (message.type === 'worker.taken') this.taken.push(message.chars)
    else if (message.type === 'worker.close') {
      setImmediate(() => {
        this.#clients.delete(connection)
        client?.ended(message.code, message.reason)
      })
    } else {
      setImmediate(() => {
        if (this.#clients.get(connection) !== client) return
        client?.receive(message.text)
        if (!this.holdsSent) hub.hear({ type: 'worker.sent', connection, chars: message.text.length })
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close()
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 })
  }
}
