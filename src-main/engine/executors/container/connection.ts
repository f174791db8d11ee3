import { setTimeout as delay } from 'node:timers/promises'
import { dockerAddress } from './address.ts'
import { DockerApi } from './api.ts'
import { dockerError, unreachableReason } from './errors.ts'

/** While Docker is away it is asked again after 1, 2, 4, 8, 15, 15 … s. */
const MIN_PROBE_MS = 1_000
const MAX_PROBE_MS = 15_000

export interface Availability {
  readonly available: boolean
  /** Why not, and what to do, in words; empty when it is available */
  readonly reason: string
}

type Waiter = { readonly resolve: (api: DockerApi) => void; readonly onReason: (reason: string) => void }

/**
 * Knows whether Docker answers.
 *
 *   unknown ──ready()──▶ asks ──answers──▶ up ──lost()──▶ unknown
 *                         │                 ▲
 *                         └─no answer─▶ down ┘  asks again with growing pauses, until it answers or close()
 *
 * It asks on although nobody waits, because while Docker is away the orchestrator sends no more jobs that could ask.
 */
export class DockerConnection {
  readonly #host: string | undefined
  readonly #changed: (availability: Availability) => void
  readonly #closed = new AbortController()
  readonly #waiters = new Set<Waiter>()
  #api: DockerApi | null = null
  #reason: string | null = null
  #probing: Promise<void> | null = null
  #wake = new AbortController()

  /** `changed` hears of every loss and every return, not of a first contact that succeeds. */
  constructor(host: string | undefined, changed: (availability: Availability) => void) {
    this.#host = host
    this.#changed = changed
  }

  /** Docker, as soon as it answers. `onReason` hears why it takes longer. Rejects when `signal` is aborted. */
  ready(signal: AbortSignal, onReason: (reason: string) => void): Promise<DockerApi> {
    return new Promise<DockerApi>((resolve, reject) => {
      signal.throwIfAborted()
      if (this.#api !== null) {
        resolve(this.#api)
        return
      }
      const abort = (): void => {
        this.#waiters.delete(waiter)
        reject(signal.reason)
      }
      const done = (api: DockerApi): void => {
        signal.removeEventListener('abort', abort)
        resolve(api)
      }
      const waiter: Waiter = { resolve: done, onReason }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiters.add(waiter)
      if (this.#reason !== null) onReason(this.#reason)
      this.#probe()
    })
  }

  /** Docker if it answers now, else null. */
  async now(): Promise<DockerApi | null> {
    if (this.#api === null) await this.check()
    return this.#api
  }

  /** A call failed because nobody answered: ask before the next one. */
  lost(api: DockerApi): void {
    if (this.#api === api) this.#api = null
  }

  /** Asks now; null when it answers, else the reason in words. */
  async check(): Promise<string | null> {
    const { name, options } = dockerAddress(this.#host)
    // Loaded here, because it takes a fifth of a second, and many engines never run a container.
    const loaded = await import('dockerode').catch((error: unknown) => String(error))
    if (typeof loaded === 'string') return `The engine cannot load its Docker client (${loaded}). Install Weir again.`
    try {
      const api = new DockerApi(new loaded.default(options))
      await api.ping()
      this.#closed.signal.throwIfAborted()
      this.#up(api)
      return null
    } catch (error) {
      return unreachableReason(name, dockerError(error))
    }
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#waiters.clear()
    await this.#probing
  }

  #probe(): void {
    // A new job is a sign that somebody may just have started Docker: ask at once.
    this.#wake.abort()
    this.#probing ??= this.#probeUntilUp().finally(() => {
      this.#probing = null
    })
  }

  async #probeUntilUp(): Promise<void> {
    for (let pause = MIN_PROBE_MS; !this.#closed.signal.aborted; pause = Math.min(pause * 2, MAX_PROBE_MS)) {
      this.#wake = new AbortController()
      const reason = await this.check()
      if (reason === null || this.#closed.signal.aborted) return
      this.#down(reason)
      const signal = AbortSignal.any([this.#closed.signal, this.#wake.signal])
      // The pause may be cut short by close() or by a new job; both are fine.
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  #up(api: DockerApi): void {
    this.#api ??= api
    if (this.#reason !== null) {
      this.#reason = null
      this.#changed({ available: true, reason: '' })
    }
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.resolve(this.#api)
  }

  #down(reason: string): void {
    if (this.#reason === null) this.#changed({ available: false, reason })
    this.#reason = reason
    for (const waiter of this.#waiters) waiter.onReason(reason)
  }
}
