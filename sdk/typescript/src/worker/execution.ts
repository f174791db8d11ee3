import type { AnswerMessage, EndMessage, Execute, NewsMessage, RequestMessage, WireError } from '../protocol.ts'
import type { FromRunner } from '../runner/messages.ts'
import type { ExecutorProcess, ProcessEnd } from './executor-process.ts'
import { LogFlow } from './log-flow.ts'
import { killedForMemory } from './memory.ts'

/** How executions speak to the engine. */
export interface Uplink {
  news(message: NewsMessage): void
  /** Its number is that of the executor; the answer has it again. */
  request(message: RequestMessage, answer: (message: AnswerMessage) => void): void
  end(message: EndMessage): void
}

const HEAP_FULL = /FATAL ERROR:.*(heap out of memory|Allocation failed)|JavaScript heap out of memory/s

/** One execution in a process of its own. */
export class Execution {
  readonly token: string
  readonly flow: LogFlow
  private readonly process: ExecutorProcess
  private readonly uplink: Uplink
  private end: EndMessage | null = null
  private isAborted = false
  private isOver = false
  private readonly onOver: () => void

  constructor(job: Execute, process: ExecutorProcess, uplink: Uplink, onOver: () => void) {
    this.token = job.token
    this.process = process
    this.uplink = uplink
    this.onOver = onOver
    this.flow = new LogFlow({
      send: (lines, from) => uplink.news({ type: 'log', token: job.token, from, lines }),
      sendValues: (values, from) => uplink.news({ type: 'metric', token: job.token, from, values }),
      hold: () => process.pause(),
      release: () => process.resume(),
    })
    process.send({ type: 'run', jobs: [job] })
    process.stdout.to((text) => this.flow.output('stdout', text))
    process.stderr.to((text) => this.flow.output('stderr', text))
    process.onMessage((message) => this.take(message))
    void process.ended.then((end) => this.gone(end))
  }

  /** Ends it; a success that is on its way counts. */
  abort(): void {
    this.isAborted = true
    this.process.terminate()
  }

  /** Ends it at once. */
  kill(): void {
    this.isAborted = true
    this.process.kill()
  }

  private take(message: FromRunner): void {
    switch (message.type) {
      case 'ready':
      case 'found':
        return
      case 'broken':
        return this.ending({ type: 'error', token: this.token, error: { type: 'Error', message: message.message } })
      case 'log':
        for (const line of message.lines) this.flow.add(line)
        return
      case 'metric':
        return this.flow.measured(message.values)
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

  /** The end counts when all that was printed before it has been sent. */
  private ending(message: EndMessage): void {
    this.end ??= message
    void Promise.all([this.process.stdout.ended, this.process.stderr.ended]).then(() => this.finish())
  }

  private gone(processEnd: ProcessEnd): void {
    if (this.end === null) this.end = this.isAborted ? { type: 'aborted', token: this.token } : this.lost(processEnd)
    this.finish()
  }

  /** Once, when everything that it logged is on its way. */
  private finish(): void {
    if (this.isOver || this.end === null) return
    this.flow.flush()
    if (!this.flow.isEmpty && !this.isAborted) {
      setTimeout(() => this.finish(), LOG_PAUSE_MS) // the engine is behind with writing
      return
    }
    this.isOver = true
    this.uplink.end(this.end)
    this.onOver()
  }

  private lost({ code, signal, tail }: ProcessEnd): EndMessage {
    const kind = HEAP_FULL.test(tail) || (signal === 'SIGKILL' && killedForMemory()) ? 'oom' : 'abandoned'
    return { type: 'error', token: this.token, kind, error: lossOf(kind, code, signal) }
  }
}

/** Before it is looked again whether the engine has written what was logged. */
export const LOG_PAUSE_MS = 20

function lossOf(kind: 'oom' | 'abandoned', code: number | null, signal: NodeJS.Signals | null): WireError {
  if (kind === 'oom') {
    const message =
      'The process ran out of memory. Work in smaller pieces, or give it more: NODE_OPTIONS=--max-old-space-size=8192 (MiB) before the command that starts the worker.'
    return { type: 'OutOfMemory', message }
  }
  const how = signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`
  return {
    type: 'ProcessLost',
    message: `The process ${how} before the function returned. Does it call process.exit()?`,
  }
}
