import type { PlanStep } from '../../workflows/index.ts'
import type { CallRequest, Command, Unit } from '../core/index.ts'
import { retry, target } from '../testing/plan.ts'
import type { Behaviour } from './behaviour.ts'
import type { Job, Suspension } from './job.ts'
import type { Random } from './random.ts'
import type { Feature } from './scenario.ts'

/** A function of the module `lab`, as its manifest would say. */
export interface Code {
  /** Bound to the only version */
  readonly step: PlanStep
  readonly behaviour: Behaviour
}

const FUNCTIONS = ['f', 'g', 'h']
/** Calls of a run, and how deep they go: a schedule is to stay small */
const MOST_CALLS = 6
const DEEPEST_CALL = 3
const MOST_ATTEMPTS = 5
const LONGEST_STEP_MS = 300
const LONGEST_WAY_MS = 100
/** How often a request without an answer is repeated before the code gives up: it is being ended */
const REPEATS = 4

/** The functions of a schedule. */
export function randomCode(random: Random, features: ReadonlySet<Feature>): ReadonlyMap<string, Code> {
  return new Map(FUNCTIONS.map((name) => [name, randomFunction(random, features, name)]))
}

function randomFunction(random: Random, features: ReadonlySet<Feature>, name: string): Code {
  const has = (feature: Feature, probability: number): boolean => features.has(feature) && random.chance(probability)
  const recurs = has('recurrence', 0.4)
  const caches = !recurs && has('caches', 0.4)
  const step = target(name, {
    rules: {
      ...(has('deferrals', 0.5) ? { delayMs: random.below(600) } : {}),
      ...(recurs ? { recurrent: { delayMs: random.below(200) } } : {}),
      ...(random.chance(0.2) ? { isolation: 'shared' } : {}),
    },
    ...(has('retries', 0.5) ? { retry: retry(1 + random.below(2), { maxDelayMs: random.below(300) }) } : {}),
    timeoutMs: has('timeouts', 0.3) ? 100 + random.below(900) : null,
    cache: caches ? { maxAgeMs: null, version: '', params: null } : null,
    concurrency: has('concurrency', 0.3) ? { key: 'code', limit: 1 } : null,
  })
  const behaviour: Behaviour = {
    items: random.below(3),
    skips: 0,
    misresolves: has('failures', 0.1) ? 0.3 : 0,
    fails: has('failures', 0.5) ? 0.4 : 0,
    hangs: step.timeoutMs !== null && random.chance(0.2) ? 0.3 : 0,
    cacheKeys: caches ? [`code ${name}`] : null,
    sleepMs: 0,
    child: null,
    returnsNothing: recurs ? 0.6 : 0,
  }
  return { step, behaviour }
}

/** What code that runs may do, and where it learns the answers to its requests. */
export interface CodeSurroundings {
  readonly random: Random
  readonly features: ReadonlySet<Feature>
  readonly code: ReadonlyMap<string, Code>
  later(delayMs: number, act: () => void): void
  tell(command: Command, delayMs: number): void
  /** Keys that a request was answered with, once they are on disk */
  answered(token: string, request: number): readonly string[] | undefined
  callsOf(run: string): number
  /** What attempts of a unit have called so far: code begins at the top again */
  readonly past: Map<string, CallRequest[]>
}

/** One execution of a function: it calls, waits, and comes to an end in its own time. */
export class Life {
  /** Its requests by number: a repeated one asks for the same */
  readonly requests: (readonly CallRequest[])[] = []
  private readonly known: string[] = []
  private readonly around: CodeSurroundings
  private readonly job: Job
  private readonly run: string
  private readonly isCaller: boolean
  private readonly maySuspend: boolean
  private readonly end: (suspension: Suspension | null) => void
  private left: number
  private unanswered = 0
  private waiting = false

  constructor(around: CodeSurroundings, job: Job, unit: Unit, end: (suspension: Suspension | null) => void) {
    this.around = around
    this.job = job
    this.end = end
    this.run = unit.run.id
    const { random, features } = around
    this.isCaller = unit.step.rules?.isolation !== 'shared' && (unit.call?.depth ?? 0) < DEEPEST_CALL
    this.maySuspend = features.has('suspends') && unit.executions.length < MOST_ATTEMPTS
    this.left = random.below(3)
    this.next()
  }

  private next(): void {
    this.around.later(this.around.random.below(LONGEST_STEP_MS), () => this.act())
  }

  private act(): void {
    if (this.job.state !== 'running') return
    const { random, tell } = this.around
    const { token } = this.job
    if (this.isAsking()) return this.next()
    if (this.waiting) {
      this.waiting = false
      tell({ type: 'execution.waiting', token, waiting: false }, random.below(LONGEST_WAY_MS))
    }
    if (this.left > 0) {
      this.left -= 1
      if (this.isCaller && this.around.callsOf(this.run) < MOST_CALLS) this.ask()
      else if (random.chance(0.3)) this.wait()
      return this.next()
    }
    if (!this.maySuspend || !random.chance(0.4)) return this.end(null)
    const steps = this.known.filter(() => random.chance(0.6))
    // What it waits for may wait for it by another way, as code can: time goes on.
    this.end({ steps, mode: random.pick(['any', 'all']), delayMs: random.below(2_000) })
  }

  private wait(): void {
    const { random, tell } = this.around
    this.waiting = true
    tell({ type: 'execution.waiting', token: this.job.token, waiting: true }, random.below(LONGEST_WAY_MS))
  }

  /** Whether an answer is still waited for; a request that had none is repeated. */
  private isAsking(): boolean {
    const { random, answered } = this.around
    const request = this.requests.length - 1
    if (request < 0 || this.unanswered < 0) return false
    const keys = answered(this.job.token, request)
    if (keys !== undefined) {
      this.unanswered = -1
      this.known.push(...keys)
      // The answer may be lost on its way.
      if (random.chance(0.2)) this.submit(request)
      return false
    }
    this.unanswered += 1
    if (this.unanswered > REPEATS) this.unanswered = -1
    else this.submit(request)
    return this.unanswered >= 0
  }

  private ask(): void {
    const { random } = this.around
    const calls = Array.from({ length: 1 + random.below(2) }, () => this.randomCall())
    this.requests.push(calls)
    const { past } = this.around
    past.set(this.job.unit, [...(past.get(this.job.unit) ?? []), ...calls])
    this.unanswered = 0
    this.submit(this.requests.length - 1)
  }

  private submit(request: number): void {
    const { random, tell } = this.around
    const calls = this.requests[request] ?? []
    tell({ type: 'step.call', token: this.job.token, request, calls }, random.below(LONGEST_WAY_MS))
  }

  private randomCall(): CallRequest {
    const { random, features, code, past } = this.around
    const before = past.get(this.job.unit)
    if (before !== undefined && random.chance(0.5)) return random.pick(before)
    const name = random.pick(FUNCTIONS)
    const { step } = code.get(name) ?? {}
    if (step === undefined) throw new Error(`there is no function ${name}`)
    const args = random.below(2)
    return {
      name,
      definition: step,
      args: { json: [args] },
      refs: random.chance(0.4) ? this.known.filter(() => random.chance(0.5)) : [],
      memo: features.has('memos') && random.chance(0.5) ? `${name} ${args}` : null,
      defer: features.has('deferrals') && random.chance(0.5) ? `later ${name}` : null,
      group: null,
    }
  }
}
