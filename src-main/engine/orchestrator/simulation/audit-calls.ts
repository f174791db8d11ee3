import type { WorkerOffer } from '../../executors/index.ts'
import type { Command, Event, Workspace } from '../core/index.ts'
import { must } from './broken.ts'
import { type CallRecord, createUnit, type Ledger, type Out, type RunRecord, reset, type UnitRecord } from './ledger.ts'
import type { Machine } from './machine.ts'
import { lineOf } from './tree.ts'

type Of<T extends Event['type']> = Extract<Event, { type: T }>

/** The rules of calls and workers, kept apart from those of all steps. */
export class CallAudit {
  private readonly ledger: Ledger
  private readonly machine: Machine
  private readonly count: (what: string) => void
  /** What workers have offered since the last commit, newest last; null: gone */
  private offers = new Map<string, (WorkerOffer | null)[]>()
  /** Executions that were said to wait, at the end of this turn or in it */
  private waiting = new Set<string>()
  private waited = new Set<string>()

  constructor(ledger: Ledger, machine: Machine, count: (what: string) => void) {
    this.ledger = ledger
    this.machine = machine
    this.count = count
  }

  /** An engine begins: it knows of no worker. */
  restart(): void {
    this.offers = new Map()
    this.waiting = new Set()
    this.waited = new Set()
  }

  hears(command: Command): void {
    if (command.type === 'worker') {
      this.offers.set(command.worker, [...(this.offers.get(command.worker) ?? [null]), command.offer])
    } else if (command.type === 'execution.waiting') {
      this.waited.add(command.token)
      if (command.waiting) this.waiting.add(command.token)
      else this.waiting.delete(command.token)
      this.count('waiting')
    }
  }

  committed(): void {
    for (const [name, told] of this.offers) this.offers.set(name, told.slice(-1))
    this.waited = new Set(this.waiting)
    for (const run of this.ledger.runs.values()) if (run.status === null) this.orphans(run)
  }

  /** What was called by those that have failed or were cancelled, and by nobody else, ends. */
  private orphans(run: RunRecord): void {
    for (const unit of run.all()) {
      const { call } = unit
      if (call === null || unit.outcome !== null || unit.ending || run.cancelling || unit.again) continue
      const callers = [call.by, ...call.links.map(({ by }) => by)]
      const lost = callers.every(
        ({ outcome, line }) =>
          (outcome === 'failed' || outcome === 'cancelled') && !line.some(({ status }) => status === 'succeeded'),
      )
      must(!lost, 'cancel', () => `${unit.id} goes on, and all that called it have failed or were cancelled`)
    }
  }

  read(event: Event, trees: readonly (readonly Workspace[])[]): void {
    switch (event.type) {
      case 'step.called':
        return this.called(event)
      case 'step.linked':
        return this.linked(event, trees)
      case 'step.deferred':
        return this.deferred(event)
      case 'step.cancelling':
        return this.cancelling(event)
      case 'step.reopened':
        return this.reopened(event, trees)
      default:
        return
    }
  }

  private called(event: Of<'step.called'>): void {
    const { ledger } = this
    const run = ledger.run(event.run)
    const by = this.callerOf(event.token, event)
    if (event.definition !== undefined) run.variants[event.variant] = event.definition
    const step = run.variants[event.variant]
    must(step !== undefined, 'order', () => `a call of ${event.step} without a definition`)
    let holder = run.units.get(event.step)
    if (holder === undefined) {
      holder = createUnit(run, step, null, `${run.id}:${event.step}`, { grows: true })
      run.units.set(event.step, holder)
    }
    must(holder.grows, 'order', () => `a call becomes a part of ${holder?.id}, which is a step of the plan`)
    must(event.index === holder.called.length, 'order', () => `call ${event.index} of ${holder?.id} skips some`)
    const sameTarget = holder.step.target?.name === step.target?.name
    must(sameTarget, 'order', () => `${holder?.id} holds calls of ${step.target?.name} as well`)
    const key = `${step.target?.name} ${JSON.stringify(event.args)}`
    const refs = (event.refs ?? []).map((ref) => unitOf(run, ref))
    const call: CallRecord = { token: event.token, by, key, refs, memo: event.memo ?? null, links: [] }
    // Nothing is made anew that the attempt should have found.
    const missed = this.inheritance(by, event.token).find((other) => other.call?.key === key)
    must(missed === undefined, 'calls', () => `${event.token} calls ${key} anew, though it has ${missed?.id}`)
    const asked = this.machine.jobs.get(event.token)?.life?.requests[event.request] ?? []
    const given = JSON.stringify(event.refs ?? [])
    const isAsked = asked.some(
      (one) => JSON.stringify(one.args) === JSON.stringify(event.args) && JSON.stringify(one.refs) === given,
    )
    must(isAsked, 'calls', () => `${event.token} never called ${key} with ${given}`)
    holder.called.push(createUnit(run, step, holder, `${run.id}:${event.step}[${event.index}]`, { call }))
    this.answer(event, `${event.step}[${event.index}]`)
  }

  private linked(event: Of<'step.linked'>, trees: readonly (readonly Workspace[])[]): void {
    const { ledger } = this
    const unit = ledger.unit(event)
    const by = this.callerOf(event.token, event)
    const request = this.machine.jobs.get(event.token)?.life?.requests[event.request] ?? []
    const keys = request.map((one) => `${one.name} ${JSON.stringify(one.args)}`)
    const { call } = unit
    must(call !== null, 'calls', () => `${unit.id} was not called, and answers a call`)
    must(keys.includes(call.key), 'calls', () => `${unit.id} (${call.key}) answers one of ${keys.join(', ')}`)
    if (this.inheritance(by, event.token).includes(unit)) this.count('inherited call')
    else {
      this.count('memo hit')
      const asked = request.some(({ memo }) => memo !== null && memo === call.memo)
      must(asked, 'calls', () => `${unit.id} answers a call of ${event.token} that is not memoised`)
      const good = unit.outcome === null ? !unit.ending : unit.outcome === 'succeeded' || unit.outcome === 'cached'
      must(good, 'calls', () => `${unit.id} (${unit.outcome}) answers another call`)
      const seen = trees.some((tree) => lineOf(tree, by.workspace).includes(unit.workspace))
      must(seen, 'calls', () => `${unit.id} of ${unit.workspace} answers a call in ${by.workspace}`)
    }
    call.links.push({ token: event.token, by })
    this.answer(event, `${event.step}[${event.index}]`)
  }

  private callerOf(token: string, event: Event): UnitRecord {
    const out = this.ledger.out.get(token)
    must(out !== undefined, 'calls', () => `${event.type} of ${token}, which is not out`)
    must(!out.unit.ending && out.unit.againIn === null, 'calls', () => `${event.type} of ${token}, which is to end`)
    must(out.unit.run.id === event.run, 'calls', () => `${event.type} of ${token} in another run`)
    return out.unit
  }

  /** Every request is answered once, with as many keys as it has calls. */
  private answer({ token, request }: { token: string; request: number }, key: string): void {
    const requests = this.ledger.answers.get(token) ?? new Map<number, string[]>()
    this.ledger.answers.set(token, requests)
    const keys = [...(requests.get(request) ?? []), key]
    requests.set(request, keys)
    const asked = this.machine.jobs.get(token)?.life?.requests[request]?.length ?? 0
    must(keys.length <= asked, 'calls', () => `request ${request} of ${token} is answered twice: ${keys.join(', ')}`)
  }

  /** Calls of attempts before this one that it has not asked for yet. */
  private inheritance(unit: UnitRecord, token: string): UnitRecord[] {
    const taken = this.keysOf(token)
    const found = new Set<string>()
    const last = unit.line.length - 1
    for (let index = last; index > 0 && unit.line[index]?.resumed === 'all'; index--) {
      for (const key of this.keysOf(unit.line[index - 1]?.token ?? '')) if (!taken.has(key)) found.add(key)
    }
    return [...found]
      .map((key) => unitOf(unit.run, key))
      .filter(({ outcome, ending }) => outcome !== 'cancelled' && (outcome !== null || !ending))
  }

  private readonly keysOf = (token: string): Set<string> =>
    new Set([...(this.ledger.answers.get(token)?.values() ?? [])].flat())

  private deferred(event: Of<'step.deferred'>): void {
    const unit = this.ledger.unit(event)
    must(unit.outcome === null, 'order', () => `${unit.id} is replaced after its end`)
    must(unit.attempts === 0, 'calls', () => `${unit.id} is replaced after it was handed out`)
    unit.follows = this.ledger.unit(event.to)
    must(unit.follows.outcome === null, 'calls', () => `${unit.id} is replaced by ${unit.follows?.id}, which has ended`)
  }

  private cancelling(event: Of<'step.cancelling'>): void {
    const unit = this.ledger.unit(event)
    must(unit.outcome === null && !unit.ending, 'order', () => `${unit.id} is cancelled twice, or after its end`)
    const { call } = unit
    if (call !== null && event.by.startsWith('the ')) {
      this.count('call ended with its caller')
      const wants = [call, ...call.links].find(({ token, by }) => {
        const out = this.ledger.out.has(token)
        return out && !by.ending && by.againIn === null && !by.run.cancelling && by.parent?.failing !== true
      })
      must(wants === undefined, 'cancel', () => `${unit.id} is cancelled, and ${wants?.by.id} still wants it`)
    }
    unit.ending = true
    this.ledger.cancelUnit(unit)
  }

  private reopened(event: Of<'step.reopened'>, trees: readonly (readonly Workspace[])[]): void {
    const unit = this.ledger.unit(event)
    const { workspace = unit.workspace } = event
    const below = trees.some((tree) => lineOf(tree, workspace).includes(unit.workspace))
    must(below, 'order', () => `${unit.id} of ${unit.workspace} runs again in ${workspace}`)
    must(unit.run.status === null && !unit.run.cancelling, 'order', () => `${unit.id} runs again, its run ends`)
    const isOut = [...this.ledger.out.values()].some((out) => out.unit === unit)
    unit.ending = false
    if (isOut || (unit.child !== null && unit.outcome === null)) unit.againIn = workspace
    else this.runAgain(unit, workspace)
  }

  runAgain(unit: UnitRecord, workspace: string): void {
    const { parent } = unit
    if (parent !== null && !parent.grows && parent.outcome !== null) {
      parent.outcome = null
      parent.failing = false
      parent.ending = false
    }
    reset(unit, true, workspace)
    unit.items = null
  }

  /** A call goes when the results that it is given are there, and when what it waited for has ended. */
  mayBegin({ call, id, awaits }: UnitRecord, at: number): void {
    for (const ref of call?.refs ?? []) {
      const fine = ref.outcome === 'succeeded' || ref.outcome === 'cached'
      must(fine, 'order', () => `${id} begins, and ${ref.id}, which it is given, is ${ref.outcome}`)
    }
    if (awaits === null || (awaits.until !== null && at >= awaits.until)) return
    const over = awaits.steps.map(({ outcome }) => outcome !== null)
    const goesOn =
      over.length === 0 ? awaits.until === null : awaits.mode === 'all' ? !over.includes(false) : over.includes(true)
    must(goesOn, 'order', () => `${id} goes on before what it waits for has ended`)
  }

  dispatched(unit: UnitRecord, event: Of<'execution.dispatched'>, out: Out): void {
    const resumes = unit.line.at(-1)?.status
    const resumed = resumes === 'suspended' || resumes === 'abandoned'
    const expected = event.resumed === 'succeeded' || event.resumed === (resumed ? 'all' : undefined)
    must(expected, 'calls', () => `${event.token} is resumed ${event.resumed}, after ${resumes}`)
    unit.awaits = null
    unit.line.push({ token: event.token, resumed: event.resumed ?? null, status: null })
    if (out.worker === null) return
    const shared = unit.step.rules?.isolation === 'shared'
    const holds = [...this.ledger.out.values()].filter(
      (other) =>
        other.worker === out.worker &&
        (other.unit.step.rules?.isolation === 'shared') === shared &&
        !this.waited.has(other.token),
    ).length
    const { module = '', version = null } = unit.step.target ?? {}
    const fits = (offer: WorkerOffer | null): boolean =>
      offer?.connected === true &&
      !offer.draining &&
      offer.workspace === unit.workspace &&
      version !== null &&
      [offer.hosts[module], ...(offer.earlier[module] ?? [])].includes(version) &&
      holds <= (shared ? offer.shared : offer.concurrency)
    const told = this.offers.get(out.worker) ?? []
    must(told.some(fits), 'limits', () => `${event.token} is given to ${out.worker}, which holds ${holds} with it`)
  }
}

function unitOf(run: RunRecord, key: string): UnitRecord {
  const [, step = key, index] = /^(\w+)\[(\d+)\]$/.exec(key) ?? []
  const unit = index === undefined ? run.units.get(step) : run.units.get(step)?.openItems()[Number(index)]
  must(unit !== undefined, 'order', () => `${key} of ${run.id} is not there`)
  return unit
}
