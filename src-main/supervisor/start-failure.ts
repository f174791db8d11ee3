/** Why the supervisor gave up. */
export interface GaveUp {
  readonly code: string
  readonly message: string
  readonly fix?: string | undefined
}

/** The engine could not be started. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
  /** Stable code, e.g. engine_running, address_taken */
  readonly code: string
  /** What to do, in a sentence */
  readonly fix: string | undefined

  constructor({ code, message, fix }: GaveUp) {
    super(message)
    this.code = code
    this.fix = fix
  }
}

/** The data folder cannot hold what it must. */
export function unusable(data: string, error: unknown): StartFailure {
  return new StartFailure({
    code: 'data_unusable',
    message: `The data folder ${data} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    fix: 'Give your user the right to write there, or use another folder with --data.',
  })
}
