import type { Blobs } from '../../assets/blobs.ts'
import type { Executor, Job, ReportListener } from '../executor.ts'
import { ProcessExecution } from './execution.ts'
import { MemorySampler } from './memory.ts'

export interface ProcessExecutorParts {
  readonly blobs: Blobs
  readonly report: ReportListener
  /** ms since 1970; never goes back */
  readonly now: () => number
}

const WINDOWS = 'Steps cannot run as processes on Windows yet; give them an `image` to run them in containers.'

/**
 * Runs executions as processes of this machine (Linux; macOS with less detail: no memory figures). Each has a session of
 * its own and outlives the engine. `resources.memory` is set aside by the scheduler, not enforced: the limits that
 * a process can have (of address space) stop programs that use little memory and miss those that fork.
 */
export function createProcessExecutor({ blobs, report, now }: ProcessExecutorParts): Executor {
  const executions = new Map<string, ProcessExecution>()
  const memory = new MemorySampler()
  if (process.platform === 'win32') {
    queueMicrotask(() => report({ type: 'availability', executor: 'process', available: false, reason: WINDOWS }))
  }
  const take = (job: Job): ProcessExecution | null => {
    if (executions.has(job.token)) return null
    const execution = new ProcessExecution(job, {
      blobs,
      memory,
      now,
      report,
      onOver: (token) => executions.delete(token),
    })
    executions.set(job.token, execution)
    return execution
  }
  const refuse = (job: Job): void => {
    const error = { code: 'executor_unavailable', message: WINDOWS }
    report({ type: 'finished', token: job.token, at: now(), outcome: { status: 'failed', kind: 'error', error } })
  }
  return {
    name: 'process',
    start: (job) => (process.platform === 'win32' ? refuse(job) : take(job)?.start()),
    adopt: (job) => (process.platform === 'win32' ? refuse(job) : take(job)?.adopt()),
    kill: (token, graceMs) => executions.get(token)?.kill(graceMs),
    close: async () => {
      await Promise.all([...executions.values()].map((execution) => execution.close()))
      executions.clear()
      memory.close()
    },
  }
}
