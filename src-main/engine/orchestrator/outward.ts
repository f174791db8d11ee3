import type { Executor, Job, Outcome, Report } from '../executors/index.ts'
import type { Waiters } from './code/waiters.ts'
import type { Command, Effect, Finish } from './core/index.ts'
import { type JobNeeds, jobOf } from './jobs.ts'
import { toFailure } from './resolve.ts'

/** Grace between asking a step to end and ending it by force, in ms. */
const KILL_GRACE_MS = 5_000

interface Parts extends JobNeeds {
  readonly executors: (report: (report: Report) => void) => ReadonlyMap<string, Executor>
  readonly waiters: Waiters
  readonly tell: (command: Command) => void
  /** The same for what may be written down together with what comes next */
  readonly tellWithNext: (command: Command) => void
}

/** Between the orchestrator and its executors: orders go out after their commit, reports come in as commands. */
export class Outward {
  /** What executors say about executions that have not started, by token; not journalled */
  readonly progress = new Map<string, string>()
  private readonly parts: Parts
  private readonly executors: ReadonlyMap<string, Executor>
  /** Jobs that are being put together: a kill waits until its job was handed over */
  private readonly starting = new Map<string, Promise<void>>()

  constructor(parts: Parts) {
    this.parts = parts
    this.executors = parts.executors((report) => this.report(report))
  }

  perform(effect: Effect): void {
    if (effect.type === 'ended') return this.parts.waiters.ended(effect.unit)
    if (effect.type === 'release') {
      this.parts.waiters.forget(effect.token)
      this.progress.delete(effect.token)
      this.executors.get(effect.executor)?.release?.(effect.token)
      return
    }
    if (effect.type === 'resolve' || effect.type === 'resolveRun') return
    const { unit, execution } = effect
    const executor = this.executors.get(execution.executor)
    if (executor === undefined) {
      const error = { code: 'executor_missing', message: `there is no executor named ${execution.executor} here` }
      return this.parts.tell({ type: 'execution.finished', token: execution.token, status: 'failed', error })
    }
    if (effect.type === 'kill') {
      const handed = this.starting.get(execution.token) ?? Promise.resolve()
      void handed.then(() => executor.kill(execution.token, KILL_GRACE_MS, execution.cancelling ?? 'cancel'))
      return
    }
    const hand = (job: Job): void => (effect.type === 'start' ? executor.start(job) : executor.adopt(job))
    const failed = (error: unknown): void =>
      this.parts.tell({ type: 'execution.finished', token: execution.token, status: 'failed', error: toFailure(error) })
    const job = attempt(() => jobOf(this.parts, unit, execution))
    if ('error' in job) return failed(job.error)
    if (!(job.value instanceof Promise)) return hand(job.value)
    const started = job.value
      .then(hand)
      .catch(failed)
      .finally(() => this.starting.delete(execution.token))
    this.starting.set(execution.token, started)
  }

  private report(report: Report): void {
    switch (report.type) {
      case 'started':
      case 'adopted': {
        this.progress.delete(report.token)
        const { token, detail } = report
        // A short call ends before this would be on disk by itself: one write then serves both.
        return this.parts.tellWithNext({ type: 'execution.started', token, detail, adopted: report.type === 'adopted' })
      }
      case 'progress':
        this.progress.set(report.token, report.text)
        return
      case 'lost':
        return this.parts.tell({ type: 'execution.lost', token: report.token, reason: report.reason })
      case 'availability': {
        const { executor, available, reason } = report
        return this.parts.tell({ type: 'executor.availability', executor, available, reason })
      }
      case 'suspended': {
        const { token, steps, mode, delayMs } = report
        return this.parts.tell({ type: 'execution.suspended', token, steps, mode, delayMs })
      }
      case 'worker':
        return this.parts.tell({ type: 'worker', worker: report.worker, offer: report.offer })
      case 'finished':
        return this.finish(report.token, report.outcome)
    }
  }

  /** Stores the outputs first: a result is recorded only when everything that it refers to is on disk. */
  private finish(token: string, outcome: Outcome): void {
    const { outputs, finishedAt: _finishedAt, ...rest } = outcome
    const command = (finish: Finish): Command => ({ type: 'execution.finished', token, ...finish })
    if (outputs === undefined) return this.parts.tell(command(rest))
    const ref = this.parts.values.refer({ ...outputs })
    if (!(ref instanceof Promise)) return this.parts.tell(command({ ...rest, outputs: ref }))
    ref
      .then((stored) => this.parts.tell(command({ ...rest, outputs: stored })))
      .catch((error: unknown) => this.parts.tell(command({ status: 'failed', error: toFailure(error) })))
  }

  /** Resolves when all that was ordered is handed over and no executor watches any more. */
  async close(): Promise<void> {
    await Promise.all(this.starting.values())
    await Promise.all([...this.executors.values()].map((executor) => executor.close()))
  }
}

function attempt<T>(act: () => T): { value: T } | { error: unknown } {
  try {
    return { value: act() }
  } catch (error) {
    return { error }
  }
}
