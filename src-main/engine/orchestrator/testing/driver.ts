import type { Failure } from '../../../../src-shared/contract/index.ts'
import type { WorkerOffer } from '../../executors/index.ts'
import type { Plan, StepResources } from '../../workflows/index.ts'
import {
  apply,
  type CallRequest,
  type Command,
  createState,
  currentExecution,
  type Effect,
  type Event,
  type ExecutionState,
  type Finish,
  findUnit,
  forget,
  handle,
  isAsked,
  place,
  type Resolution,
  type RunState,
  recover,
  restore,
  type State,
  type Unit,
  unitKey,
  type ValueRef,
  violations,
} from '../core/index.ts'
import { difference } from '../simulation/same.ts'
import { offers } from './code.ts'

/** What a step's expressions come to: a resolution, the plan of a child, or nothing yet. */
export type Answer = Resolution | { readonly child: Plan } | null

export interface DriverOptions {
  readonly capacity?: Partial<StepResources>
  /** By step, by `step[index]` for an item, by `step[]` for all its items; what is not named runs */
  readonly answers?: Readonly<Record<string, Answer | ((unit: Unit) => Answer)>>
  /** What the outputs of runs come to; null when that is not answered yet */
  readonly outcome?: { readonly outputs: ValueRef } | { readonly error: Failure } | null
}

type Run = Extract<Resolution, { type: 'run' }>

export const RUNS: Run = {
  type: 'run',
  resolved: { inputs: null, concurrencyKey: null, cache: null },
  hit: null,
}

/** A resolution of a fan-out with that many items. */
export const items = (count: number): Resolution => ({
  type: 'items',
  items: { json: Array.from({ length: count }, (_, index) => index) },
  count,
})

/** A resolution with a cache key, not found in the table. */
export const keyed = (key: string): Run => ({
  type: 'run',
  resolved: { inputs: null, concurrencyKey: null, cache: { key, parts: { code: key }, reason: 'first' } },
  hit: null,
})

/** A resolution with a concurrency key. */
export const locked = (concurrencyKey: string): Run => ({
  type: 'run',
  resolved: { inputs: null, concurrencyKey, cache: null },
  hit: null,
})

/** Binds a target that is run again to version 1, by the rules that it had. Null when it is bound. */
function bindsTo({ step, run }: Unit): Resolution | null {
  const { target, rules } = step
  if (target == null || rules !== undefined) return null
  const known = [...run.variants, ...run.plan.steps].find((one) => one.target?.name === target.name)?.rules
  if (known === undefined) return null
  return { type: 'bound', definition: { ...step, rules: known, target: { ...target, version: target.version ?? 1 } } }
}

const SUCCESS: Finish = { status: 'succeeded', outputs: { json: { x: 1 } }, exitCode: 0 }
export const FAILURE: Finish = {
  status: 'failed',
  kind: 'error',
  exitCode: 1,
  error: { code: 'exit_code', message: 'it ended with 1' },
}

const CAPACITY: StepResources = { cpus: 100, memoryBytes: 1000, gpus: 2 }
const START_MS = 1_000_000

/**
 * Drives the core as the orchestrator does, without a disk: answers what it asks, keeps the journal, collects effects, and
 * checks after every command that the state is sound.
 */
export class Driver {
  state: State
  now = START_MS
  readonly journal: Event[] = []
  effects: Effect[] = []
  private readonly options: DriverOptions
  private runs = 0
  private nextRequest = 1

  constructor(options: DriverOptions = {}) {
    this.options = options
    this.state = createState(1, { ...CAPACITY, ...options.capacity })
  }

  /** Gives a command to the core and answers its questions; returns all that was decided. */
  send(command: Command): Event[] {
    const events = handle(this.state, command, this.now)
    this.take(events)
    for (const more of this.settle()) events.push(more)
    return events
  }

  private take(events: readonly Event[]): void {
    this.journal.push(...events)
    const found = violations(this.state)
    if (found.length > 0) throw new Error(found.join('; '))
  }

  private settle(): Event[] {
    const events: Event[] = []
    while (this.state.effects.length > 0) {
      const effects = this.state.effects
      this.state.effects = []
      for (const effect of effects) {
        const command = this.reply(effect)
        if (command !== null) events.push(...this.send(command))
      }
    }
    return events
  }

  private reply(effect: Effect): Command | null {
    if (effect.type === 'resolveRun') {
      const { outcome = { outputs: { json: { result: 1 } } } } = this.options
      return outcome === null ? null : { type: 'run.resolved', run: effect.run.id, outcome }
    }
    if (effect.type !== 'resolve') {
      this.effects.push(effect)
      return null
    }
    const { unit } = effect
    if (!isAsked(effect)) return null
    const answer = this.answerFor(unit)
    if (answer === null) return null
    if ('child' in answer) return this.creation(answer.child, { parent: place(unit), generation: unit.generation })
    return { type: 'unit.resolved', ...place(unit), generation: unit.generation, outcome: answer }
  }

  private answerFor(unit: Unit): Answer {
    const { answers = {} } = this.options
    const { step, index } = unit
    const found = index === null ? answers[step.name] : (answers[unitKey(unit)] ?? answers[`${step.name}[]`])
    const answer = typeof found === 'function' ? found(unit) : found
    return answer === undefined ? (bindsTo(unit) ?? RUNS) : answer
  }

  private creation(plan: Plan, fields: Partial<Extract<Command, { type: 'run.create' }>>): Command {
    this.runs += 1
    return {
      type: 'run.create',
      run: `r${this.runs}`,
      workflow: plan.name,
      version: 1,
      plan,
      workspace: 'main',
      params: { json: {} },
      secrets: [],
      priority: 0,
      trigger: fields.parent == null ? 'manual' : 'parent',
      parent: null,
      ...fields,
    }
  }

  /** Starts a run; returns its identifier: r1, r2, … in the order of their creation, children too. */
  start(plan: Plan, fields: Partial<Extract<Command, { type: 'run.create' }>> = {}): string {
    const command = this.creation(plan, fields)
    this.send(command)
    return command.type === 'run.create' ? command.run : ''
  }

  run(id = 'r1'): RunState {
    const run = this.state.runs.get(id)
    if (run === undefined) throw new Error(`run ${id} is not in memory`)
    return run
  }

  /** `a`, `f[1]` */
  unit(key: string, run = 'r1'): Unit {
    const [, step = key, index] = /^(\w+)\[(\d+)\]$/.exec(key) ?? []
    const unit = findUnit(this.state, run, step, index === undefined ? undefined : Number(index))
    if (unit === undefined) throw new Error(`there is no ${key} in ${run}`)
    return unit
  }

  /** Phase, or the outcome of what is done. */
  is(key: string, run = 'r1'): string {
    const unit = this.unit(key, run)
    return unit.phase === 'done' ? (unit.outcome ?? '') : unit.phase
  }

  out(key: string, run = 'r1'): ExecutionState {
    const execution = currentExecution(this.unit(key, run))
    if (execution === undefined) throw new Error(`${key} of ${run} has no execution that is out`)
    return execution
  }

  /** Units whose executions are out: `r1:a`, in the order of dispatch. */
  running(): string[] {
    return [...this.state.executions.values()].map(({ unit }) => `${unit.run.id}:${unitKey(unit)}`)
  }

  began(key: string, run = 'r1'): Event[] {
    return this.send({ type: 'execution.started', token: this.out(key, run).token, detail: 'pid 7', adopted: false })
  }

  finish(key: string, finish: Finish = SUCCESS, run = 'r1'): Event[] {
    return this.send({ type: 'execution.finished', token: this.out(key, run).token, ...finish })
  }

  fail(key: string, run = 'r1'): Event[] {
    return this.finish(key, FAILURE, run)
  }

  lose(key: string, run = 'r1'): Event[] {
    return this.send({ type: 'execution.lost', token: this.out(key, run).token, reason: 'its launcher is gone' })
  }

  cancel(run = 'r1'): Event[] {
    return this.send({ type: 'run.cancel', run, by: 'ana', reason: 'a test' })
  }

  /** A worker joins, or offers something else; null: it is gone for good. */
  worker(name = 'w1', offer: Partial<WorkerOffer> | null = {}): Event[] {
    return this.send({ type: 'worker', worker: name, offer: offer === null ? null : offers(offer) })
  }

  /** The execution of a unit calls; returns the keys that it is answered with. Each request has a number of its own. */
  call(key: string, calls: readonly CallRequest[], { run = 'r1', request = this.nextRequest++ } = {}): string[] {
    const { token } = this.out(key, run)
    this.send({ type: 'step.call', token, request, calls })
    return this.answered(key, request, run)
  }

  /** What a request of the last execution of a unit was answered with. */
  answered(key: string, request: number, run = 'r1'): string[] {
    return this.unit(key, run).executions.at(-1)?.calls?.get(request)?.map(unitKey) ?? []
  }

  suspend(
    key: string,
    steps: readonly string[] = [],
    { mode = 'all', delayMs = null, run = 'r1' }: { mode?: 'any' | 'all'; delayMs?: number | null; run?: string } = {},
  ): Event[] {
    return this.send({ type: 'execution.suspended', token: this.out(key, run).token, steps, mode, delayMs })
  }

  /** The execution of a unit waits for steps, or goes on. */
  waits(key: string, waiting = true, run = 'r1'): Event[] {
    return this.send({ type: 'execution.waiting', token: this.out(key, run).token, waiting })
  }

  cancelStep(key: string, run = 'r1'): Event[] {
    return this.send({ type: 'step.cancel', units: [place(this.unit(key, run))], by: 'ana' })
  }

  rerun(key: string, { run = 'r1', workspace }: { run?: string; workspace?: string } = {}): Event[] {
    const where = workspace === undefined ? {} : { workspace }
    return this.send({ type: 'step.rerun', unit: place(this.unit(key, run)), by: 'ana', ...where })
  }

  reopen(from: Extract<Command, { type: 'run.reopen' }>['from'], run = 'r1'): Event[] {
    return this.send({ type: 'run.reopen', run, by: 'ana', from })
  }

  answer(key: string, approved: boolean, run = 'r1'): Event[] {
    const answer = { approved, outputs: { json: { ok: approved } }, by: 'ana', comment: 'looks off' }
    return this.send({ type: 'approval.answer', ...place(this.unit(key, run)), ...answer })
  }

  /** Time passes; what is due happens. */
  pass(ms: number): Event[] {
    this.now += ms
    return this.send({ type: 'tick' })
  }

  /** Orders for executors since the last call: `start r1:a`. */
  orders(): string[] {
    const taken = this.effects
    this.effects = []
    return taken.flatMap((effect) =>
      'unit' in effect ? `${effect.type} ${effect.unit.run.id}:${unitKey(effect.unit)}` : [],
    )
  }

  /**
   * The engine dies and comes back: only the journal is left. Workers have to join again.
   * @throws what the replayed state has that the live one had not
   */
  restart(): void {
    const { epoch, capacity } = this.state
    const old = this.state
    this.state = createState(epoch + 1, capacity)
    for (const run of old.runs.values()) this.state.plans.set(run.plan.digest, run.plan)
    for (const event of JSON.parse(JSON.stringify(this.journal)) as Event[]) apply(this.state, event)
    for (const state of [old, this.state]) {
      for (const run of [...state.runs.values()]) if (run.finished !== null) forget(state, run.id)
    }
    this.state.fresh.clear()
    this.effects = []
    this.state.effects = []
    this.state.followUps = []
    const found = difference(old, this.state, this.now)
    if (found !== null) throw new Error(`the journal gives another state: ${found}`)
    this.take(recover(this.state, this.now))
    this.settle()
  }

  /** Takes an ended run out of memory and puts it back from its journal. */
  reload(run = 'r1'): void {
    const { plan } = this.run(run)
    forget(this.state, run)
    restore(
      this.state,
      plan,
      this.journal.filter((event) => event.run === run),
    )
  }
}
