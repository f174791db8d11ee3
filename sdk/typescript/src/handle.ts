import { Cancelled, localError } from './errors.ts'
import { type Scope, scopeFor } from './host.ts'
import type { StepEnd } from './protocol.ts'
import { StepRef } from './values/classes.ts'
import { REFERRING, type Referring } from './values/encode.ts'
import { unpack } from './values/travel.ts'

/** How a step stands. */
export type Poll<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed' | 'cancelled'; readonly error: Error }

/** A call that was made: its step runs, or waits. May be an argument of further calls and part of results. */
export class Handle<T> implements Referring {
  readonly [REFERRING] = true
  private readonly key: Promise<string>
  private readonly run: string

  /** @param key the step's key, once the call is on record */
  constructor(run: string, key: Promise<string>) {
    this.run = run
    this.key = key
    key.catch(() => undefined) // whoever waits for the result hears of it
  }

  /** The step's key in the run, `train[3]`, once the call is on record. */
  async step(): Promise<string> {
    return (await this.place('step()')).key
  }

  /** The reference that travels in place of the handle. */
  async reference(): Promise<StepRef> {
    return new StepRef(this.run, await this.key)
  }

  /**
   * Waits for the step.
   *
   * @throws the error of the step, of its own class where that is known here, else StepError; Cancelled
   */
  async result(): Promise<T> {
    const { scope, key } = await this.place('result()')
    const end = await waitFor(scope, key)
    return (await resultOf(end, scope)) as T
  }

  /** How the step stands now. */
  async poll(): Promise<Poll<T>> {
    const { scope, key } = await this.place('poll()')
    const { steps } = await scope.host.select({ steps: [key], mode: 'any', timeoutMs: 0, cancelRemaining: false })
    const end = steps.find(({ step }) => step === key)
    if (end === undefined || end.outcome === 'pending') return { state: 'pending' }
    if (end.outcome === 'succeeded') return { state: 'succeeded', value: (await resultOf(end, scope)) as T }
    return { state: end.outcome, error: errorOf(end) }
  }

  /** Cancels the step and what it has called. A step that has ended stays as it is. */
  async cancel(): Promise<void> {
    const { scope, key } = await this.place('cancel()')
    await scope.host.cancel([key])
  }

  private async place(what: string): Promise<{ scope: Scope; key: string }> {
    const scope = scopeFor(`${what} of a handle`)
    if (this.run !== scope.context.run) {
      throw new Error(`The handle belongs to the run ${this.run}; results of other runs are read with a Client.`)
    }
    try {
      return { scope, key: await this.key }
    } catch (error) {
      scope.lane.seen(error)
      throw error
    }
  }
}

/** The handle of a reference, e.g. of one that is part of another step's result. Only for steps of this run. */
export function handleOf<T = unknown>(ref: StepRef): Handle<T> {
  return new Handle<T>(ref.run, Promise.resolve(ref.step))
}

/** Waits for one step; inside of `suspense` only for so long, and then gives up the process. */
async function waitFor(scope: Scope, step: string): Promise<StepEnd> {
  const { patienceMs } = scope
  const answer = await scope.host.select({ steps: [step], mode: 'all', timeoutMs: patienceMs, cancelRemaining: false })
  const end = answer.steps.find((one) => one.step === step)
  if (end !== undefined && end.outcome !== 'pending') return end
  if (patienceMs === null) throw new Error(`The engine answered for ${step} before it had ended.`)
  scope.suspension.add([step], 'all')
  return new Promise<never>(() => undefined) // this attempt ends here
}

/** @throws the step's error */
export async function resultOf(end: StepEnd, scope: Scope): Promise<unknown> {
  if (end.outcome !== 'succeeded') throw errorOf(end)
  const { run } = scope.context
  return unpack(end.value ?? null, scope.host.blobs, (ref) => (ref.run === run ? handleOf(ref) : ref))
}

export function errorOf(end: StepEnd): Error {
  if (end.outcome === 'cancelled') return new Cancelled(end.error?.message ?? `The step ${end.step} was cancelled.`)
  return localError(end.error ?? { type: 'Error', message: `The step ${end.step} failed.`, step: end.step })
}
