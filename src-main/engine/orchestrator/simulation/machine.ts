import type { Command, Finish, Unit } from '../core/index.ts'
import { unitKey } from '../core/index.ts'
import { must } from './broken.ts'
import type { Behaviour } from './plans.ts'
import type { Random } from './random.ts'

/** Work that an executor was told to do. It goes on when the engine dies, as detached processes do. */
export interface Job {
  readonly token: string
  /** `run:step[index]` */
  readonly unit: string
  state: 'running' | 'ended' | 'vanished'
  /** What it came to, once it has ended */
  end: Finish | null
}

export interface Surroundings {
  readonly random: Random
  /** Something that happens to the machine, whether an engine is there or not */
  later(delayMs: number, act: () => void): void
  /** A report on its way to the engine that is there now; lost when that engine dies */
  tell(command: Command, delayMs: number): void
  readonly strayReports: boolean
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

  start(token: string, unit: Unit, behaviour: Behaviour): void {
    must(!this.jobs.has(token), 'start', () => `${token} is started twice`)
    must(!this.revoked.has(token), 'start', () => `${token} is started after it was declared lost`)
    const key = `${unit.run.id}:${unitKey(unit)}`
    const other = this.alive.get(key)
    must(other === undefined, 'start', () => `${token} is started while ${other?.token} of the same unit runs`)
    const job: Job = { token, unit: key, state: 'running', end: null }
    this.jobs.set(token, job)
    this.alive.set(key, job)
    this.watched.add(token)
    this.report({ type: 'execution.started', token, detail: 'pid 1', adopted: false })
    const { random } = this.around
    if (random.chance(behaviour.hangs)) return
    const end = this.randomEnd(behaviour)
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

  running(): Job[] {
    return [...this.alive.values()]
  }

  /** The engine died: nobody looks. */
  forsake(): void {
    this.watched = new Set()
  }

  private end(job: Job, end: Finish): void {
    if (job.state !== 'running') return
    job.state = 'ended'
    job.end = end
    this.alive.delete(job.unit)
    if (this.watched.has(job.token)) this.reportEnd(job)
  }

  private reportEnd(job: Job): void {
    if (job.end !== null) this.report({ type: 'execution.finished', token: job.token, ...job.end })
  }

  private report(command: Command): void {
    const { random, strayReports, tell } = this.around
    tell(command, random.below(LONGEST_REPORT_MS))
    if (strayReports && random.chance(0.2)) tell(command, random.below(10 * LONGEST_REPORT_MS))
  }

  private success(): Finish {
    this.outputs += 1
    return { status: 'succeeded', outputs: { json: { made: this.outputs } }, exitCode: 0 }
  }

  private randomEnd(behaviour: Behaviour): Finish {
    const { random } = this.around
    if (!random.chance(behaviour.fails)) return this.success()
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
