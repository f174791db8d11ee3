import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { Blobs } from '../../assets/blobs.ts'
import { collectOutputs } from '../collect.ts'
import type { Job, Outcome } from '../executor.ts'
import { asFailure } from '../failure.ts'
import { executionFolder } from '../folder.ts'
import { saveOutcome } from '../outcome.ts'
import { exitFailure, quoteEnd } from './exit-failure.ts'
import { type Exit, signalOf } from './exit-file.ts'

export interface Ended {
  readonly job: Job
  /** Null when the launcher was killed before it could write how the command ended */
  readonly exit: Exit | null
  readonly cancelled: boolean
  readonly peakMemoryBytes: number | null
  readonly blobs: Blobs
}

/**
 * What became of an execution whose processes have all ended. A success has its outputs stored; it is saved, so that
 * `work/` may be deleted although nobody has committed the report yet.
 */
export async function conclude({ job, exit, cancelled, peakMemoryBytes, blobs }: Ended): Promise<Outcome> {
  const usage = { cpuMs: exit?.cpuMs ?? null, peakMemoryBytes }
  if (exit === null) {
    if (cancelled) return { status: 'cancelled', usage }
    return { status: 'failed', kind: 'abandoned', error: launcherLost('it was killed from outside'), usage }
  }
  const signal = signalOf(exit.status)
  const ended = {
    exitCode: exit.status,
    usage,
    ...(signal === null ? {} : { signal }),
    ...(exit.at === null ? {} : { finishedAt: exit.at }),
  }
  if (cancelled) return { status: 'cancelled', ...ended }
  const folder = executionFolder(job.folder)
  if (exit.status !== 0) {
    const error = exitFailure(exit.status, await quoteEnd(folder.stderr, job.secrets ?? []))
    return { status: 'failed', kind: 'error', error, ...ended }
  }
  try {
    const outputs = await collectOutputs(job, folder.work, blobs)
    const outcome: Outcome = { status: 'succeeded', outputs, ...ended }
    // Without outputs there is nothing that could not be found again.
    if (Object.keys(outputs).length > 0) await saveOutcome(job.folder, outcome)
    return outcome
  } catch (error) {
    return { status: 'failed', kind: 'error', error: asFailure(error), ...ended }
  }
}

export const launcherLost = (what: string): Failure => ({
  code: 'launcher_lost',
  message: `The process that watches over the command is gone: ${what}.`,
  fix: 'Run the step again. When the machine is short of memory, the kernel may have chosen it: see the kernel log.',
})
