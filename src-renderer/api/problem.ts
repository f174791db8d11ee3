import { EngineUnreachable } from '../../src-shared/client/index.ts'
import { ProblemError, problemCodes } from '../../src-shared/contract/index.ts'

/** An error as a person reads it: what happened, why, and what to do. */
export interface Complaint {
  readonly title: string
  readonly detail: string
  readonly fix: string | null
  /** All that is known, for a report */
  readonly details: string
}

/** Says any error in words. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof ProblemError) {
    const [status, title] = problemCodes[error.code]
    const { fix = null, field, line, column, problems } = error.context
    const facts = { code: error.code, status, field, line, column, fix, problems }
    return {
      title,
      detail: sentence(error.message),
      fix,
      details: `${error.message}\n${JSON.stringify(facts, null, 2)}`,
    }
  }
  if (error instanceof EngineUnreachable) {
    return {
      title: 'The engine does not answer',
      detail: sentence(error.message),
      fix: 'Weir tries again by itself. What you typed is kept.',
      details: `${error.message} (${error.code})`,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    title: 'Something in this window went wrong',
    detail: sentence(message),
    fix: 'Reload the window (Ctrl+R). Copy the details if it happens again.',
    details: error instanceof Error ? (error.stack ?? message) : message,
  }
}

/** Engine sentences may begin small and end without a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return trimmed
  const begun = trimmed[0]?.toUpperCase() + trimmed.slice(1)
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`
}
