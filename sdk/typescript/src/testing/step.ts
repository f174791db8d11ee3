import { localError } from '../errors.ts'
import type { Json, StepEnd, WireError } from '../protocol.ts'

export type StepStatus = 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One step of a test run. */
export class TestStep {
  /** `train[3]` */
  readonly step: string
  /** `module/target`, `workflow`, or `input` */
  readonly target: string
  readonly group: string | null
  /** How often it was tried */
  attempts = 0
  status: StepStatus = 'running'
  /** Why it failed */
  error: Error | null = null
  /** As it travels */
  value: Json = null
  private resolve: () => void = () => undefined
  /** @internal */
  readonly ended = new Promise<void>((resolve) => {
    this.resolve = resolve
  })
  /** @internal */
  readonly abort = new AbortController()
  private wireError: StepEnd['error'] = undefined

  constructor(step: string, target: string, group: string | null) {
    this.step = step
    this.target = target
    this.group = group
  }

  /** @internal */
  succeed(value: Json): void {
    this.finish('succeeded')
    this.value = value
  }

  /** @internal */
  fail(error: WireError, from?: string): void {
    const { type, message, stack } = error
    const step = from ?? `test:${this.step}:${this.attempts}`
    this.wireError = { type, message, step, ...(stack === undefined ? {} : { stack }) }
    this.error = localError(this.wireError)
    this.finish('failed')
  }

  /** @internal */
  cancel(): void {
    if (this.status !== 'running') return
    this.finish('cancelled')
    this.abort.abort()
  }

  /** @internal How it stands, as those who wait for it are told. */
  get end(): StepEnd {
    const { step, wireError: error } = this
    if (this.status === 'running') return { step, outcome: 'pending' }
    if (this.status === 'succeeded') return { step, outcome: 'succeeded', value: this.value }
    return { step, outcome: this.status, ...(error === undefined ? {} : { error }) }
  }

  private finish(status: StepStatus): void {
    this.status = status
    this.resolve()
  }
}
