import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { Outcome } from '../executor.ts'
import { exitFailure } from '../process/exit-failure.ts'
import { signalOf } from '../process/exit-file.ts'

/** How a container ended, and what is known about the circumstances. */
export interface Ending {
  readonly image: string
  /** What was started: the program of the command */
  readonly program: string
  readonly exitCode: number
  readonly outOfMemory: boolean
  readonly memoryLimitBytes: number
  /** Nobody of this engine saw it end: the engine was away, or Docker was */
  readonly unseen: boolean
  /** Docker went away under it, and does not let containers live on (live-restore) */
  readonly interrupted: boolean
  /** The end of standard error; empty when there is none */
  readonly stderr: string
}

/** Docker's codes for "the kernel or somebody ended it": SIGKILL, SIGTERM; and 255 for what a crash left. */
const ENDED_FROM_OUTSIDE = [137, 143, 255]
const STATUS_NOT_FOUND = 127
const STATUS_NOT_EXECUTABLE = 126
const MIB = 1024 * 1024

/** How the init program says that it could not start the command: `[FATAL tini (7)] exec foo failed: No such file …`. */
const INIT_FAILED = /^\[FATAL tini \(\d+\)\] exec (.*) failed: (.*)$/m

type Verdict = Pick<Outcome, 'kind' | 'exitCode' | 'signal' | 'error'>

/**
 * Why a container failed; null when it succeeded.
 *
 * When Docker stops, it stops its containers, and some programs answer the polite signal with exit code 0 although they
 * are not done. So what ended while Docker was away counts as abandoned whatever its code; it may be retried.
 */
export function failureOf(ending: Ending): Verdict | null {
  const { exitCode } = ending
  if (ending.interrupted || (ending.unseen && ENDED_FROM_OUTSIDE.includes(exitCode) && !ending.outOfMemory)) {
    return { kind: 'abandoned', exitCode, error: abandoned(ending) }
  }
  if (exitCode === 0) return null
  const signal = signalOf(exitCode)
  const named = { exitCode, ...(signal === null ? {} : { signal }) }
  if (ending.outOfMemory) return { kind: 'oom', ...named, error: outOfMemory(ending) }
  return { kind: 'error', ...named, error: startFailure(ending) ?? exitFailure(exitCode, ending.stderr) }
}

const quoted = (stderr: string): Pick<Failure, 'details'> => (stderr === '' ? {} : { details: stderr })

const abandoned = ({ exitCode, interrupted, stderr }: Ending): Failure => ({
  code: 'abandoned',
  message: interrupted
    ? `Docker stopped or restarted while the container ran, which ended it (exit code ${exitCode}).`
    : `The container was ended from outside while nobody watched it (exit code ${exitCode}), e.g. by a restart of the machine or of Docker.`,
  fix: 'Run the step again, or let it be retried: "retry: {limit: 2, on: [abandoned]}".',
  ...quoted(stderr),
})

const outOfMemory = ({ memoryLimitBytes, stderr }: Ending): Failure => ({
  code: 'oom',
  message:
    memoryLimitBytes > 0
      ? `The step needed more memory than its limit of ${Math.round(memoryLimitBytes / MIB)} MiB, and the kernel ended it.`
      : 'The machine ran out of memory, and the kernel ended the step.',
  fix: 'Give it more memory: "resources: {memory: …}", or let it work on less at a time.',
  ...quoted(stderr),
})

/** 126 and 127 where the command itself could not be started, as against a command inside a script. */
function startFailure({ exitCode, image, program, stderr }: Ending): Failure | null {
  if (exitCode !== STATUS_NOT_FOUND && exitCode !== STATUS_NOT_EXECUTABLE) return null
  const [, , reason] = INIT_FAILED.exec(stderr) ?? []
  return reason === undefined ? null : startRefused(program, image, reason)
}

const NO_PROGRAM = /no such file|not found|does not exist/i
const NOT_EXECUTABLE = /permission denied|exec format|not a directory|is a directory/i

/** What Docker, or the init program, says when the command of a container cannot be started; null for other reasons. */
export function startRefused(program: string, image: string, reason: string): Failure | null {
  if (/device driver|nvidia|gpu/i.test(reason)) {
    return {
      code: 'gpu_unavailable',
      message: `Docker cannot give the container a GPU: ${reason}.`,
      fix: 'Install the NVIDIA Container Toolkit on this machine, or ask for no GPUs in `resources`.',
    }
  }
  if (NO_PROGRAM.test(reason)) {
    return {
      code: 'command_not_found',
      message: `The image "${image}" has no program "${program}".`,
      fix:
        program === '/bin/sh'
          ? 'It has no shell: write `run` as a list of program and arguments, e.g. run: [tool, --flag].'
          : 'Correct the name, give its full path, or use an image that has it.',
    }
  }
  if (!NOT_EXECUTABLE.test(reason)) return null
  return {
    code: 'command_not_executable',
    message: `"${program}" in the image "${image}" cannot be executed: ${reason}.`,
    fix: 'Name a program for this machine’s processor, or start a script through its interpreter, e.g. [python3, script.py].',
  }
}

/** The signal that an image wants for a polite end; `config` as Docker describes a container's. */
export const stopSignal = (config: object): string =>
  'StopSignal' in config && typeof config.StopSignal === 'string' && config.StopSignal !== ''
    ? config.StopSignal
    : 'SIGTERM'
