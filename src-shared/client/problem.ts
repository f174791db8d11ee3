import {
  type Json,
  Problem,
  type ProblemCode,
  type ProblemContext,
  ProblemError,
  problemCodes,
} from '../contract/index.ts'

const isKnownCode = (code: string): code is ProblemCode => Object.hasOwn(problemCodes, code)

/**
 * The error of an answer that is no success. Codes of a newer engine, which this client cannot know, become the general
 * code of their status; the sentence stays as it was said.
 */
export function problemOf(status: number, body: string, target: string): ProblemError {
  const parsed = Problem.safeParse(parseJson(body))
  if (!parsed.success) {
    return new ProblemError('internal', `${target} answered with status ${status}, but not as a Weir engine does.`, {
      fix: 'Check that the address is that of an engine and that no proxy stands between.',
    })
  }
  const { type: _type, title: _title, status: _status, code, detail, ...rest } = parsed.data
  const context: ProblemContext = {}
  if (rest.field !== undefined) context.field = rest.field
  if (rest.fix !== undefined) context.fix = rest.fix
  if (rest.line !== undefined) context.line = rest.line
  if (rest.column !== undefined) context.column = rest.column
  if (rest.problems !== undefined) context.problems = rest.problems
  return new ProblemError(isKnownCode(code) ? code : generalCode(status), detail, context)
}

const generalCode = (status: number): ProblemCode =>
  status === 401
    ? 'unauthorized'
    : status === 403
      ? 'forbidden'
      : status === 404
        ? 'not_found'
        : status < 500
          ? 'bad_request'
          : 'internal'

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // Not JSON: the caller says so in words.
    return undefined
  }
}
