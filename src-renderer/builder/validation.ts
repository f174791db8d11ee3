import type { DefinitionProblem } from '../../src-shared/contract/index.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { DocumentStore } from './document-types.ts'

const WAIT_MS = 200
/** Large texts are sent less often. */
const WAIT_MS_PER_MB = 1_000
const MEGABYTE = 1_000_000

export interface Validation {
  /** The text has changed: it is checked soon, and an answer to an older one counts no more */
  due(): void
  close(): void
}

/** Has the engine check the text after each pause in changes. */
export function createValidation(store: DocumentStore, needs: DocumentNeeds): Validation {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null

  const check = async (): Promise<void> => {
    const { source, files } = store.getState()
    const own = new AbortController()
    running = own
    try {
      const problems = await needs.validate(source, files, own.signal)
      if (!own.signal.aborted) store.setState({ problems, isValidating: false })
    } catch {
      // The engine is away, which the frame says; what this window sees by itself is better than nothing.
      if (!own.signal.aborted) store.setState({ problems: ownProblems(store), isValidating: false })
    }
  }

  return {
    due() {
      clearTimeout(timer)
      running?.abort()
      store.setState({ isValidating: true })
      const { source } = store.getState()
      timer = setTimeout(() => void check(), WAIT_MS + (source.length / MEGABYTE) * WAIT_MS_PER_MB)
    },
    close() {
      clearTimeout(timer)
      running?.abort()
    },
  }
}

/** Faults of the text itself. */
const ownProblems = (store: DocumentStore): DefinitionProblem[] =>
  store.getState().parsed.faults.map(({ severity, code, message, fix, line, column }) => ({
    severity,
    code,
    message,
    fix,
    path: '',
    line,
    column,
  }))
