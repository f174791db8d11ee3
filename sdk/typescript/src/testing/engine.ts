import { setImmediate as nextTurn } from 'node:timers/promises'
import { Cancelled, EngineRefusal, wireError } from '../errors.ts'
import { wireOptions } from '../options.ts'
import type { Execute, Json, JsonObject, StepEnd, WireCall, WireOptions } from '../protocol.ts'
import { execute, type Outcome } from '../runner/execute.ts'
import { type AnyTarget, pathOf } from '../target.ts'
import { referencesIn } from '../values/settled.ts'
import { pack, packAtOnce, unpack } from '../values/travel.ts'
import { FolderBlobs } from './blobs.ts'
import { type Suspension, TestHost, type TestWorld } from './host.ts'
import type { TestOptions, TestRecord } from './options.ts'
import { TestStep } from './step.ts'

/** Looks the same as a run, and is none. */
const RUN = 'testtest'
/** A loop of suspensions or recurrences that is longer never ends. */
const MOST_ROUNDS = 1000

type TargetCall = Extract<WireCall, { target: string }>

/** Executes targets in this process, with the rules of the engine as far as a test of code needs them. */
export class TestEngine implements TestWorld {
  readonly steps: TestStep[] = []
  readonly record: TestRecord = { logs: [], metrics: [], progress: [], assets: [] }
  readonly blobs = new FolderBlobs()
  readonly options: TestOptions
  private readonly byKey = new Map<string, TestStep>()
  private readonly targets = new Map<string, AnyTarget>()
  private readonly names = new Map<object, string>()
  private readonly counts = new Map<string, number>()
  private readonly memo = new Map<string, TestStep>()
  private readonly inputs = new Map<string, TestStep>()
  private nextInput = 0

  constructor(options: TestOptions) {
    this.options = options
    for (const [path, fn] of Object.entries(options.targets ?? {})) {
      this.targets.set(path, { kind: 'task', options: {}, fn: fn as (...args: unknown[]) => unknown })
    }
  }

  /** Path of a target in this test: its own, or made up. */
  nameOf(target: object): string {
    const known = this.names.get(target)
    if (known !== undefined) return known
    const { kind, fn } = target as AnyTarget
    const base = fn.name === '' || fn.name === 'fn' ? kind : fn.name
    const used = new Set(this.names.values())
    let path = pathOf(target) ?? `test/${base}`
    for (let count = 2; used.has(path); count += 1) path = `test/${base}_${count}`
    this.names.set(target, path)
    this.targets.set(path, target as AnyTarget)
    return path
  }

  /** Runs the workflow or task that is tested. */
  async run(target: AnyTarget & object, args: readonly unknown[]): Promise<unknown> {
    const path = this.nameOf(target)
    const encoded: Json[] = []
    for (const [at, value] of args.entries()) {
      if (value === undefined) encoded.push({ $weir: 'absent' })
      else encoded.push(await pack(value, `argument ${at + 1}`, this.blobs))
    }
    const step = this.newStep(path.split('/')[1] ?? path, path, null)
    let thrown: unknown
    await this.attempts(step, target, encoded, wireOptions(target.options), (outcome) => {
      if ('thrown' in outcome) thrown = outcome.thrown
    })
    while (this.steps.some(({ status }) => status === 'running')) {
      if (step.status !== 'succeeded') for (const one of this.steps) one.cancel()
      else await Promise.all(this.steps.map(({ ended }) => ended))
      await nextTurn()
    }
    if (thrown instanceof Error && step.status === 'failed') throw thrown
    if (step.status !== 'succeeded') throw step.error ?? new Cancelled('It was cancelled.')
    return this.settled(step.value)
  }

  /** A result with those of the steps that it refers to in their places. */
  private async settled(value: Json): Promise<unknown> {
    const results = new Map<string, unknown>()
    for (const key of referencesIn(value).get(RUN) ?? []) {
      const other = this.step(key)
      if (other.error !== null) throw other.error
      results.set(key, await this.settled(other.value))
    }
    return unpack(value, this.blobs, (ref) => results.get(ref.step))
  }

  step(key: string): TestStep {
    const step = this.byKey.get(key)
    if (step === undefined) throw new EngineRefusal('step_not_found', `This test has no step ${key}.`, null)
    return step
  }

  call(call: WireCall): TestStep {
    if ('target' in call) return this.callTarget(call)
    return 'input' in call ? this.ask(call) : this.callWorkflow(call)
  }

  private callTarget(call: TargetCall): TestStep {
    const target = this.targets.get(call.target)
    if (target === undefined) {
      const fix = `Give a function in its place: runTest(…, { targets: { '${call.target}': (…) => … } }).`
      throw new EngineRefusal('target_not_found', `This test does not know ${call.target}.`, fix)
    }
    const options = { ...wireOptions(target.options), ...call.options }
    const key = options.memo === undefined ? null : `${call.target} ${JSON.stringify(call.args)}`
    const known = key === null ? undefined : this.memo.get(key)
    if (known !== undefined && known.status !== 'failed' && known.status !== 'cancelled') return known
    const step = this.newStep(call.target.split('/')[1] ?? '', call.target, call.group ?? null)
    if (key !== null) this.memo.set(key, step)
    void this.attempts(step, target, call.args, options)
    return step
  }

  private callWorkflow(call: Extract<WireCall, { workflow: string }>): TestStep {
    const fn = this.options.workflows?.[call.workflow]
    if (fn === undefined) {
      const fix = `Give a function in its place: runTest(…, { workflows: { '${call.workflow}': (params) => … } }).`
      throw new EngineRefusal('workflow_not_found', `This test does not know the workflow ${call.workflow}.`, fix)
    }
    const step = this.newStep(call.workflow.replace(/[^A-Za-z0-9_]/g, '_'), call.workflow, call.group ?? null)
    const target: AnyTarget = { kind: 'workflow', options: {}, fn: fn as (...args: unknown[]) => unknown }
    void this.attempts(step, target, [call.params], {})
    return step
  }

  private ask(call: Extract<WireCall, { input: string }>): TestStep {
    const key = call.key ?? `${call.input} ${JSON.stringify(call.schema)}`
    const known = this.inputs.get(key)
    if (known !== undefined) return known
    const step = this.newStep('input', 'input', call.group ?? null)
    this.inputs.set(key, step)
    void this.answer(step, call)
    return step
  }

  private async answer(step: TestStep, call: { input: string; schema: JsonObject; key?: string }): Promise<void> {
    const { inputs } = this.options
    try {
      const isList = Array.isArray(inputs)
      if (inputs === undefined || (isList && this.nextInput >= inputs.length)) {
        throw new Error(`Nobody answers "${call.input}". Give answers: runTest(…, { inputs: [answer, …] }).`)
      }
      const value: unknown =
        typeof inputs === 'function' ? await inputs(call.input, call.schema, call.key) : inputs[this.nextInput]
      this.nextInput += 1
      step.succeed(packAtOnce(value ?? null, 'answer')?.json ?? null)
    } catch (error) {
      step.fail(wireError(error))
    }
  }

  private newStep(name: string, target: string, group: string | null): TestStep {
    const count = this.counts.get(name) ?? 0
    this.counts.set(name, count + 1)
    const step = new TestStep(`${name}[${count}]`, target, group)
    this.steps.push(step)
    this.byKey.set(step.step, step)
    return step
  }

  private async attempts(
    step: TestStep,
    target: AnyTarget,
    args: readonly Json[],
    options: WireOptions,
    onFailure: (outcome: Outcome) => void = () => undefined,
  ): Promise<void> {
    const ready = await this.references(step, args)
    if (ready === null) return
    const { retries, recurrent } = options
    const most = retries === undefined ? 0 : (retries.limit ?? MOST_ROUNDS)
    let failures = 0
    let calls: Map<string, string[]> = new Map()
    for (let round = 0; step.status === 'running'; round += 1) {
      step.attempts += 1
      const host = new TestHost(this, step, calls)
      const outcome = await Promise.race([
        this.attempt(step, target, args, ready, host, round > 0 && failures === 0),
        host.suspended,
      ])
      if (step.status !== 'running') return
      if (round > MOST_ROUNDS)
        return step.fail({ type: 'Error', message: `${step.step} began anew ${MOST_ROUNDS} times.` })
      if ('steps' in outcome) {
        calls = host.calls
        await this.resumable(outcome)
      } else if ('error' in outcome) {
        onFailure(outcome)
        failures += 1
        if (failures > most || outcome.error.retry === false) return step.fail(outcome.error)
      } else if (recurrent === undefined || outcome.value !== null) return step.succeed(outcome.value)
    }
  }

  private attempt(
    step: TestStep,
    target: AnyTarget,
    args: readonly Json[],
    steps: Record<string, StepEnd>,
    host: TestHost,
    resumed: boolean,
  ): Promise<Outcome> {
    const job: Execute = {
      type: 'execute',
      token: step.step,
      execution: `${RUN}:${step.step}:${step.attempts}`,
      run: RUN,
      workspace: 'main',
      target: step.target,
      version: 1,
      args: [...args],
      steps,
      attempt: step.attempts,
      isolation: 'process',
      resumed,
    }
    return execute(job, { target, parameters: [] }, host, step.abort.signal)
  }

  private async resumable({ steps, mode }: Suspension): Promise<void> {
    const ends = steps.map((key) => this.step(key).ended)
    if (ends.length > 0) await (mode === 'any' ? Promise.race(ends) : Promise.all(ends))
    else await nextTurn() // a pause costs a test nothing
  }

  /** Waits for the steps that arguments refer to; null when the step has failed with one of them. */
  private async references(step: TestStep, args: readonly Json[]): Promise<Record<string, StepEnd> | null> {
    const ends: Record<string, StepEnd> = {}
    for (const key of referencesIn([...args]).get(RUN) ?? []) {
      const other = this.step(key)
      await other.ended
      const { end } = other
      if (end.outcome !== 'succeeded') {
        const {
          type,
          message,
          stack,
          step: from,
        } = end.error ?? { type: 'Cancelled', message: `${key} was cancelled.`, step: key }
        step.fail({ type, message, ...(stack === undefined ? {} : { stack }) }, from)
        return null
      }
      ends[key] = end
    }
    return ends
  }
}
