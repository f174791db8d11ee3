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

/** What the desktop said of a file or a link: it knows what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly fix: string

  constructor({ message, fix }: { readonly message: string; readonly fix: string }) {
    super(message)
    this.fix = fix
  }
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
  if (error instanceof Refusal) {
    const { message, fix } = error
    return { title: 'That is not possible', detail: sentence(message), fix, details: `${message} ${fix}` }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    title: 'Something in this window went wrong',
    detail: sentence(message),
    fix: 'Reload the window (Ctrl+R). Copy the details if it happens again.',
    details: error instanceof Error ? (error.stack ?? message) : message,
  }
}

/** Engine sentences may begin small and end without a stop. Names, e.g. of files, begin as they are written. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return trimmed
  const begun = isWord(trimmed) ? trimmed[0]?.toUpperCase() + trimmed.slice(1) : trimmed
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`
}

/** `the disk is full`, but not `data.weir.yaml is empty` or `params.n: 7 is too much`. */
const isWord = (text: string): boolean => /^\p{Ll}[\p{L}'’-]*([\s,;]|[.!?…:]?$)/u.test(text)
