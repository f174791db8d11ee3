import type { EngineAddress } from '../engine/address.ts'
import type { LoadModule } from '../runner/messages.ts'
import { type ExecutorHome, ExecutorProcess } from './executor-process.ts'

/** Each warm process holds some 50 MB. */
const MOST_WARM = 8
/** How long a pool that still has processes waits before it starts another */
const REFILL_MS = 5

export interface PoolParts {
  readonly home: ExecutorHome
  readonly address: () => EngineAddress
  readonly project: string
  readonly concurrency: number
}

/** Processes with the modules loaded that wait for the one execution of their life. */
export class Pool {
  private readonly parts: PoolParts
  private readonly wanted: number
  private modules: readonly LoadModule[] = []
  private idle: ExecutorProcess[] = []
  private isClosed = false

  constructor(parts: PoolParts) {
    this.parts = parts
    this.wanted = Math.min(parts.concurrency, MOST_WARM)
  }

  /** From now on processes have these modules. Those with others are ended. */
  load(modules: readonly LoadModule[]): void {
    this.modules = modules
    const old = this.idle
    this.idle = []
    for (const one of old) one.kill()
    this.fill()
  }

  /**
   * A process for one execution; one that is ready, when there is one.
   *
   * @param modules other modules than those of the pool: such a process is started first
   */
  take(modules: readonly LoadModule[] | null): ExecutorProcess {
    if (modules !== null) return this.start(modules)
    const ready = this.idle.findIndex(({ isReady }) => isReady)
    const [one] = this.idle.splice(Math.max(ready, 0), 1)
    // Starting a process takes this one some ms: the execution goes first, and a quick one is over before.
    if (this.idle.length === 0) setImmediate(() => this.fill())
    else setTimeout(() => this.fill(), REFILL_MS)
    return one ?? this.start(this.modules)
  }

  close(): void {
    this.isClosed = true
    for (const one of this.idle) one.kill()
    this.idle = []
  }

  private fill(): void {
    while (!this.isClosed && this.modules.length > 0 && this.idle.length < this.wanted) {
      const one = this.start(this.modules)
      this.idle.push(one)
      void one.ended.then(() => {
        this.idle = this.idle.filter((other) => other !== one)
      })
    }
  }

  private start(modules: readonly LoadModule[]): ExecutorProcess {
    const { home, address, project } = this.parts
    return new ExecutorProcess(home, { mode: 'process', modules, engine: address(), project })
  }
}
