import type { Executor, Job, Outcome, ReportListener } from '../../executors/index.ts'

/** What a job comes to; null while a test holds it. */
export type Work = (job: Job) => Outcome | null

interface Started {
  readonly job: Job
  outcome: Outcome | null
}

/** `a`, `f[1]` */
export const keyOf = (job: Pick<Job, 'step' | 'index'>): string =>
  job.index === null ? job.step : `${job.step}[${job.index}]`

/**
 * Runs jobs in this process. Like detached processes they outlive the orchestrator that started them: its successor is
 * given another executor on the same machine, and finds them there.
 */
export class InProcessMachine {
  work: Work = () => ({ status: 'succeeded', outputs: {}, exitCode: 0 })
  readonly starts: string[] = []
  readonly adoptions: string[] = []
  closed = 0
  private readonly started = new Map<string, Started>()
  private report: ReportListener | null = null

  /** The executor of one orchestrator; reports go to the newest. */
  executor(report: ReportListener): Executor {
    const live = (): boolean => this.report === report
    this.report = report
    return {
      name: 'process',
      start: (job) => {
        if (live()) this.start(job)
      },
      adopt: (job) => {
        if (live()) this.adopt(job)
      },
      kill: (token) => {
        if (live()) this.end(token, { status: 'cancelled' })
      },
      close: async () => {
        this.closed += 1
      },
    }
  }

  /** Nobody hears of anything until the next executor is made. */
  forsake(): void {
    this.report = null
  }

  /** Ends a job that is held, by `a` or `f[1]`. */
  finish(key: string, outcome: Outcome = { status: 'succeeded', outputs: {} }): void {
    for (const [token, { job, outcome: ended }] of this.started) {
      if (ended === null && keyOf(job) === key) return this.end(token, outcome)
    }
    throw new Error(`no ${key} is held`)
  }

  held(): string[] {
    return [...this.started.values()].filter(({ outcome }) => outcome === null).map(({ job }) => keyOf(job))
  }

  job(key: string): Job | undefined {
    return [...this.started.values()].findLast(({ job }) => keyOf(job) === key)?.job
  }

  private start(job: Job): void {
    if (this.started.has(job.token)) throw new Error(`${job.token} is started twice`)
    this.starts.push(keyOf(job))
    this.started.set(job.token, { job, outcome: null })
    this.report?.({ type: 'started', token: job.token, at: 0, detail: 'here' })
    const outcome = this.work(job)
    if (outcome !== null) this.end(job.token, outcome)
  }

  private adopt(job: Job): void {
    const started = this.started.get(job.token)
    this.adoptions.push(keyOf(job))
    const { token } = job
    if (started === undefined) this.report?.({ type: 'lost', token, at: 0, reason: 'it was never started' })
    else if (started.outcome === null) this.report?.({ type: 'adopted', token, at: 0, detail: 'here' })
    else this.report?.({ type: 'finished', token, at: 0, outcome: started.outcome })
  }

  private end(token: string, outcome: Outcome): void {
    const started = this.started.get(token)
    if (started === undefined || started.outcome !== null) return
    started.outcome = outcome
    this.report?.({ type: 'finished', token, at: 0, outcome })
  }
}
