import { randomBytes } from 'node:crypto'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { JSON_BODY_LIMIT_BYTES, MAX_PARAM_LENGTH } from './limits.ts'

/** Media type of every error, RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** What went wrong, as the caller is told. What nobody expected goes to the log under an id that the caller gets. */
export function problemOf(error: unknown, log: Logger, operation: string): ProblemError {
  if (error instanceof ProblemError) {
    if (error.status >= 500) log.error({ err: error, operation }, error.message)
    return error
  }
  const known = fromFramework(error) ?? fromDisk(error)
  if (known !== null) return known
  const id = randomBytes(6).toString('hex')
  log.error({ err: error, operation, errorId: id }, 'unexpected failure')
  return new ProblemError(
    'internal',
    `The engine failed in a way that nobody expected; its log tells more under ${id}.`,
    {
      fix: `Search for ${id} in logs/engine.log of the data folder, and report it with what you did.`,
      cause: error,
    },
  )
}

/** Errors of Fastify that callers cause. Its codes are stable: fastify.dev/docs/latest/Reference/Errors. */
function fromFramework(error: unknown): ProblemError | null {
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError(
        'payload_too_large',
        `The body is larger than ${JSON_BODY_LIMIT_BYTES / 1024 / 1024} MiB.`,
        {
          field: 'body',
          fix: 'Store large data as a blob, and send its digest.',
        },
      )
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return notJson(error)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProblemError('unsupported_media_type', 'The body has a Content-Type that is not read here.', {
        field: 'header.content-type',
        fix: 'Send application/json, or application/octet-stream where a file body is taken.',
      })
    case 'FST_ERR_BAD_URL':
      return new ProblemError('bad_request', 'The address holds an escape (%) that cannot be decoded.', {
        field: 'path',
        fix: 'Encode the address as UTF-8, with % followed by two hexadecimal digits.',
      })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ProblemError('bad_request', `A part of the address is longer than ${MAX_PARAM_LENGTH} characters.`, {
        field: 'path',
        fix: 'No name or identifier is that long; check what stands between the slashes.',
      })
    default:
      return error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400 ? notJson(error) : null
  }
}

function notJson(error: unknown): ProblemError {
  const reason = error instanceof Error ? error.message : 'it cannot be read'
  return new ProblemError('bad_request', `The body is not valid JSON: ${reason}.`, {
    field: 'body',
    fix: 'Send one complete JSON value in UTF-8.',
  })
}

/** Node says ENOSPC and EDQUOT, SQLite SQLITE_FULL (13). */
function fromDisk(error: unknown): ProblemError | null {
  const code = codeOf(error)
  const isFull =
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (error instanceof Error && /database or disk is full/i.test(error.message))
  if (!isFull) return null
  return new ProblemError('disk_full', 'The disk with the data folder is full, so that nothing more can be stored.', {
    fix: 'Free some space, or delete old runs; what was stored before is safe.',
    cause: error,
  })
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
