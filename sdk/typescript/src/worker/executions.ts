import type { Execute } from '../protocol.ts'
import type { LoadModule } from '../runner/messages.ts'
import { Execution, type Uplink } from './execution.ts'
import type { Hosted } from './hosted.ts'
import type { LogFlow } from './log-flow.ts'
import { Pool, type PoolParts } from './pool.ts'
import { SharedProcess } from './shared.ts'

/** All that this worker runs. */
export class Executions {
  private readonly pool: Pool
  private readonly parts: PoolParts
  private readonly hosted: Hosted
  private readonly uplink: Uplink
  private readonly running = new Map<string, Execution>()
  private readonly shared = new Map<string, SharedProcess>()
  /** Logs of what has ended, as long as the engine may not have them */
  private readonly tails = new Map<string, LogFlow>()
  private warm: SharedProcess | null = null
  private readonly onIdle: () => void

  constructor(parts: PoolParts, hosted: Hosted, uplink: Uplink, onIdle: () => void) {
    this.parts = parts
    this.pool = new Pool(parts)
    this.hosted = hosted
    this.uplink = uplink
    this.onIdle = onIdle
  }

  /** Loads the newest modules into fresh processes. What runs goes on with what it has. */
  load(): void {
    this.pool.load(this.hosted.modules)
    this.warm?.retire()
    this.warm = this.hosted.hasShared ? this.startShared(this.hosted.modules) : null
  }

  get tokens(): string[] {
    return [...this.running.keys(), ...this.shared.keys()]
  }

  has(token: string): boolean {
    return this.running.has(token) || this.shared.has(token)
  }

  start(job: Execute): void {
    const [module = ''] = job.target.split('/')
    if (!this.hosted.has(module, job.version)) return this.refuse(job.token, `${module}@${job.version}`)
    const other = this.hosted.modulesFor(module, job.version)
    if (job.isolation === 'shared') return this.startIn(this.sharedFor(other), job)
    const { token } = job
    const execution = new Execution(job, this.pool.take(other), this.uplink, () => {
      this.running.delete(token)
      this.over(token, execution.flow)
    })
    this.running.set(token, execution)
  }

  flow(token: string): LogFlow | undefined {
    return this.running.get(token)?.flow ?? this.shared.get(token)?.flow(token) ?? this.tails.get(token)
  }

  /** After a break: what was logged and has no answer. */
  sayAgain(): void {
    for (const token of [...this.tokens, ...this.tails.keys()]) this.flow(token)?.reset()
  }

  /** The end of an execution is on disk. */
  forget(token: string): void {
    this.tails.delete(token)
  }

  abort(token: string): void {
    this.running.get(token)?.abort()
    this.shared.get(token)?.abort(token)
  }

  /** Ends everything at once. */
  close(): void {
    this.pool.close()
    for (const one of this.running.values()) one.kill()
    for (const one of new Set([...this.shared.values(), this.warm])) one?.kill()
  }

  private refuse(token: string, what: string): void {
    const error = { type: 'VersionGone', message: `This worker does not host ${what} any more.` }
    this.uplink.end({ type: 'error', token, kind: 'abandoned', error })
  }

  private startIn(process: SharedProcess, job: Execute): void {
    this.shared.set(job.token, process)
    process.run(job)
  }

  private sharedFor(other: readonly LoadModule[] | null): SharedProcess {
    if (other !== null) {
      const one = this.startShared(other)
      setImmediate(() => one.retire()) // for this execution, and those that come with it
      return one
    }
    if (this.warm?.isUsable !== true) this.warm = this.startShared(this.hosted.modules)
    return this.warm
  }

  private startShared(modules: readonly LoadModule[]): SharedProcess {
    return new SharedProcess(this.parts, modules, this.uplink, (token, flow) => {
      this.shared.delete(token)
      this.over(token, flow)
    })
  }

  private over(token: string, flow: LogFlow | null): void {
    if (flow !== null && !flow.isConfirmed) this.tails.set(token, flow)
    this.look()
  }

  private look(): void {
    if (this.running.size === 0 && this.shared.size === 0) this.onIdle()
  }
}
