import type { EndMessage, Execute } from '../protocol.ts'
import type { FromRunner, LoadModule } from '../runner/messages.ts'
import { LOG_PAUSE_MS, type Uplink } from './execution.ts'
import { ExecutorProcess, type ProcessEnd } from './executor-process.ts'
import { LogFlow } from './log-flow.ts'
import type { PoolParts } from './pool.ts'

const ANSWER_MS = 5000

/** Executions that share one warm process. They are handed over in the order in which they came. */
export class SharedProcess {
  private readonly process: ExecutorProcess
  private readonly uplink: Uplink
  private readonly onOver: (token: string, flow: LogFlow | null) => void
  /** Most say nothing, and have no flow */
  private readonly held = new Map<string, LogFlow | null>()
  private readonly aborted = new Set<string>()
  /** Ends that wait until all that was logged before is on its way */
  private readonly late = new Map<string, EndMessage>()
  private queue: Execute[] = []
  private isOpen = true

  constructor(parts: PoolParts, modules: readonly LoadModule[], uplink: Uplink, onOver: SharedProcess['onOver']) {
    const { home, address, project } = parts
    this.process = new ExecutorProcess(home, { mode: 'shared', modules, engine: address(), project })
    this.uplink = uplink
    this.onOver = onOver
    // What is printed outside of an execution is the worker's own.
    this.process.stdout.to((text) => process.stdout.write(text))
    this.process.stderr.to((text) => process.stderr.write(text))
    this.process.onMessage((message) => this.take(message))
    void this.process.ended.then((end) => this.gone(end))
  }

  /** False when its process is gone, or is to go. */
  get isUsable(): boolean {
    return this.isOpen
  }

  get isIdle(): boolean {
    return this.held.size === 0
  }

  flow(token: string): LogFlow | undefined {
    return this.held.get(token) ?? undefined
  }

  run(job: Execute): void {
    this.held.set(job.token, null)
    this.queue.push(job)
    if (this.queue.length === 1) queueMicrotask(() => this.send())
  }

  abort(token: string): void {
    this.aborted.add(token)
    this.process.send({ type: 'abort', token, reason: 'cancel' })
    const timer = setTimeout(() => {
      if (this.held.has(token)) this.process.kill() // it is busy with something that never yields
    }, ANSWER_MS)
    timer.unref()
  }

  /** Takes no more, and ends when nothing is left. */
  retire(): void {
    this.isOpen = false
    if (this.isIdle) this.process.kill()
  }

  kill(): void {
    this.isOpen = false
    this.process.kill()
  }

  private send(): void {
    const jobs = this.queue
    this.queue = []
    this.process.send({ type: 'run', jobs })
  }

  private take(message: FromRunner): void {
    switch (message.type) {
      case 'ready':
      case 'found':
        return
      case 'broken':
        this.isOpen = false
        return this.process.kill()
      case 'log':
        for (const line of message.lines) this.flowFor(message.token)?.add(line)
        return
      case 'metric':
        return this.flowFor(message.token)?.measured(message.values)
      case 'started':
      case 'progress':
      case 'asset':
        return this.uplink.news(message)
      case 'submit':
      case 'select':
      case 'cancel':
      case 'secret':
        return this.uplink.request(message, (answer) => this.process.send({ type: 'answer', answer }))
      default:
        return this.ending(message)
    }
  }

  private flowFor(token: string): LogFlow | null {
    const known = this.held.get(token)
    if (known === undefined) return null
    if (known !== null) return known
    const flow = new LogFlow({
      send: (lines, from) => this.uplink.news({ type: 'log', token, from, lines }),
      sendValues: (values, from) => this.uplink.news({ type: 'metric', token, from, values }),
      hold: () => this.process.pause(),
      release: () => this.process.resume(),
    })
    this.held.set(token, flow)
    return flow
  }

  private ending(message: EndMessage): void {
    const flow = this.held.get(message.token)
    if (flow === undefined) return
    const { token } = message
    flow?.flush()
    if (flow?.isEmpty === false && !this.aborted.has(token)) {
      if (!this.late.has(token)) this.late.set(token, message)
      setTimeout(() => this.ending(message), LOG_PAUSE_MS) // the engine is behind with writing
      return
    }
    this.held.delete(token)
    this.aborted.delete(token)
    this.uplink.end(this.late.get(token) ?? message)
    this.late.delete(token)
    this.onOver(token, flow)
    if (!this.isOpen && this.isIdle) this.process.kill()
  }

  private gone({ signal, code, tail }: ProcessEnd): void {
    this.isOpen = false
    for (const token of [...this.held.keys()]) {
      const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal
      const message = `The process that it shared with others ended (${how}). ${tail.trim().slice(-1000)}`.trim()
      if (this.aborted.has(token)) this.ending({ type: 'aborted', token })
      else this.ending({ type: 'error', token, kind: 'abandoned', error: { type: 'ProcessLost', message } })
    }
  }
}
