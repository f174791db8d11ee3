import { type Span, toMs } from './durations.ts'
import { type Handle, resultOf } from './handle.ts'
import { type Host, runInScope, type Suspension, scopeFor } from './host.ts'
import { checkText } from './limits.ts'
import type { Mode, StepEnd } from './protocol.ts'

export interface SelectOptions {
  /** Cancel the steps that are pending when the first has ended, or the time is up */
  readonly cancelRemaining?: boolean
  /** Wait at most so long; without end when absent */
  readonly timeout?: Span
}

export interface Selected<H> {
  /** Handles whose steps have ended, in the order in which they were given. `result()` of them answers at once. */
  readonly done: H[]
  readonly pending: H[]
  readonly timedOut: boolean
}

/**
 * Waits until at least one of the steps has ended, in whatever way.
 *
 * @example const { done, pending } = await select(handles, { timeout: '30s' })
 */
export async function select<H extends Handle<unknown>>(
  handles: readonly H[],
  options: SelectOptions = {},
): Promise<Selected<H>> {
  const current = scopeFor('select()')
  if (handles.length === 0) return { done: [], pending: [], timedOut: false }
  const steps = await Promise.all(handles.map((handle) => handle.step()))
  const timeoutMs = options.timeout === undefined ? null : toMs(options.timeout, 'timeout')
  const patient = timeoutMs ?? current.patienceMs
  const answer = await current.host.select({
    steps: [...new Set(steps)],
    mode: 'any',
    timeoutMs: patient,
    cancelRemaining: options.cancelRemaining ?? false,
  })
  const ended = new Set(answer.steps.filter(({ outcome }) => isOver(outcome, options)).map(({ step }) => step))
  if (ended.size === 0 && timeoutMs === null && current.patienceMs !== null) {
    current.suspension.add(steps, 'any')
    return new Promise<never>(() => undefined) // this attempt ends here
  }
  return {
    done: handles.filter((_handle, at) => ended.has(steps[at] ?? '')),
    pending: handles.filter((_handle, at) => !ended.has(steps[at] ?? '')),
    timedOut: answer.timedOut,
  }
}

/** What was cancelled because it remained was not waited for. */
const isOver = (outcome: StepEnd['outcome'], { cancelRemaining }: SelectOptions): boolean =>
  outcome !== 'pending' && !(cancelRemaining === true && outcome === 'cancelled')

type Results<H extends readonly Handle<unknown>[]> = {
  -readonly [K in keyof H]: H[K] extends Handle<infer T> ? T : never
}

/**
 * Waits for all steps with one question to the engine, and answers their results in order.
 *
 * @throws the error of the first of them that failed
 */
export async function gather<const H extends readonly Handle<unknown>[]>(handles: H): Promise<Results<H>> {
  const current = scopeFor('gather()')
  if (handles.length === 0) return [] as unknown as Results<H>
  const steps = await Promise.all(handles.map((handle) => handle.step()))
  const answer = await current.host.select({
    steps: [...new Set(steps)],
    mode: 'all',
    timeoutMs: current.patienceMs,
    cancelRemaining: false,
  })
  const ends = new Map(answer.steps.map((end) => [end.step, end]))
  const open = steps.filter((step) => (ends.get(step)?.outcome ?? 'pending') === 'pending')
  if (open.length > 0) {
    current.suspension.add(open, 'all')
    return new Promise<never>(() => undefined) // this attempt ends here
  }
  const values: unknown[] = []
  for (const step of steps) {
    const end = ends.get(step)
    values.push(end === undefined ? null : await resultOf(end, current))
  }
  return values as Results<H>
}

/**
 * Gives up the process and begins anew after a while: the next attempt runs the function from the top, and its calls
 * find the steps that this one made. For code that looks, and looks again later: `if (!(await isThere())) await suspend('10m')`.
 */
export async function suspend(delay: Span = 0): Promise<never> {
  const current = scopeFor('suspend()')
  const delayMs = toMs(delay, 'delay')
  await current.lane.settled()
  current.host.suspend([], 'all', delayMs)
  return new Promise<never>(() => undefined)
}

/**
 * Inside of `body`, waiting for results that take longer than `timeout` gives up the process: the function begins anew,
 * from the top, when they are there, and its calls find the steps that were made. For long waits that shall cost nothing.
 *
 * @param options.timeout how long to wait first; not at all when absent
 */
export function suspense<T>(body: () => Promise<T>, options: { readonly timeout?: Span } = {}): Promise<T> {
  const current = scopeFor('suspense()')
  const patienceMs = toMs(options.timeout ?? 0, 'timeout')
  return runInScope({ ...current, patienceMs }, body)
}

/** Steps that `body` calls are shown together under a name; groups inside of groups as `outer / inner`. */
export function group<T>(name: string, body: () => T): T {
  const current = scopeFor('group()')
  const whole = current.group === null ? name : `${current.group} / ${name}`
  if (name === '') throw new TypeError('group: the name is empty.')
  checkText(whole, 'group', 'group')
  return runInScope({ ...current, group: whole }, body)
}

/** What is waited for in the same turn is said together: with `all`, unless somebody waits for any. */
export class GatheredSuspension implements Suspension {
  private readonly host: Host
  private readonly settled: () => Promise<void>
  private steps = new Set<string>()
  private mode: Mode = 'all'
  private planned = false

  constructor(host: Host, settled: () => Promise<void>) {
    this.host = host
    this.settled = settled
  }

  add(steps: readonly string[], mode: Mode): void {
    for (const step of steps) this.steps.add(step)
    if (mode === 'any') this.mode = 'any'
    if (this.planned) return
    this.planned = true
    setImmediate(() => {
      const go = (): void => this.host.suspend([...this.steps], this.mode, null)
      void this.settled().then(go, go)
    })
  }
}
