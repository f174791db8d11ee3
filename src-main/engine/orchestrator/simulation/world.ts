import type { Plan, PlanStep } from '../../workflows/index.ts'
import {
  type Command,
  type Event,
  executorOf,
  lowestOf,
  outOfReach,
  place,
  reopened,
  reopening,
  type Unit,
  unitsOf,
  type Workspace,
} from '../core/index.ts'
import { Agenda } from './agenda.ts'
import { Audit } from './audit.ts'
import { Broken, must } from './broken.ts'
import { Disk } from './disk.ts'
import { Engine, type EngineParts, leftIn } from './engine.ts'
import { Library } from './library.ts'
import { Machine } from './machine.ts'
import { CAPACITY } from './plans.ts'
import { createRandom, type Random } from './random.ts'
import { HONEST, type Rig } from './rig.ts'
import type { Feature, Scenario } from './scenario.ts'
import { awake, changed, TREE } from './tree.ts'
import { Workers } from './workers.ts'

class EngineKilled extends Error {}
/** One for all: a stack for each of a hundred thousand crashes would take longer than the schedules. */
const KILLED = new EngineKilled('the engine was killed')

const START_MS = 1_000_000
const MOST_CRASHES = 6
/** A schedule that is not at rest after so many moves never will be: those with code start up to 41 runs, and took less. */
const PATIENCE = 20_000
/** Longest way of an answer of the edge */
const ANSWER_MS = 200
const JUMP_MS = 3_600_000
const MOST_RUNS = 4

export interface Played {
  /** How often each kind of event was committed, and how often the engine crashed and a unit waited for a pending hit */
  readonly seen: ReadonlyMap<string, number>
  /** What was committed, by run, and the plans of the runs by digest */
  readonly journals: ReadonlyMap<string, readonly Event[]>
  readonly plans: ReadonlyMap<string, Plan>
}

/** Plays one schedule to its end; throws {@link Broken} when a promise is broken. */
export function simulate(scenario: Scenario, rig: Rig = HONEST): Played {
  return new World(scenario, rig).play(scenario.moves)
}

class World {
  private now = START_MS
  private readonly random: Random
  private readonly has: ReadonlySet<Feature>
  private readonly disk = new Disk()
  private readonly machine: Machine
  private readonly audit: Audit
  private readonly library: Library
  private readonly workers: Workers | null
  private readonly parts: EngineParts
  private readonly crashRate: number
  private readonly wishes: readonly (() => void)[]
  private readonly agenda = new Agenda()
  private engine: Engine
  private crashes = 0
  private nextRun = 1

  constructor(scenario: Scenario, rig: Rig) {
    this.random = createRandom(scenario.seed)
    this.has = new Set(scenario.features)
    this.library = new Library(this.random, this.has)
    this.crashRate = this.has.has('crashes') ? this.random.pick([0.01, 0.05, 0.2]) : 0
    const slow = this.has.has('slowEdge') ? this.random.pick([0.1, 0.5, 1]) : 0
    const { random } = this
    const later = (delayMs: number, act: () => void): void => this.agenda.add(this.now + delayMs, act)
    const tell = (command: Command, delayMs: number): void => this.toEngine(command, delayMs)
    this.machine = new Machine({
      random,
      strayReports: this.has.has('strayReports'),
      later,
      tell,
      isThere: (worker) => this.workers?.has(worker) === true,
      code: {
        random,
        features: this.has,
        code: this.library.code,
        later,
        tell,
        answered: (token, request) => this.audit.ledger.answers.get(token)?.get(request),
        past: new Map(),
        callsOf: (run) => this.engine.state.runs.get(run)?.calls ?? 0,
      },
    })
    this.audit = new Audit(this.machine, CAPACITY)
    this.parts = {
      random,
      rig,
      disk: this.disk,
      machine: this.machine,
      audit: this.audit,
      now: () => this.now,
      newRunId: () => `r${this.nextRun++}`,
      behaviourOf: (unit) => this.library.behaviourOf(unit),
      bound: (step) => this.library.bound(step),
      crashPoint: () => this.crashPoint(),
      edgeDelay: () => (random.chance(slow) ? 1 + random.below(ANSWER_MS) : 0),
      later: (delayMs, command) => this.toEngine(command, delayMs),
    }
    this.wishes = this.listWishes()
    this.engine = new Engine(this.parts)
    const vanish = (worker: string): void => this.machine.vanishOf(worker)
    this.workers = this.has.has('code') ? new Workers({ random, tell, vanish }, later) : null
  }

  play(moves: number): Played {
    this.survive(() => this.startRun())
    for (let move = 0; move < moves; move++) this.survive(() => this.move())
    let patience = PATIENCE
    while (this.rest()) must(--patience > 0, 'rest', () => 'the world never comes to rest')
    this.atRest()
    return { seen: this.audit.seen, journals: this.disk.journals(), plans: this.disk.plans }
  }

  private toEngine(command: Command, delayMs: number): void {
    const { epoch } = this.disk
    this.agenda.add(this.now + delayMs, () => this.engine.post(command), epoch)
  }

  private crashPoint(): void {
    if (this.crashRate === 0 || this.crashes >= MOST_CRASHES || !this.random.chance(this.crashRate)) return
    throw KILLED
  }

  /** Does something; when the engine is killed meanwhile, starts the next one. */
  private survive(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof EngineKilled)) throw error
      this.restart()
    }
  }

  private restart(): void {
    this.crashes += 1
    this.audit.count('crash')
    this.machine.forsake()
    this.agenda.forget()
    // Work goes on while no engine is there.
    while (this.random.chance(0.4) && this.happen());
    if (this.has.has('losses') && this.random.chance(0.2))
      for (const job of this.machine.running()) this.machine.vanish(job)
    this.engine = new Engine(this.parts)
    this.workers?.greet()
  }

  /** One thing that people, the machine or time do. */
  private move(): void {
    const { random } = this
    if (!this.engine.idle && random.chance(0.6)) this.engine.turn()
    else if (!random.chance(0.7) || !this.advance()) random.pick(this.wishes)()
  }

  /** What may happen in this schedule besides time. */
  private listWishes(): (() => void)[] {
    const { random } = this
    const all: [Feature | null, () => void][] = [
      [null, () => this.startRun()],
      ['cancels', () => this.cancelRun()],
      ['reopens', () => this.reopenRun()],
      ['approvals', () => this.approve()],
      ['workspaces', () => this.changeTree(changed(this.disk.tree, random))],
      ['flapping', () => this.flap()],
      ['clockJumps', () => this.jump()],
      ['losses', () => this.lose()],
      ['crashes', () => this.kill()],
      ['strayReports', () => this.stray()],
      ['singles', () => this.single()],
      ['workers', () => this.workers?.change()],
    ]
    return all.filter(([feature]) => feature === null || this.has.has(feature)).map(([, act]) => act)
  }

  /** Moves on to the next thing that is due. False when there is none. */
  private advance(): boolean {
    const timer = this.engine.state.timers.next()
    const next = this.agenda.next()
    if (timer === null || (next !== null && next < timer)) return this.happen()
    this.now = Math.max(this.now, timer)
    this.engine.post({ type: 'tick' })
    this.engine.turn()
    return true
  }

  private happen(): boolean {
    const next = this.agenda.take()
    if (next === null) return false
    this.now = Math.max(this.now, next.at)
    next.act()
    return true
  }

  private startRun(): void {
    const { random } = this
    if (this.audit.ledger.runs.size >= MOST_RUNS) return
    const plan = this.library.pick()
    for (const one of this.library.known()) this.know(one)
    const run = this.parts.newRunId()
    this.engine.post(
      {
        type: 'run.create',
        run,
        workflow: plan.name,
        version: 1,
        plan,
        workspace: random.chance(0.6) ? 'main' : random.pick(TREE).id,
        params: { json: {} },
        secrets: [],
        priority: this.has.has('priorities') ? random.below(3) : 0,
        trigger: 'manual',
        parent: null,
      },
      () => this.disk.has(run),
    )
  }

  private know(plan: Plan): void {
    this.disk.plans.set(plan.digest, plan)
    this.audit.ledger.plans.set(plan.digest, plan)
  }

  private cancelRun(): void {
    const runs = [...this.engine.state.runs.keys()]
    if (runs.length === 0) return
    this.cancel(this.random.pick(runs))
  }

  private cancel(run: string): void {
    const { ledger } = this.audit
    this.engine.post({ type: 'run.cancel', run, by: 'ana', reason: null }, () => {
      const record = ledger.runs.get(run)
      return record === undefined || record.cancelling || record.status !== null
    })
  }

  private reopenRun(): void {
    const { random, engine } = this
    const ended = [...this.audit.ledger.runs.values()].filter((run) => run.status !== null)
    if (ended.length === 0) return
    const { id } = random.pick(ended)
    engine.load(id)
    const run = engine.state.runs.get(id)
    if (run === undefined) throw new Broken('replay', `run ${id} cannot be loaded`)
    const unit = run.steps.size > 0 ? random.pick([...unitsOf(run)]) : null
    const one =
      unit === null ? 'start' : { step: unit.step.name, ...(unit.index === null ? {} : { index: unit.index }) }
    const from = random.pick(['failed', 'start', one] as const)
    const count = (): number => this.disk.journal(id).filter(({ type }) => type === 'run.reopened').length
    const before = count()
    const parts = reopening(run, from)
    const workspace = parts === null ? null : this.placeFor([...reopened(run, parts)])
    if (workspace === null) {
      engine.unload(id)
      return
    }
    engine.post({ type: 'run.reopen', run: id, by: 'ana', from, workspace }, () => count() > before)
    // The turn comes before the run could be put out of memory again.
    engine.turn()
  }

  /** A workspace that these units may run again in; null when there is none. */
  private placeFor(units: readonly Unit[]): string | null {
    const { state } = this.engine
    const places = this.disk.tree.filter(({ id }) => outOfReach(state, units, id) === null)
    const lowest = lowestOf(state, units)
    if (!this.has.has('workspaces')) return lowest
    return places.length === 0 ? null : this.random.pick(places).id
  }

  /** First on disk, then in the engine; the commands that came before are taken by the tree that they came under. */
  private changeTree(tree: readonly Workspace[]): void {
    if (!this.engine.idle) this.engine.turn()
    this.disk.tree = tree
    this.engine.post({ type: 'workspaces', workspaces: tree })
    this.engine.turn()
  }

  private approve(): void {
    const waiting = this.waiting()
    if (waiting.length === 0) return
    const unit = this.random.pick(waiting)
    const approved = this.random.chance(0.7)
    const answer = { approved, outputs: { json: { answer: 1 } }, by: 'ana', comment: null }
    this.engine.post({ type: 'approval.answer', ...place(unit), ...answer })
  }

  private waiting(): Unit[] {
    return [...this.engine.state.runs.values()]
      .flatMap((run) => [...unitsOf(run)])
      .filter(({ phase }) => phase === 'approval')
  }

  /** One unit of a run that goes on is ended, or run again. */
  private single(): void {
    const { random, engine } = this
    const runs = [...engine.state.runs.values()].filter(({ finished }) => finished === null)
    const units = runs.flatMap((run) => [...unitsOf(run)])
    if (units.length === 0) return
    const unit = random.pick(units)
    if (random.chance(0.5)) return engine.post({ type: 'step.cancel', units: [place(unit)], by: 'ana' })
    const workspace = random.chance(0.5) ? null : this.placeFor([unit])
    engine.post({
      type: 'step.rerun',
      unit: place(unit),
      by: 'ana',
      ...(workspace === null ? {} : { workspace }),
    })
  }

  private flap(): void {
    const executor = executorOf({ image: 'image' } as PlanStep)
    this.engine.post({ type: 'executor.availability', executor, available: false, reason: 'Docker does not answer' })
    this.toEngine({ type: 'executor.availability', executor, available: true, reason: '' }, this.random.below(2_000))
  }

  /** The machine slept: its clock jumps, and what was under way goes on where it was. */
  private jump(): void {
    if (!this.engine.idle) return
    this.now += JUMP_MS
    this.agenda.shift(JUMP_MS)
    this.engine.post({ type: 'clock.jumped', byMs: JUMP_MS })
  }

  private lose(): void {
    const jobs = this.machine.running()
    if (jobs.length > 0) this.machine.vanish(this.random.pick(jobs))
  }

  private kill(): void {
    if (this.crashes < MOST_CRASHES) throw KILLED
  }

  /** A report that nobody waits for: of an attempt that is over, or of one that never was. */
  private stray(): void {
    const { ledger } = this.audit
    const over = [...ledger.tokens].filter((token) => this.audit.hasResult(token))
    const token = over.length === 0 || this.random.chance(0.1) ? 'r1/0.0' : this.random.pick(over)
    const command = this.random.pick<Command>([
      { type: 'execution.finished', token, status: 'succeeded', outputs: { json: { stray: 1 } } },
      { type: 'execution.finished', token, status: 'failed', kind: 'error' },
      { type: 'execution.started', token, detail: 'pid 2', adopted: this.random.chance(0.5) },
      { type: 'execution.lost', token, reason: 'it is gone' },
    ])
    this.engine.post(command)
  }

  /** One move towards the end, without new wishes. False when there is nothing left to do. */
  private rest(): boolean {
    let moved = true
    this.survive(() => {
      if (!this.engine.idle) this.engine.turn()
      else if (this.advance()) return
      else if (this.workers?.mend() === true) return
      else if (this.waiting().length > 0) this.approve()
      else if (this.disk.tree.some(({ paused }) => paused)) this.changeTree(awake(this.disk.tree))
      else moved = this.endHanging()
    })
    return moved
  }

  /** Work that never ends by itself and has no time limit is ended by a person. */
  private endHanging(): boolean {
    for (const out of this.audit.ledger.out.values()) {
      const { run, step, parent } = out.unit
      const ordered = run.cancelling || parent?.failing === true || step.timeoutMs !== null
      must(!ordered, 'rest', () => `${out.token} goes on though it was to be ended`)
      if (this.machine.jobs.get(out.token)?.state !== 'running') continue
      this.cancel(run.id)
      return true
    }
    return false
  }

  private atRest(): void {
    const { state } = this.engine
    for (const run of this.audit.ledger.runs.values()) {
      must(run.status !== null, 'rest', () => `run ${run.id} never ends`)
    }
    for (const out of this.audit.ledger.out.values()) {
      must(false, 'result', () => `the end of ${out.token} was lost`)
    }
    for (const [what, count] of Object.entries(leftIn(state))) {
      must(count === 0, 'rest', () => `${count} ${what} are left when all has ended`)
    }
  }
}
