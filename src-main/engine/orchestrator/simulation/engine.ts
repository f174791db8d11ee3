import {
  type Command,
  createState,
  type Effect,
  type Event,
  forget,
  isAsked,
  place,
  type State,
  type Unit,
  unitKey,
  violations,
} from '../core/index.ts'
import { obstacle } from '../core/obstacle.ts'
import { RESERVE_AFTER_MS } from '../core/schedule.ts'
import type { Audit } from './audit.ts'
import { Broken, must } from './broken.ts'
import type { Disk } from './disk.ts'
import { answerRun, answerUnit, type EdgeParts } from './edge.ts'
import type { Machine } from './machine.ts'
import { CAPACITY } from './plans.ts'
import type { Rig } from './rig.ts'
import { difference } from './same.ts'

export interface EngineParts extends EdgeParts {
  readonly disk: Disk
  readonly machine: Machine
  readonly audit: Audit
  readonly rig: Rig
  /** May throw: the engine is killed here */
  readonly crashPoint: () => void
  /** Delay of an answer of the edge in ms; 0 when it comes within the turn */
  readonly edgeDelay: () => number
  readonly later: (delayMs: number, command: Command) => void
}

interface Posted {
  readonly command: Command
  /** What must be on disk when the caller is told */
  readonly holds: (() => boolean) | null
}

/** The turn loop as in ../orchestrator.ts, with a crash point wherever something becomes durable or leaves the engine. */
export class Engine {
  readonly state: State
  private readonly parts: EngineParts
  /** The journal, applied to nothing: what a restart would find */
  private readonly replayed: State
  private inbox: Posted[] = []
  private events: Event[] = []
  private fresh = true
  private readonly asked = new Set<string>()

  /** Starts on what is on disk, as after a crash. */
  constructor(parts: EngineParts) {
    this.parts = parts
    parts.disk.epoch += 1
    this.state = this.replay()
    this.state.workspaces = new Map(parts.disk.tree.map((one) => [one.id, one]))
    parts.audit.restart(parts.disk.tree)
    this.replayed = this.replay()
    this.state.fresh.clear()
    this.events.push(...parts.rig.recover(this.state, parts.now()))
    this.check('recover')
  }

  private replay(): State {
    const { disk, rig } = this.parts
    const state = createState(disk.epoch, CAPACITY)
    rig.prepare(state)
    for (const event of disk.replay()) {
      this.loadPlan(state, event)
      rig.apply(state, event)
    }
    quiet(state)
    return state
  }

  private loadPlan(state: State, event: Event): void {
    const plan = event.type === 'run.created' ? this.parts.disk.plans.get(event.plan) : undefined
    if (plan !== undefined) state.plans.set(plan.digest, plan)
  }

  get idle(): boolean {
    return this.inbox.length === 0 && !this.fresh
  }

  post(command: Command, holds: (() => boolean) | null = null): void {
    this.inbox.push({ command, holds })
  }

  /** Puts an ended run back into memory. */
  load(run: string): void {
    const { disk, rig } = this.parts
    const plan = this.parts.audit.ledger.run(run).plan
    for (const state of [this.state, this.replayed]) {
      if (!state.runs.has(run)) rig.restore(state, plan, disk.journal(run))
    }
  }

  /** Takes an ended run out of memory again. */
  unload(run: string): void {
    for (const state of [this.state, this.replayed]) if (state.runs.get(run)?.finished != null) forget(state, run)
  }

  turn(): void {
    const { parts } = this
    this.fresh = false
    const taken = this.inbox
    this.inbox = []
    for (const { command } of taken) this.decide(command)
    const outward = this.resolveReady()
    const events = this.events
    this.events = []
    for (const part of parts.rig.order) {
      parts.crashPoint()
      if (part === 'commit') this.commit(events)
      else if (part === 'answer') answer(taken)
      else this.perform(parts.rig.effects(outward))
    }
    for (const { run } of events) this.unload(run)
    this.nothingIdles()
  }

  private decide(command: Command): void {
    let events: Event[]
    try {
      events = this.parts.rig.handle(this.state, command, this.parts.now())
    } catch (error) {
      throw new Broken('crash', `${command.type}: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.parts.audit.hears(command)
    for (const event of events) this.events.push(event)
    this.check(command.type)
  }

  private check(after: string): void {
    const found = violations(this.state)
    must(found.length === 0, 'invariants', () => `after ${after}: ${found.join('; ')}`)
  }

  private resolveReady(): Effect[] {
    const { parts, state } = this
    const outward: Effect[] = []
    while (state.effects.length > 0) {
      const effects = state.effects
      state.effects = []
      for (const effect of effects) {
        if (effect.type === 'resolve') {
          if (isAsked(effect)) this.answered(this.ask(effect.unit))
        } else if (effect.type === 'resolveRun') this.answered(answerRun(parts, effect.run))
        else outward.push(effect)
      }
    }
    return outward
  }

  private ask(unit: Unit): Command {
    const { audit, now } = this.parts
    const id = `${unit.run.id}:${unitKey(unit)}`
    const question = `${id}:${unit.generation}`
    must(!this.asked.has(question), 'order', () => `question ${question} is asked twice`)
    this.asked.add(question)
    audit.asks(id, now())
    return answerUnit(this.parts, this.state, unit)
  }

  private answered(command: Command): void {
    const delay = this.parts.edgeDelay()
    if (delay === 0) this.decide(command)
    else this.parts.later(delay, command)
  }

  private commit(events: readonly Event[]): void {
    const { disk, rig, audit } = this.parts
    for (const event of disk.commit(events)) {
      audit.read(event)
      this.loadPlan(this.replayed, event)
      rig.apply(this.replayed, event)
    }
    audit.committed()
    quiet(this.replayed)
    if (this.state.awaiting.size > 0) audit.count('pending hit')
    const found = difference(this.state, this.replayed, this.parts.now())
    must(found === null, 'replay', () => found ?? '')
  }

  private perform(effects: readonly Effect[]): void {
    const { machine, audit, crashPoint, behaviourOf } = this.parts
    for (const effect of effects) {
      crashPoint()
      switch (effect.type) {
        case 'start': {
          const { token } = effect.execution
          must(audit.ledger.tokens.has(token), 'start', () => `${token} is started before its order is on disk`)
          machine.start(token, effect.unit, behaviourOf(effect.unit), effect.execution.worker)
          break
        }
        case 'adopt':
          machine.adopt(effect.execution.token)
          break
        case 'kill':
          machine.kill(effect.execution.token)
          break
        case 'ended':
          break
        case 'release':
          must(audit.hasResult(effect.token), 'result', () => `${effect.token} is released before its end is on disk`)
          break
        default:
          throw new Error(`${effect.type} is no effect for an executor`)
      }
    }
  }

  /** A machine with room and a queue is a fault, unless the room is kept for a unit that has waited too long. */
  private nothingIdles(): void {
    const { state, parts } = this
    for (const { units } of state.queue.values()) {
      for (const unit of units) {
        if (unit.phase === 'queued' && parts.now() - unit.readyAt > RESERVE_AFTER_MS) return
      }
    }
    for (const { units } of state.queue.values()) {
      for (const unit of units) {
        if (unit.phase !== 'queued') continue
        const where = (): string => JSON.stringify(place(unit))
        must(obstacle(state, unit) !== null, 'idle', () => `${where()} is queued, and nothing is in its way`)
      }
    }
  }
}

/** A replay orders nothing: what it left to do was done, or is asked again by `recover`. */
function quiet(state: State): void {
  state.effects = []
  state.followUps = []
}

function answer(taken: readonly Posted[]): void {
  for (const { command, holds } of taken) {
    must(holds === null || holds(), 'answer', () => `${command.type} is answered, and not on disk`)
  }
}

/** What must be gone when all has ended. */
export const leftIn = (state: State): Record<string, number> => ({
  runs: state.runs.size,
  executions: state.executions.size,
  queue: state.queue.size,
  concurrency: state.concurrency.size,
  producers: state.producers.size,
  deferrals: state.deferrals.size,
  awaiting: state.awaiting.size,
})
