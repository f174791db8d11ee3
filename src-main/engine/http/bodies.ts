import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError, type Route } from '../../../src-shared/contract/index.ts'
import { JSON_BODY_TIMEOUT_MS } from './limits.ts'

const JSON_TYPE = 'application/json'
const BYTES_TYPE = 'application/octet-stream'

/** JSON is parsed, with nothing for an empty body; a file body stays the stream that it is. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(JSON_TYPE, { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else void parse(request, body, done)
  })
  app.addContentTypeParser(BYTES_TYPE, (_request, payload, done) => done(null, payload))
}

/** Before the body is read: a type that the route does not take. */
export function refuseWrongMediaType(request: FastifyRequest, body: Route['body']): void {
  if (!hasBody(request)) return
  const given = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  const wanted = body === 'bytes' ? BYTES_TYPE : JSON_TYPE
  if (given === wanted) return
  throw new ProblemError(
    'unsupported_media_type',
    `The body is of type ${given ?? '(none)'}, which is not read here.`,
    {
      field: 'header.content-type',
      fix: `Send it with Content-Type: ${wanted}.`,
    },
  )
}

/** Cuts callers that send a JSON body a byte at a time. File bodies take as long as they take. */
export function limitBodyTime(request: FastifyRequest, body: Route['body']): void {
  if (body === 'bytes' || !hasBody(request)) return
  const { raw } = request
  const timer = setTimeout(() => raw.destroy(), JSON_BODY_TIMEOUT_MS)
  timer.unref()
  raw.once('end', () => clearTimeout(timer))
  raw.once('close', () => clearTimeout(timer))
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
