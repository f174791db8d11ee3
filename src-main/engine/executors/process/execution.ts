import type { ChildProcess } from 'node:child_process'
import { existsSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Blobs } from '../../assets/blobs.ts'
import { keepCommand } from '../command-file.ts'
import type { Job, Outcome, Report } from '../executor.ts'
import { asFailure } from '../failure.ts'
import { type ExecutionFolder, executionFolder, INPUTS_FILE } from '../folder.ts'
import { LogWriter } from '../log-writer.ts'
import { loadOutcome } from '../outcome.ts'
import { prepareFolder, renderJob } from '../prepare.ts'
import { type Claim, isOfThisBoot, readClaim, revoke, settledClaim } from './claim.ts'
import { checkWorkdir, findProgram, processEnvironment } from './command.ts'
import { type Exit, readExit } from './exit-file.ts'
import { isAlive, type ProcessIdentity } from './identity.ts'
import { CLAIM_TAKEN, type Launch, launch } from './launcher.ts'
import { LogWatch } from './log-watch.ts'
import type { MemorySampler, MemoryUse } from './memory.ts'
import { conclude, launcherLost } from './outcome-of-exit.ts'
import { orphansOf, sendSignal } from './sessions.ts'
import { Termination } from './terminate.ts'

/** How long a launcher of another engine may take to end after it wrote the exit file, in ms. */
const LAUNCHER_END_MS = 500
const LOOK_MS = 5

export interface ExecutionParts {
  readonly blobs: Blobs
  readonly memory: MemorySampler
  readonly now: () => number
  readonly report: (report: Report) => void
  /** Called once, after the last report */
  readonly onOver: (token: string) => void
}

/**
 * One execution as a process.
 *
 *   start ─▶ preparing ─▶ running ─▶ ending ─▶ over        adopt ─▶ preparing ─▶ running | ending | over
 *
 * `preparing`: nothing was started; a kill takes the claim, so that nothing will be. `running`: the launcher lives.
 * `ending`: it ended; output is drained and stored, a kill comes too late. `over`: the last report was made.
 */
export class ProcessExecution {
  readonly #job: Job
  readonly #parts: ExecutionParts
  readonly #folder: ExecutionFolder
  #phase: 'preparing' | 'running' | 'ending' | 'over' = 'preparing'
  #closed = false
  /** Grace of the kill that was asked for, in ms */
  #grace: number | null = null
  #launcher: { readonly pid: number; readonly lives: () => boolean } | null = null
  #termination: Termination | null = null
  #watch: LogWatch | null = null
  #memory: MemoryUse | null = null
  readonly #tasks = new Set<Promise<void>>()

  constructor(job: Job, parts: ExecutionParts) {
    this.#job = job
    this.#parts = parts
    this.#folder = executionFolder(job.folder)
  }

  start(): void {
    this.#task(() => this.#start())
  }

  adopt(): void {
    this.#task(() => this.#adopt())
  }

  kill(graceMs: number): void {
    if (this.#phase === 'ending' || this.#phase === 'over') return
    this.#grace = Math.min(graceMs, this.#grace ?? Number.POSITIVE_INFINITY)
    if (this.#phase === 'running') this.#terminate()
    else this.#task(() => this.#neverStart())
  }

  /** Stops watching; no report is made any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#termination?.stop()
    this.#memory?.stop()
    await Promise.all([...this.#tasks, this.#watch?.stop(true)])
  }

  /** Runs a part of the work; an error that nothing else caught fails the execution. */
  #task(work: () => Promise<void>): void {
    const task = work()
      .catch((error: unknown) => this.#finish({ status: 'failed', kind: 'error', error: asFailure(error) }))
      .finally(() => this.#tasks.delete(task))
    this.#tasks.add(task)
  }

  async #start(): Promise<void> {
    await prepareFolder(this.#job, this.#parts.blobs)
    if (this.#closed || this.#grace !== null) return
    const child = launch(this.#folder, this.#command())
    child.once('error', (error) => this.#task(() => Promise.reject(error)))
    const { pid } = child
    // Without a number it did not start; the `error` event says why.
    if (pid === undefined) return
    child.once('exit', (code) => {
      if (!this.#closed) this.#task(() => this.#launcherEnded(pid, code))
    })
    this.#run(pid, () => isRunning(child), LogWriter.fresh(this.#folder.root))
    this.#parts.report({ type: 'started', token: this.#job.token, at: this.#parts.now(), detail: `pid ${pid}` })
  }

  #command(): Launch {
    const rendered = renderJob(this.#job, this.#folder.work)
    keepCommand(this.#job, rendered, this.#folder.work)
    const { argv, env: own, cwd } = rendered
    const env = { ...processEnvironment(process.env), ...own }
    checkWorkdir(cwd, this.#job.workdir)
    const [name = '', ...rest] = argv
    return { argv: [findProgram(name, env.PATH ?? '', cwd), ...rest], env, cwd }
  }

  #run(pid: number, lives: () => boolean, writer: LogWriter | null, onLook: () => void = () => undefined): void {
    this.#phase = 'running'
    this.#launcher = { pid, lives }
    this.#watch = new LogWatch(this.#folder, writer, this.#parts.now, onLook)
    this.#watch.start()
    this.#memory = this.#parts.memory.follow(pid)
  }

  #terminate(): void {
    const launcher = this.#launcher
    // When it is gone already, its end is about to be noticed; the number may be a stranger's by now.
    if (launcher === null || this.#grace === null || (this.#termination === null && !launcher.lives())) return
    if (this.#termination !== null) {
      this.#termination.hurry(this.#grace)
      return
    }
    this.#termination = new Termination(launcher.pid, launcher.lives, this.#grace)
    void this.#termination.run()
  }

  async #neverStart(): Promise<void> {
    if (await revoke(this.#folder)) this.#finish({ status: 'cancelled' })
  }

  /** The end of a launcher that this engine started. `code` is null when a signal ended it, as it does by itself. */
  async #launcherEnded(pid: number, code: number | null): Promise<void> {
    if (this.#phase !== 'running') return
    this.#phase = 'ending'
    let exit = readExit(this.#folder.exit)
    if (exit === null && code !== null) {
      const claim = await readClaim(this.#folder)
      const isOwn = claim.kind === 'held' && claim.holder.pid === pid
      if (code === CLAIM_TAKEN && !isOwn) {
        await this.#claimTaken(claim)
        return
      }
      // The exit file could not be written, so the launcher handed the status on.
      exit = { status: code, cpuMs: null, synced: false, at: null }
    }
    if (this.#termination !== null) await this.#termination.run()
    else if (exit === null) await new Termination(pid, () => false, 0).run()
    else if (sendSignal(-pid, 0)) sendSignal(-pid, 'SIGKILL')
    await this.#conclude(exit)
  }

  /** Another launcher was first: what it started is this execution. */
  async #claimTaken(claim: Claim): Promise<void> {
    await this.#stopWatching()
    if (claim.kind === 'held' || claim.kind === 'revoked') {
      this.#phase = 'preparing'
      await this.#found(claim)
      return
    }
    this.#finish({ status: 'failed', kind: 'abandoned', error: launcherLost('it could not write into its folder') })
  }

  async #adopt(): Promise<void> {
    const saved = await loadOutcome(this.#folder.root)
    if (saved !== null) {
      this.#finish(saved)
      await this.#removeWork()
    } else if (await revoke(this.#folder)) {
      this.#lost('it was never started')
    } else {
      await this.#found(await settledClaim(this.#folder))
    }
  }

  async #found(claim: Claim): Promise<void> {
    if (claim.kind !== 'held') {
      this.#lost(claim.kind === 'revoked' ? 'it was never started' : 'the machine stopped while it was being started')
      return
    }
    const { holder } = claim
    if (readExit(this.#folder.exit) !== null || !isAlive(holder)) {
      await this.#adoptedEnded(holder)
      return
    }
    if (this.#closed || this.#phase === 'over') return
    const lives = (): boolean => isAlive(holder)
    this.#run(holder.pid, lives, null, () => {
      if (this.#closed || this.#phase !== 'running') return
      if (!existsSync(this.#folder.exit) && lives()) return
      this.#phase = 'ending'
      this.#task(() => this.#adoptedEnded(holder))
    })
    const at = this.#parts.now()
    this.#parts.report({ type: 'adopted', token: this.#job.token, at, detail: `pid ${holder.pid}` })
    if (this.#grace !== null) this.#terminate()
  }

  /** The end of a launcher that an engine before this one started. */
  async #adoptedEnded(holder: ProcessIdentity): Promise<void> {
    this.#phase = 'ending'
    let exit = readExit(this.#folder.exit)
    while (exit === null && isAlive(holder)) {
      await sleep(LOOK_MS)
      exit = readExit(this.#folder.exit)
    }
    // Once more, as it may have been written just before the launcher ended.
    exit ??= readExit(this.#folder.exit)
    const patience = performance.now() + LAUNCHER_END_MS
    while (isAlive(holder) && performance.now() < patience) await sleep(LOOK_MS)
    if (this.#termination !== null) await this.#termination.run()
    for (const pid of orphansOf(holder, this.#job.run)) sendSignal(pid, 'SIGKILL')
    const storedInTime = isOfThisBoot(holder) || exit?.synced === true
    if (this.#grace !== null || (exit !== null && storedInTime)) {
      await this.#conclude(exit)
      return
    }
    await this.#stopWatching()
    if (!isOfThisBoot(holder)) this.#lost('the machine stopped or restarted while it ran')
    else if (isEmpty(this.#folder.exit)) this.#lost('nobody could write down how it ended: the disk was full')
    else this.#lost('its launcher was killed from outside, so nobody knows how it ended')
  }

  async #conclude(exit: Exit | null): Promise<void> {
    await this.#stopWatching()
    if (this.#closed) return
    const peakMemoryBytes = this.#memory?.peakBytes ?? null
    const cancelled = this.#grace !== null
    const outcome = await conclude({ job: this.#job, exit, cancelled, peakMemoryBytes, blobs: this.#parts.blobs })
    this.#finish(outcome)
    if (outcome.status === 'succeeded' && !this.#closed) await this.#removeWork()
  }

  /** Records all output that is there. Also of an execution that nobody watched, because it ended without an engine. */
  async #stopWatching(): Promise<void> {
    this.#memory?.stop()
    this.#watch ??= new LogWatch(this.#folder, null, this.#parts.now, () => undefined)
    await this.#watch.stop(true)
  }

  /** After a success; what cannot be deleted now goes with the run. */
  async #removeWork(): Promise<void> {
    if (removeBareWork(this.#folder.work)) return
    await rm(this.#folder.work, { recursive: true, force: true }).catch(() => undefined)
  }

  #lost(reason: string): void {
    if (this.#grace !== null) this.#finish({ status: 'cancelled' })
    else this.#last({ type: 'lost', token: this.#job.token, at: this.#parts.now(), reason })
  }

  #finish(outcome: Outcome): void {
    this.#last({ type: 'finished', token: this.#job.token, at: this.#parts.now(), outcome })
  }

  #last(report: Report): void {
    if (this.#closed || this.#phase === 'over') return
    this.#phase = 'over'
    this.#parts.report(report)
    this.#parts.onOver(this.#job.token)
  }
}

/** The quick way for a step that neither got nor wrote files; false when there is more. */
function removeBareWork(work: string): boolean {
  try {
    unlinkSync(join(work, INPUTS_FILE))
    rmdirSync(work)
    return true
  } catch {
    // Not empty, most likely; whatever it is, the thorough way meets it again.
    return false
  }
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** Whether a file is there and holds nothing: its writer found no room. A torn one was cut off by a kill. */
const isEmpty = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.size === 0
