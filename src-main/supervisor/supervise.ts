import { type ChildProcess, fork } from 'node:child_process'
import { backoff, RECOVERED_AFTER_MS } from './backoff.ts'
import { bundle } from './entry.ts'
import { type EngineFailure, engineExit, fromEngine, type ToEngine } from './protocol.ts'
import { type GaveUp, StartFailure } from './start-failure.ts'

/** How often the engine is asked for a sign of life. */
const PING_MS = 5_000
/** Pings in a row without an answer after which the engine counts as hung: its event loop was blocked for 30 s. */
const MISSED_PINGS = 6
/** How long a stop may take before the engine is killed; its own limit is 20 s. */
const STOP_TIMEOUT_MS = 25_000
/** Starts in a row that may fail before the first that works; then a person must look. */
const FIRST_STARTS = 3

export interface SuperviseOptions {
  readonly data: string
  readonly listen?: string | undefined
  /** Says what happens, a sentence a line */
  readonly say: (sentence: string) => void
  /** Bundle of the engine; found by itself when absent */
  readonly engine?: string
  /** For tests: how often signs of life are asked for */
  readonly pingMs?: number
}

export interface Supervision {
  /** Resolves when the engine answers for the first time; rejects with a StartFailure when it never will. */
  readonly ready: Promise<{ socket: string; url: string }>
  /** Resolves when the engine has stopped for good: null when it was asked to, otherwise why. */
  readonly ended: Promise<GaveUp | null>
  /** Stops the engine; `ended` tells when that is done. */
  stop(): void
}

/**
 * Starts the engine and keeps it alive:
 *
 *   starting ──ready──▶ running ──exit──▶ waiting (backoff) ──▶ starting …
 *      │                   └── no sign of life for 30 s: kill ──▲
 *      └── failed for a reason that stays, or 3 times before it ever ran ──▶ ended, with the reason
 */
export function supervise(options: SuperviseOptions): Supervision {
  const supervisor = new Supervisor(options)
  supervisor.start()
  return supervisor
}

class Supervisor implements Supervision {
  readonly ready: Promise<{ socket: string; url: string }>
  readonly ended: Promise<GaveUp | null>
  readonly #options: SuperviseOptions
  #settleReady: { resolve(place: { socket: string; url: string }): void; reject(error: Error): void } = nothing
  #end: (result: GaveUp | null) => void = () => undefined
  #child: ChildProcess | null = null
  #failure: EngineFailure | null = null
  #hasRun = false
  #readySince: number | null = null
  #failures = 0
  #missed = 0
  #isStopping = false
  #isHung = false
  #timers: { ping?: NodeJS.Timeout; restart?: NodeJS.Timeout; kill?: NodeJS.Timeout } = {}

  constructor(options: SuperviseOptions) {
    this.#options = options
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.ready.catch(() => undefined) // `ended` tells the same
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  start(): void {
    const { data, listen, engine = bundle('engine.cjs') } = this.#options
    const args = ['--data', data, ...(listen === undefined ? [] : ['--listen', listen])]
    this.#failure = null
    this.#readySince = null
    this.#isHung = false
    // A group of its own: Ctrl-C in a terminal reaches the supervisor alone, which then stops the engine in order.
    // Warnings of the runtime go to the engine's log: the terminal may be gone when there is one.
    const child = fork(engine, args, {
      execArgv: ['--no-warnings'],
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    child.on('message', (raw) => this.#hear(raw))
    child.on('error', (error) => this.#options.say(`the engine's process: ${error.message}`))
    child.once('exit', (code, signal) => this.#exited(code, signal))
  }

  stop(): void {
    if (this.#isStopping) return
    this.#isStopping = true
    clearTimeout(this.#timers.restart)
    const child = this.#child
    if (child === null) {
      this.#finish(null)
      return
    }
    const stop: ToEngine = { type: 'stop' }
    // A message, because signals end a process on Windows without asking it.
    if (child.connected) child.send(stop, () => undefined)
    else child.kill('SIGTERM')
    this.#timers.kill = setTimeout(() => {
      this.#options.say('the engine did not stop in time and is killed; its steps go on.')
      child.kill('SIGKILL')
    }, STOP_TIMEOUT_MS)
  }

  #hear(raw: unknown): void {
    const message = fromEngine(raw)
    if (message === null) return
    this.#missed = 0
    if (message.type === 'failed') this.#failure = message
    if (message.type !== 'ready') return
    if (this.#hasRun) this.#options.say(`the engine runs again, at ${message.url}.`)
    this.#hasRun = true
    this.#readySince = performance.now()
    this.#settleReady.resolve({ socket: message.socket, url: message.url })
    this.#timers.ping = setInterval(() => this.#ping(), this.#options.pingMs ?? PING_MS)
  }

  /**
   * Unanswered pings are counted, not the time since the last answer: a machine that slept lost time, but no ping.
   */
  #ping(): void {
    const child = this.#child
    if (child === null || !child.connected) return
    if (this.#missed >= MISSED_PINGS) {
      this.#isHung = true
      child.kill('SIGKILL')
      return
    }
    this.#missed += 1
    const ping: ToEngine = { type: 'ping' }
    child.send(ping, (error) => {
      if (error !== null) this.#options.say(`the engine cannot be reached: ${error.message}`)
    })
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = null
    this.#missed = 0
    clearInterval(this.#timers.ping)
    clearTimeout(this.#timers.kill)
    if (this.#isStopping || code === engineExit.stopped) {
      this.#finish(null)
      return
    }
    if (this.#readySince !== null && performance.now() - this.#readySince > RECOVERED_AFTER_MS) this.#failures = 0
    this.#failures += 1
    const reason = this.#reason(code, signal)
    // Once it ran, a lock or port that is taken may be an old engine that is just ending: that is worth another try.
    const isHopeless = this.#failure?.isPermanent === true && !this.#hasRun
    if (isHopeless || (this.#failures >= FIRST_STARTS && (!this.#hasRun || this.#failure?.isPermanent === true))) {
      this.#finish(reason)
      return
    }
    const wait = backoff(this.#failures)
    this.#options.say(`${reason.message} It is started again in ${wait / 1000} s.`)
    this.#timers.restart = setTimeout(() => this.start(), wait)
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): GaveUp {
    const failure = this.#failure
    if (failure !== null) return { code: failure.code, message: failure.message, fix: failure.fix }
    const how = this.#isHung
      ? 'The engine gave no sign of life for too long and was killed.'
      : signal === null
        ? `The engine ended with exit code ${code ?? 'unknown'}.`
        : `The engine was ended by ${signal}.`
    return { code: 'engine_crashed', message: how, fix: `Look at ${this.#options.data}/logs/engine.log.` }
  }

  #finish(result: GaveUp | null): void {
    this.#settleReady.reject(
      new StartFailure(result ?? { code: 'engine_stopped', message: 'The engine was stopped while it started.' }),
    )
    this.#end(result)
  }
}

const nothing = { resolve: () => undefined, reject: () => undefined }
