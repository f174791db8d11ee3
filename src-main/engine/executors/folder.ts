import { join } from 'node:path'

/** The files of one execution. See "Execution folder" in docs/architecture.md for who writes which. */
export interface ExecutionFolder {
  readonly root: string
  readonly work: string
  /** What was asked, without secrets */
  readonly job: string
  /** The command as it runs, without secrets */
  readonly command: string
  /** Created exclusively: whoever creates it decides whether the job may start */
  readonly claim: string
  /** Exit status and CPU times; complete only with its last line */
  readonly exit: string
  readonly stdout: string
  readonly stderr: string
  /** The engine's own remarks, e.g. which image was pulled */
  readonly system: string
  /** Structured lines of code, see log-structured.ts */
  readonly log: string
  /** Order and time of what is in the logs */
  readonly index: string
  /** A success, kept until the engine has recorded it, because `work/` is deleted meanwhile */
  readonly outcome: string
  /** What code measured, see worker/metrics.ts */
  readonly metrics: string
}

export const executionFolder = (root: string): ExecutionFolder => ({
  root,
  work: join(root, 'work'),
  job: join(root, 'job.json'),
  command: join(root, 'command.json'),
  claim: join(root, 'claim'),
  exit: join(root, 'exit'),
  stdout: join(root, 'stdout.log'),
  stderr: join(root, 'stderr.log'),
  system: join(root, 'system.log'),
  log: join(root, 'log.jsonl'),
  index: join(root, 'log.index'),
  outcome: join(root, 'outcome.json'),
  metrics: join(root, 'metrics.jsonl'),
})

/** Inside the working folder: where inputs are, and all of them as JSON. */
export const INPUTS_FOLDER = 'inputs'
export const INPUTS_FILE = 'inputs.json'
