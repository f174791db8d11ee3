import type { Command, Finish, Unit } from '../core/index.ts'
import { unitKey } from '../core/index.ts'
import type { Behaviour } from './behaviour.ts'
import { must } from './broken.ts'
import { type CodeSurroundings, Life } from './code.ts'
import { isSuspension, type Job, type Suspension } from './job.ts'
import type { Random } from './random.ts'

export interface Surroundings {
  readonly random: Random
  /** Something that happens to the machine, whether an engine is there or not */
  later(delayMs: number, act: () => void): void
  /** A report on its way to the engine that is there now; lost when that engine dies */
  tell(command: Command, delayMs: number): void
  readonly strayReports: boolean
  readonly code: CodeSurroundings
  /** Whether a worker is there to take something */
  isThere(worker: string): boolean
}

const LONGEST_JOB_MS = 1_000
const LONGEST_REPORT_MS = 100

/** All executors of the simulated machine, and what they run. */
export class Machine {
  readonly jobs = new Map<string, Job>()
  /** Alive jobs by unit: two of one unit at once is the fault that tokens are there to prevent */
  private readonly alive = new Map<string, Job>()
  /** Orders that were found not carried out after a crash: they must never be */
  private readonly revoked = new Set<string>()
  /** Jobs that the living engine's executors look at */
  private watched = new Set<string>()
  private outputs = 0
  private readonly around: Surroundings

  constructor(around: Surroundings) {
    this.around = around
  }

  start(token: string, unit: Unit, behaviour: Behaviour, worker: string | null): void {
    must(!this.jobs.has(token), 'start', () => `${token} is started twice`)
    must(!this.revoked.has(token), 'start', () => `${token} is started after it was declared lost`)
    const key = `${unit.run.id}:${unitKey(unit)}`
    const other = this.alive.get(key)
    must(other === undefined, 'start', () => `${token} is started while ${other?.token} of the same unit runs`)
    const job: Job = { token, unit: key, state: 'running', end: null, worker, life: null }
    this.jobs.set(token, job)
    this.alive.set(key, job)
    this.watched.add(token)
    const { random, code, isThere } = this.around
    if (worker !== null && !isThere(worker)) return this.vanish(job)
    this.report({ type: 'execution.started', token, detail: 'pid 1', adopted: false })
    if (random.chance(behaviour.hangs)) return
    const end = this.randomEnd(behaviour)
    if (worker !== null) {
      job.life = new Life(code, job, unit, (suspension) => this.end(job, suspension ?? end))
      return
    }
    this.around.later(random.below(LONGEST_JOB_MS), () => this.end(job, end))
  }

  adopt(token: string): void {
    this.watched.add(token)
    const job = this.jobs.get(token)
    if (job === undefined) this.revoked.add(token)
    if (job === undefined || job.state === 'vanished')
      this.report({ type: 'execution.lost', token, reason: 'it is gone' })
    else if (job.state === 'running') this.report({ type: 'execution.started', token, detail: 'pid 1', adopted: true })
    else this.reportEnd(job)
  }

  kill(token: string): void {
    const job = this.jobs.get(token)
    if (job?.state !== 'running') return
    const end: Finish = this.around.random.chance(0.1) ? this.success() : { status: 'cancelled' }
    this.around.later(this.around.random.below(LONGEST_REPORT_MS), () => this.end(job, end))
  }

  /** The work is gone without a trace, as after a power cut. */
  vanish(job: Job): void {
    if (job.state !== 'running') return
    job.state = 'vanished'
    this.alive.delete(job.unit)
    if (this.watched.has(job.token)) this.report({ type: 'execution.lost', token: job.token, reason: 'it vanished' })
  }

  /** A worker is gone, and with it what it ran. */
  vanishOf(worker: string): void {
    for (const job of this.running()) if (job.worker === worker) this.vanish(job)
  }

  running(): Job[] {
    return [...this.alive.values()]
  }

  /** The engine died: nobody looks. */
  forsake(): void {
    this.watched = new Set()
  }

  private end(job: Job, end: Finish | Suspension): void {
    if (job.state !== 'running') return
    job.state = 'ended'
    job.end = end
    this.alive.delete(job.unit)
    if (this.watched.has(job.token)) this.reportEnd(job)
  }

  private reportEnd(job: Job): void {
    const { token, end } = job
    if (end === null) return
    if (isSuspension(end)) this.report({ type: 'execution.suspended', token, ...end })
    else this.report({ type: 'execution.finished', token, ...end })
  }

  private report(command: Command): void {
    const { random, strayReports, tell } = this.around
    tell(command, random.below(LONGEST_REPORT_MS))
    if (strayReports && random.chance(0.2)) tell(command, random.below(10 * LONGEST_REPORT_MS))
  }

  private success(returnsNothing = 0): Finish {
    this.outputs += 1
    const nothing = this.around.random.chance(returnsNothing) ? { result: null } : {}
    return { status: 'succeeded', outputs: { json: { made: this.outputs, ...nothing } }, exitCode: 0 }
  }

  private randomEnd(behaviour: Behaviour): Finish {
    const { random } = this.around
    if (!random.chance(behaviour.fails)) return this.success(behaviour.returnsNothing)
    const error = { code: 'exit_code', message: 'it failed' }
    return random.pick<Finish>([
      { status: 'failed', kind: 'error', exitCode: 1, error },
      { status: 'failed', kind: 'error', exitCode: 3, error },
      { status: 'failed', kind: 'oom', exitCode: 137, error },
      { status: 'failed', kind: 'abandoned', error },
      { status: 'cancelled' },
    ])
  }
}
