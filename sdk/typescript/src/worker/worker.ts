import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Builder } from '../build/builder.ts'
import { SDK_VERSION } from '../build/package.ts'
import type { Source } from '../build/sources.ts'
import type { BuildResult } from '../build/thread.ts'
import type { EngineAddress } from '../engine/address.ts'
import type { Fault } from '../protocol.ts'
import { Executions } from './executions.ts'
import { Guard } from './guard.ts'
import { Hosted } from './hosted.ts'
import { type Introduction, Session } from './session.ts'
import { ownProcess } from './sight.ts'
import { FileWatch } from './watch.ts'

/** Executions with isolation `shared` that are taken at once. */
const SHARED_AT_ONCE = 1024

export interface WorkerOptions {
  readonly sources: readonly Source[]
  /** The served folder */
  readonly root: string
  /** Asked for anew before each connection: an engine may come back elsewhere */
  readonly address: () => EngineAddress
  readonly project: string
  readonly workspace: string
  readonly register: 'never' | 'once' | 'always'
  readonly concurrency: number
  readonly tags: readonly string[]
  readonly name: string
  readonly pool: string | null
  /** A line for the person at the terminal */
  readonly say: (text: string) => void
}

/** Hosts modules for an engine. */
export class Worker {
  private readonly options: WorkerOptions
  private readonly folder = mkdtempSync(join(tmpdir(), 'weir-sdk-'))
  private readonly guard = new Guard(this.folder)
  private readonly builder: Builder
  private readonly hosted = new Hosted()
  private readonly executions: Executions
  private readonly session: Session
  private readonly watch = new FileWatch(() => void this.rebuild())
  /** Of the newest build, for an engine that has not heard of them */
  private faults: readonly Fault[] = []
  private isDraining = false
  private isClosed = false
  private resolveDone: (code: number) => void = () => undefined
  /** Resolves with an exit code when it has ended */
  readonly done = new Promise<number>((resolve) => {
    this.resolveDone = resolve
  })

  constructor(options: WorkerOptions) {
    const { address, project, concurrency } = options
    this.options = options
    this.builder = new Builder(options.root, this.folder)
    const home = { folder: this.folder, guard: this.guard }
    this.session = new Session({
      address,
      project,
      introduction: () => this.introduction(),
      hosted: this.hosted,
      running: () => this.executions.tokens,
      events: {
        onExecute: (job) => this.executions.start(job),
        onAbort: (token) => this.executions.abort(token),
        onLogged: (token, bytes, values) => this.executions.flow(token)?.logged(bytes, values),
        onForgotten: (token) => this.forgotten(token),
        onBack: () => this.executions.sayAgain(),
        onWelcome: (worker, name) => this.welcome(worker, name),
        onVersions: () => this.session.declare(this.faults),
        onDrain: () => this.drain(),
        onTrouble: (text) => options.say(text),
        onFatal: (text) => this.fail(text),
      },
    })
    this.executions = new Executions({ home, address, project, concurrency }, this.hosted, this.session, () =>
      this.look(),
    )
  }

  /** Builds the modules and connects. Modules with faults end it, but in development. */
  async start(): Promise<void> {
    const build = await this.builder.build(this.options.sources)
    if (this.isClosed) return
    const isDev = this.options.register === 'always'
    this.report(build.faults)
    if (build.faults.length > 0 && !isDev) return this.finish(1)
    this.hosted.take(build)
    this.executions.load()
    this.session.connect()
    if (isDev) this.watch.set(this.files(build))
    else await this.builder.rest()
  }

  /** Takes no more executions, and ends when nothing is left. The second time it ends at once. */
  drain(): void {
    if (this.isDraining) return
    this.isDraining = true
    this.watch.close()
    this.session.drain()
    this.look()
  }

  get hasBegunToDrain(): boolean {
    return this.isDraining
  }

  /** Ends at once, with all that runs. */
  stop(code: number): void {
    this.executions.close()
    this.finish(code)
  }

  private introduction(): Introduction {
    const { workspace, name, concurrency, tags, pool, register } = this.options
    const inSight = ownProcess()
    return {
      workspace,
      name,
      host: hostname(),
      pid: process.pid,
      ...(inSight === null ? {} : { process: inSight }),
      sdk: `typescript ${SDK_VERSION}`,
      runtime: `Node ${process.versions.node}`,
      concurrency,
      shared: SHARED_AT_ONCE,
      tags: [...tags],
      ...(pool === null ? {} : { pool }),
      register,
    }
  }

  private welcome(worker: string, project: string): void {
    const { address, workspace, say } = this.options
    const modules = this.hosted.versionNames().join(', ') || 'no module yet'
    say(`Connected to ${address().name} as ${worker} (project ${project}, workspace ${workspace}): ${modules}`)
    if (this.faults.length > 0) this.session.declare(this.faults)
    if (this.isDraining) this.session.drain()
  }

  private forgotten(token: string): void {
    this.executions.forget(token)
    this.look()
  }

  /** Ends a worker that drains and has nothing left. */
  private look(): void {
    if (this.isDraining && this.executions.tokens.length === 0 && this.session.isSettled) this.finish(0)
  }

  private async rebuild(): Promise<void> {
    const began = performance.now()
    const build = await this.builder.build(this.options.sources)
    if (this.isClosed || this.isDraining) return
    this.report(build.faults)
    this.hosted.take(build)
    this.executions.load()
    this.session.declare(build.faults)
    this.watch.set(this.files(build))
    if (build.faults.length === 0) {
      this.options.say(
        `Built anew in ${Math.round(performance.now() - began)} ms: ${this.hosted.versionNames().join(', ')}`,
      )
    }
  }

  private files({ inputs }: BuildResult): string[] {
    return [...inputs, ...this.options.sources.map(({ file }) => file)]
  }

  private report(faults: readonly Fault[]): void {
    this.faults = faults
    const kept = new Set(this.hosted.manifests.map(({ module }) => module))
    for (const { module, message } of faults) {
      const rest = kept.has(module) ? '\nThe last good version goes on.' : ''
      this.options.say(`${module} cannot be loaded:\n${message}${rest}`)
    }
  }

  private fail(text: string): void {
    this.options.say(text)
    this.stop(1)
  }

  private finish(code: number): void {
    if (this.isClosed) return
    this.isClosed = true
    this.watch.close()
    this.session.close()
    this.executions.close()
    this.guard.close()
    void this.builder
      .rest()
      .then(() => rm(this.folder, { recursive: true, force: true, maxRetries: 3 }))
      .catch(() => undefined) // the guard removes it
      .then(() => this.resolveDone(code))
  }
}
