import type { Problem } from '../../src-shared/contract/index.ts'
import type { ExitName } from './exit-codes.ts'

/** Something that the command itself found wrong, in words for the person who typed it. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exit: ExitName
  readonly code: string
  readonly fix: string | undefined

  /**
   * @param code stable name, printed with the message: `usage`, `file_missing`, …
   * @param fix what to do about it, in a sentence
   */
  constructor(exit: ExitName, code: string, message: string, fix?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exit = exit
    this.code = code
    this.fix = fix
  }
}

/** The same as problem details, for `-o json`. */
export function cliProblem(error: CliError): Problem {
  const { code, message, fix } = error
  return {
    type: `/docs/errors#${code}`,
    title: code.replaceAll('_', ' '),
    status: 0,
    code,
    detail: message,
    ...(fix ? { fix } : {}),
  }
}

/** The command was interrupted by the person; nothing is printed any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** System errors in words: the code that Node gives says little to most people. */
const systemErrors: Readonly<Record<string, readonly [ExitName, string, string]>> = {
  ENOENT: ['notFound', 'does not exist', 'Check the path.'],
  EACCES: ['refused', 'may not be read or written by this user', 'Check its permissions.'],
  EPERM: ['refused', 'may not be changed by this user', 'Check its permissions.'],
  EISDIR: ['usage', 'is a folder, a file is needed', 'Name a file.'],
  ENOTDIR: ['usage', 'has a file where a folder is needed', 'Check the path.'],
  ENOSPC: ['failed', 'cannot be written: the disk is full', 'Free some space and try again.'],
  EROFS: ['refused', 'is on a read-only disk', 'Choose another folder.'],
}

/** Turns a failed file operation into a sentence; gives back what it cannot explain. */
export function explainSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const known = systemErrors[error.code]
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  if (known === undefined || path === undefined) return error
  return new CliError(known[0], error.code.toLowerCase(), `${path} ${known[1]}.`, known[2], error)
}
