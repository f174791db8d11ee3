import { connect } from 'node:net'
import type { EngineState } from '../../../src-shared/desktop/bridge.ts'
import { startDaemon } from '../../supervisor/daemon.ts'
import { socketPlace } from '../../supervisor/socket-path.ts'
import { log } from '../log.ts'
import { canListen, hasAddress, startOf, versionOf } from './ask.ts'
import type { Cursors, RunNews } from './follow.ts'

/** How often an engine that is being started again is looked for. */
const RETRY_MS = 200
/** How often one is looked for that was stopped, or does not start: somebody may start it by other means. */
const IDLE_MS = 1_000
/** How often an engine is asked for signs of life whose events cannot be followed, e.g. because it is of another version. */
const POLL_MS = 2_000
/** How long a supervisor may take to accept a connection. */
const DIAL_TIMEOUT_MS = 1_000

export interface EngineKeeper {
  readonly state: EngineState
  /** Whether this desktop has started the engine that runs */
  readonly hasStarted: boolean
  onState(listener: (state: EngineState) => void): () => void
  onRun(listener: (news: RunNews) => void): () => void
  /** Stops it if it runs, and starts it; resolves when it is ready. Rejects with why it is not. */
  restart(): Promise<void>
  /** Stops engine and supervisor, and starts them no more. */
  stop(): Promise<void>
  /** Looks after it no more; it goes on. */
  dispose(): void
}

/**
 * Attaches to the engine of a data folder, starts one when there is none, and sees to it that it comes back:
 *
 *   starting ──▶ ready ──connection cut──▶ lost ──▶ ready …      the supervisor starts it again; if that is gone too, this does
 *      │           └──the engine was told to stop──▶ failed      somebody's wish: only a person starts it again
 *      └──it cannot start──▶ failed                              … or finds it running again
 */
export function keepEngine(data: string, version: string): EngineKeeper {
  const keeper = new Keeper(data, version)
  keeper.start()
  return keeper
}

class Keeper implements EngineKeeper {
  state: EngineState
  hasStarted = false
  readonly #data: string
  readonly #version: string
  readonly #cursors: Cursors = new Map()
  readonly #stateListeners = new Set<(state: EngineState) => void>()
  readonly #runListeners = new Set<(news: RunNews) => void>()
  readonly #end = new AbortController()
  #mayStart = true
  #hasBeenReady = false
  /** Which start of the engine was said to be ready */
  #readyStart: string | null = null
  /** A stop of our own is under way: the loop keeps its hands off. */
  #hold: Promise<unknown> | null = null
  #wake: () => void = () => undefined

  constructor(data: string, version: string) {
    this.#data = data
    this.#version = version
    this.state = { phase: 'starting', data }
  }

  start(): void {
    this.#loop().catch((error: unknown) => {
      log('the watch over the engine ended', error)
      this.#set({ phase: 'failed', data: this.#data, reason: messageOf(error), fix: 'Quit Weir and start it again.' })
    })
  }

  onState(listener: (state: EngineState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => void this.#stateListeners.delete(listener)
  }

  onRun(listener: (news: RunNews) => void): () => void {
    this.#runListeners.add(listener)
    return () => void this.#runListeners.delete(listener)
  }

  async restart(): Promise<void> {
    this.#mayStart = true
    this.#hasBeenReady = false
    this.#set({ phase: 'starting', data: this.#data })
    await this.#stopNow()
    const settled = new Promise<void>((resolve, reject) => {
      const off = this.onState((state) => {
        if (state.phase === 'starting' || state.phase === 'lost') return
        off()
        if (state.phase === 'ready') resolve()
        else reject(new Error([state.reason, state.fix].filter((part) => part !== null).join(' ')))
      })
    })
    this.#wake()
    await settled
  }

  async stop(): Promise<void> {
    this.#mayStart = false
    await this.#stopNow()
    this.hasStarted = false
  }

  dispose(): void {
    this.#end.abort()
    this.#wake()
  }

  async #stopNow(): Promise<void> {
    const { bootDown } = await import('../../supervisor/index.ts')
    const hold = bootDown(this.#data).finally(() => {
      this.#hold = null
    })
    this.#hold = hold.catch(() => undefined)
    try {
      await hold
    } catch (error) {
      const { fix } = error as { fix?: string }
      this.#set({ phase: 'failed', data: this.#data, reason: messageOf(error), fix: fix ?? null })
      throw error
    }
  }

  async #loop(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await this.#hold
      const version = await versionOf(this.#data)
      if (version !== null) await this.#whileReady(version)
      else if (this.#mayStart && !(await this.#isSupervised())) await this.#startAgain()
      else await this.#pause(this.#mayStart ? RETRY_MS : IDLE_MS)
    }
  }

  /** Nobody is there who would start it. */
  async #startAgain(): Promise<void> {
    // An engine that ends in order takes its address away; a crash leaves it.
    if (this.#hasBeenReady && !hasAddress(this.#data)) this.#wasStopped()
    else await this.#boot()
  }

  #wasStopped(): void {
    this.#mayStart = false
    this.#hasBeenReady = false
    this.hasStarted = false
    this.#set({ phase: 'failed', data: this.#data, reason: 'The engine was stopped.', fix: STOPPED_FIX })
  }

  /** Resolves when the engine is gone, and says what became of it. */
  async #whileReady(version: string): Promise<void> {
    if (this.#hold !== null) return
    const start = startOf(this.#data)
    // It ended and was started again before anybody looked: what was open on it is gone all the same.
    if (this.state.phase === 'ready' && start !== this.#readyStart) this.#wasLost()
    this.#readyStart = start
    this.#hasBeenReady = true
    this.#set({ phase: 'ready', data: this.#data, version, isOurs: version === this.#version })
    const { signal } = this.#end
    // Schemas and sockets, which the start of the engine need not wait for.
    const { follow } = await import('./follow.ts')
    const ending = await follow(this.#data, this.#cursors, (news) => this.#hear(news), signal)
    if (signal.aborted || this.#hold !== null) return
    if (ending === 'stopped') this.#wasStopped()
    else if ((await versionOf(this.#data)) === null) this.#wasLost()
    else if (ending === null) await this.#pause(POLL_MS)
  }

  #wasLost(): void {
    this.#mayStart = true
    this.#set({ phase: 'lost', data: this.#data, reason: 'The engine ended unexpectedly and is started again.' })
  }

  async #boot(): Promise<void> {
    try {
      await startDaemon(this.#data, undefined)
      this.hasStarted = true
    } catch (error) {
      const { code, fix } = error as { code?: string; fix?: string }
      log('the engine does not start:', error)
      // Somebody else starts it in this moment.
      if (code === 'engine_running' && (await this.#isSupervised())) return
      this.#mayStart = false
      this.#set({ phase: 'failed', data: this.#data, reason: messageOf(error), fix: fix ?? null })
    }
  }

  /** Whether a supervisor is there, which will start the engine again by itself. */
  async #isSupervised(): Promise<boolean> {
    const { path } = socketPlace(this.#data, 'supervisor')
    if (!canListen(path)) return false
    return new Promise((resolve) => {
      const socket = connect(path)
      const answer = (isThere: boolean): void => {
        socket.destroy()
        resolve(isThere)
      }
      socket.setTimeout(DIAL_TIMEOUT_MS, () => answer(false))
      socket.once('error', () => answer(false))
      socket.once('connect', () => answer(true))
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #hear(news: RunNews): void {
    for (const listener of this.#runListeners) listener(news)
  }

  #set(state: EngineState): void {
    if (JSON.stringify(state) === JSON.stringify(this.state)) return
    this.state = state
    log(`engine: ${state.phase}${'reason' in state ? `: ${state.reason}` : ''}`)
    for (const listener of [...this.#stateListeners]) listener(state)
  }
}

const STOPPED_FIX = 'Start it again here, or with "weir boot up --daemon".'
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
