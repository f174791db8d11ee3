import { dirname } from 'node:path'
import { ProblemError } from '../../../src-shared/contract/index.ts'

/** The code of an error of the file system, such as `ENOENT`; null for any other error. */
export function fileErrorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

export function blobNotFound(digest: string): ProblemError {
  return new ProblemError('blob_not_found', `No file is stored under the digest ${digest}.`, {
    fix: 'Upload the file again, or run the step again that made it; retention may have removed it.',
  })
}

/** @param found what is wrong with it, to follow a colon */
export function blobCorrupt(path: string, found: string, cause?: unknown): ProblemError {
  return new ProblemError('blob_corrupt', `The stored file ${path} is damaged: ${found}.`, {
    fix:
      'Upload the same file again, or run the step again that made it: that mends it. When it happens more than once, ' +
      'check the disk (dmesg, smartctl).',
    cause,
  })
}

/** Puts an error of writing into words; what has no remedy outside the code is handed back as it is. */
export function writeProblem(error: unknown, path: string): unknown {
  switch (fileErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ProblemError(
        'disk_full',
        `The disk that holds ${dirname(path)} is full, so the file was not stored.`,
        {
          fix: 'Free some space on that disk and try again. What was stored before is safe.',
          cause: error,
        },
      )
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new ProblemError('project_failed', `The folder ${dirname(path)} cannot be written.`, {
        fix: 'Let the user of the engine write to it, or mount its disk for writing.',
        cause: error,
      })
    default:
      return error
  }
}

/** Puts an error of reading a stored file into words. */
export function readProblem(error: unknown, digest: string, path: string): unknown {
  switch (fileErrorCode(error)) {
    case 'ENOENT':
      return blobNotFound(digest)
    case 'EIO':
    case 'EISDIR':
      return blobCorrupt(path, 'the disk cannot read it', error)
    case 'EACCES':
    case 'EPERM':
      return new ProblemError('project_failed', `The stored file ${path} cannot be read: the system refuses it.`, {
        fix: 'Let the user of the engine read the data folder.',
        cause: error,
      })
    default:
      return error
  }
}
