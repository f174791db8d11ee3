import type { Finding } from '../../../src-shared/contract/index.ts'

/** One thing that the doctor looks at. */
export interface Check {
  readonly id: string
  readonly title: string
  /** Finds, and never throws for what it looks for; what it throws is a fault of the check. */
  check(place: Place): Promise<Outcome> | Outcome
}

/** What was found: `fix` belongs to everything but `ok`. */
export type Outcome = Pick<Finding, 'status' | 'detail'> & { readonly fix?: string }

/** What the engine knows about itself. */
export interface Place {
  /** The data folder */
  readonly data: string
  /** Addresses at which the API answers */
  readonly listen: readonly string[]
  /** When the newest change was recorded, ISO 8601; null when there is none */
  readonly lastChange: () => string | null
  /** Projects that cannot be used now */
  readonly problems: () => readonly { readonly text: string; readonly fix: string | null }[]
}

/** Checks run together; one that hangs (a network disk that does not answer) must not hold the others. */
const CHECK_TIMEOUT_MS = 5_000

/** Runs all checks at once. The answer has one finding for each, in their order. */
export function examine(checks: readonly Check[], place: Place, timeoutMs = CHECK_TIMEOUT_MS): Promise<Finding[]> {
  return Promise.all(
    checks.map(async (check) => {
      const outcome = await within(timeoutMs, () => check.check(place)).catch(broken)
      return { id: check.id, title: check.title, ...outcome }
    }),
  )
}

function broken(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    status: 'warning',
    detail: `This could not be found out: ${reason}.`,
    fix: 'Try again; if it stays so, look at logs/engine.log.',
  }
}

async function within<T>(ms: number, work: () => Promise<T> | T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`there was no answer within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([Promise.resolve().then(work), late])
  } finally {
    clearTimeout(timer)
  }
}
