import { type Failure, ProblemError } from '../../../src-shared/contract/index.ts'

/** Something about an execution went wrong in a way that a person can act on. */
export class ExecutionError extends Error {
  override readonly name: string = 'ExecutionError'
  readonly failure: Failure

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause })
    this.failure = failure
  }
}

/** What the step left behind is not what its definition promises. */
export class OutputError extends ExecutionError {
  override readonly name = 'OutputError'
}

/** Sentences for errors of the operating system that a person can do something about. */
const SYSTEM_FAILURES: Readonly<Record<string, Omit<Failure, 'details'>>> = {
  ENOSPC: {
    code: 'disk_full',
    message: 'The disk that holds the data folder is full.',
    fix: 'Free space on it, or delete old runs, then run the step again.',
  },
  EDQUOT: {
    code: 'disk_full',
    message: 'The disk quota of the data folder is used up.',
    fix: 'Free space, or ask for a larger quota, then run the step again.',
  },
  EROFS: {
    code: 'not_writable',
    message: 'The data folder is on a file system that is read-only.',
    fix: 'Remount it writable, or start the engine with another data folder.',
  },
  EACCES: {
    code: 'not_writable',
    message: 'The engine may not read or write a file that the step needs.',
    fix: 'Check the owner and permissions of the file named in the details.',
  },
  ENAMETOOLONG: {
    code: 'name_too_long',
    message: 'The path of a file is longer than the file system allows.',
    fix: 'Give the file named in the details a shorter name, or use a data folder with a shorter path.',
  },
  EMFILE: {
    code: 'too_many_files',
    message: 'The engine has too many files open.',
    fix: 'Raise the limit on open files (ulimit -n), or run fewer steps at once.',
  },
  E2BIG: {
    code: 'arguments_too_large',
    message: 'The command and its environment are larger than the operating system allows.',
    fix: 'Pass large values through an input file (WEIR_INPUTS) instead of the command line or env.',
  },
  EAGAIN: {
    code: 'too_many_processes',
    message: 'The operating system refused to start another process.',
    fix: 'Raise the limit on processes (ulimit -u), or run fewer steps at once.',
  },
}

export const errnoOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Any error as the failure of an execution; what is unknown keeps its stack in the details. */
export function asFailure(error: unknown): Failure {
  if (error instanceof ExecutionError) return error.failure
  if (error instanceof ProblemError) {
    const { fix } = error.context
    return { code: error.code, message: error.message, ...(fix === undefined ? {} : { fix }) }
  }
  const known = SYSTEM_FAILURES[errnoOf(error) ?? '']
  const text = error instanceof Error ? error.message : String(error)
  if (known !== undefined) return { ...known, details: text }
  if (error instanceof Error && error.name === 'ExpressionError') return { code: 'expression', message: text }
  const details = error instanceof Error ? error.stack : undefined
  return { code: 'internal', message: text, ...(details === undefined ? {} : { details }) }
}
