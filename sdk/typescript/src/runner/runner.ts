import { wireError } from '../errors.ts'
import { scope } from '../host.ts'
import type { Execute, Usage } from '../protocol.ts'
import { execute, type Outcome } from './execute.ts'
import { LazyBlobs, Requests, RunnerHost } from './host.ts'
import { inspectModule, type LoadedTargets, loadModules } from './load.ts'
import type { FromRunner, Init, ToRunner } from './messages.ts'
import { Wire } from './wire.ts'

const US_PER_MS = 1000
const BYTES_PER_KIB = 1024

interface Running {
  readonly token: string
  readonly abort: AbortController
  isEnded: boolean
}

/** Runs what its worker sends: one execution and no more, or many in the order in which they come. */
export class Runner {
  private readonly wire = new Wire<ToRunner, FromRunner>()
  private readonly requests = new Requests((message) => this.wire.send(message))
  private readonly running = new Map<string, Running>()
  private init: Init | null = null
  private targets: LoadedTargets = new Map()
  private blobs = new LazyBlobs(null, '')
  private loading: Promise<void> = Promise.resolve()
  private isLoaded = false

  start(): void {
    process.setSourceMapsEnabled(true)
    process.on('uncaughtException', (error) => this.crashed(error))
    this.wire.listen(
      (message) => void this.take(message),
      () => process.exit(1), // the worker is gone, and with it whoever would hear of a result
    )
  }

  private async take(message: ToRunner): Promise<void> {
    switch (message.type) {
      case 'init':
        this.loading = this.load(message)
        return
      case 'run':
        if (!this.isLoaded) await this.loading
        for (const job of message.jobs) void this.run(job)
        return
      case 'answer':
        return this.requests.answer(message.answer)
      case 'abort':
        return this.abort(message.token)
    }
  }

  private async load(init: Init): Promise<void> {
    this.init = init
    if (init.mode === 'inspect') return this.inspect(init)
    this.blobs = new LazyBlobs(init.engine, init.project)
    // Made now: the first line of an execution should not have to wait for it.
    for (const stream of [process.stdout, process.stderr]) stream.write('')
    try {
      this.targets = await loadModules(init.modules)
    } catch (error) {
      this.wire.send({
        type: 'broken',
        module: init.modules[0]?.module ?? '',
        message: wireError(error).stack ?? String(error),
      })
      return
    }
    if (init.mode === 'shared') {
      this.wire.batch()
      captureOutput()
    }
    this.isLoaded = true
    this.wire.send({ type: 'ready' })
  }

  private async inspect(init: Init): Promise<void> {
    for (const { module, file } of init.modules) {
      try {
        this.wire.send({ type: 'found', module, targets: await inspectModule(file) })
      } catch (error) {
        const { stack, message } = wireError(error)
        this.wire.send({ type: 'broken', module, message: stack ?? message })
      }
    }
    process.exit(0)
  }

  private async run(job: Execute): Promise<void> {
    const { token } = job
    const running: Running = { token, abort: new AbortController(), isEnded: false }
    this.running.set(token, running)
    this.wire.send({ type: 'started', token, pid: process.pid })
    const loaded = this.targets.get(job.target)
    if (loaded === undefined) {
      const message = `${job.target} is not in the modules of this worker.`
      return this.end(running, { error: { type: 'Error', message } }, null)
    }
    const send = (message: FromRunner): void => {
      if (!running.isEnded) this.wire.send(message)
    }
    const { requests, blobs } = this
    const onSuspend = (): void => this.finish(running)
    const host = new RunnerHost({ token, requests, blobs, send, onSuspend })
    const before = this.init?.mode === 'process' ? process.cpuUsage() : null
    const outcome = await execute(job, loaded, host, running.abort.signal)
    this.end(running, outcome, before)
  }

  private end(running: Running, outcome: Outcome, before: NodeJS.CpuUsage | null): void {
    if (running.isEnded) return
    const { token } = running
    const usage = before === null ? {} : { usage: usageSince(before) }
    if ('error' in outcome) this.wire.send({ type: 'error', token, error: outcome.error, ...usage })
    else this.wire.send({ type: 'result', token, value: outcome.value, ...usage })
    this.finish(running)
  }

  /** Whatever the execution still does counts no more. */
  private finish(running: Running): void {
    running.isEnded = true
    this.running.delete(running.token)
    if (this.init?.mode !== 'process') return
    const { marker } = this.init
    process.stderr.write(marker, () => process.stdout.write(marker, () => process.exit(0)))
  }

  private abort(token: string): void {
    const running = this.running.get(token)
    if (running === undefined) return
    running.abort.abort()
    this.wire.send({ type: 'aborted', token })
    this.finish(running)
  }

  /** An error that nobody caught: of the only execution, or of nobody in particular. */
  private crashed(error: unknown): void {
    const [running] = this.running.values()
    if (this.init?.mode === 'process' && running !== undefined)
      return this.end(running, { error: wireError(error) }, null)
    const { stack, message } = wireError(error)
    process.stderr.write(`${stack ?? message}\n`)
    if (this.init?.mode !== 'shared') process.exit(1)
  }
}

function usageSince(before: NodeJS.CpuUsage): Usage {
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / US_PER_MS, peakMemoryBytes: process.resourceUsage().maxRSS * BYTES_PER_KIB }
}

/** What code prints in a process that it shares goes to the log of its own execution. */
function captureOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name]
    const write = stream.write.bind(stream)
    const captured = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const current = scope()
      if (current === undefined) return write(chunk, ...(rest as []))
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      current.host.log([Date.now(), name, text, null])
      const done = rest.at(-1)
      if (typeof done === 'function') queueMicrotask(() => (done as () => void)())
      return true
    }
    stream.write = captured
  }
}
