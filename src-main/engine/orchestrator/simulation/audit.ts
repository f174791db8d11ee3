import type { StepResources } from '../../workflows/index.ts'
import type { Command, Event, ExecutionFinished, Workspace } from '../core/index.ts'
import { LOSSES_LIMIT } from '../core/index.ts'
import { hasAttemptLeft, retries, retryDelay } from '../core/retry.ts'
import { CallAudit } from './audit-calls.ts'
import { expectedStatus, fanOutEnd, followedEnd, isEnding, outputsOf, parsed, returnsNothing } from './audit-ends.ts'
import { must } from './broken.ts'
import { isSuspension, type Job } from './job.ts'
import { Ledger, type Out, type RunRecord, type UnitRecord } from './ledger.ts'
import type { Machine } from './machine.ts'
import { lineOf } from './tree.ts'

/**
 * Reads the committed journal as an outsider would, keeps its own books, and compares each event with what the rules and
 * the machine say. It shares no code with the core's state but the retry arithmetic, which has tests of its own.
 */
export class Audit {
  readonly ledger = new Ledger()
  readonly seen = new Map<string, number>()
  /** The trees of workspaces by which the engine may have decided since its last commit, newest last */
  trees: (readonly Workspace[])[] = []
  /** When the edge last read the cache for a unit, and by which tree */
  private readonly readAt = new Map<string, { readonly at: number; readonly tree: readonly Workspace[] | undefined }>()
  private readonly machine: Machine
  private readonly capacity: StepResources
  private readonly recorded = new Set<string>()
  private readonly calls: CallAudit

  constructor(machine: Machine, capacity: StepResources) {
    this.machine = machine
    this.capacity = capacity
    this.calls = new CallAudit(this.ledger, machine, (what) => this.count(what))
  }

  count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  /** An engine begins with this tree. */
  restart(tree: readonly Workspace[]): void {
    this.trees = [tree]
    this.calls.restart()
  }

  /** The engine takes a command. */
  hears(command: Command): void {
    this.calls.hears(command)
    if (command.type !== 'workspaces') return
    this.count('tree changed')
    this.trees.push(command.workspaces)
  }

  /** What it decides from here on, it decides by the newest tree. */
  committed(): void {
    this.trees = this.trees.slice(-1)
    this.calls.committed()
  }

  /** The edge is asked about a unit. */
  asks(unit: string, at: number): void {
    this.readAt.set(unit, { at, tree: this.trees.at(-1) })
  }

  read(event: Event): void {
    const { ledger } = this
    this.count(event.type)
    switch (event.type) {
      case 'run.created':
        ledger.create(event)
        break
      case 'run.cancelling':
        ledger.cancel(ledger.run(event.run))
        break
      case 'run.reopened':
        this.reopened(ledger.run(event.run), event)
        ledger.reopen(ledger.run(event.run), event)
        break
      case 'run.finished':
        this.runFinished(ledger.run(event.run), event)
        break
      case 'step.expanded':
        ledger.expand(ledger.unit(event), event.count)
        break
      case 'step.failing':
        ledger.failing(ledger.unit(event))
        break
      case 'step.bound':
        ledger.unit(event).step = event.definition
        break
      case 'step.waiting':
        if (event.child !== undefined) ledger.unit(event).child = event.child
        this.mayGoOn(ledger.unit(event), event)
        break
      case 'step.skipped':
        this.skipped(ledger.unit(event))
        break
      case 'step.cached':
        this.cached(ledger.unit(event), event)
        break
      case 'step.finished':
        this.stepFinished(ledger.unit(event), event)
        break
      case 'execution.dispatched':
        this.dispatched(ledger.unit(event), event)
        break
      case 'execution.finished':
        this.executionFinished(ledger.unit(event), event)
        break
      case 'execution.cancelling': {
        const out = ledger.out.get(event.token)
        if (out !== undefined) out.timedOut = true
        break
      }
      default:
        this.calls.read(event, this.trees)
    }
  }

  /** Whether the end of this execution is on disk. */
  hasResult(token: string): boolean {
    return this.recorded.has(token)
  }

  private mayGoOn(unit: UnitRecord, event: Event): void {
    const at = (): string => `${event.type} of ${unit.id}`
    must(unit.outcome === null, 'order', () => `${at()}, which has ended (${unit.outcome})`)
    must(unit.run.status === null, 'order', () => `${at()}, whose run has ended`)
    must(!unit.run.cancelling, 'order', () => `${at()}, whose run is being cancelled`)
    must(unit.parent?.failing !== true, 'order', () => `${at()}, whose fan-out ends`)
    must(!unit.ending && unit.parent?.ending !== true, 'order', () => `${at()}, which is to end`)
    this.calls.mayBegin(unit, event.at)
    if (unit.parent !== null) return
    for (const need of unit.step.needs) {
      const needed = unit.run.units.get(need)
      must(needed?.outcome != null, 'order', () => `${at()}, before ${need} has ended`)
      const fine = unit.step.runsAfterFailure || needed.outcome === 'succeeded' || needed.outcome === 'cached'
      must(fine, 'order', () => `${at()}, after ${need} (${needed.outcome})`)
    }
  }

  private dispatched(unit: UnitRecord, event: Extract<Event, { type: 'execution.dispatched' }>): void {
    const { ledger } = this
    this.mayGoOn(unit, event)
    const holder = [...ledger.out.values()].find((other) => other.unit === unit)
    must(holder === undefined, 'start', () => `${event.token} is ordered while ${holder?.token} is out`)
    must(event.attempt === unit.attempts + 1, 'attempts', () => `${unit.id}: ${event.attempt} follows ${unit.attempts}`)
    must(event.at >= unit.retryAt, 'attempts', () => `${unit.id} is tried again too early`)
    const { workspace = unit.run.workspace } = event
    must(workspace === unit.workspace, 'order', () => `${unit.id} runs in ${workspace}, not in ${unit.workspace}`)
    const goesOn = this.trees.some((tree) => tree.find(({ id }) => id === workspace)?.paused !== true)
    must(goesOn, 'limits', () => `${event.token} is ordered in ${workspace}, which is paused`)
    unit.attempts = event.attempt
    ledger.tokens.add(event.token)
    const { token, concurrencyKey: key = null, worker = null } = event
    const out: Out = { token, unit, timedOut: false, key, worker }
    ledger.out.set(token, out)
    this.calls.dispatched(unit, event, out)
    if (event.cache !== undefined) ledger.keyed.set(event.token, event.cache.key)
    this.limits(out)
  }

  private limits(added: Out): void {
    const out = [...this.ledger.out.values()]
    const sum = (what: keyof StepResources): number => out.reduce((all, { unit }) => all + unit.step.resources[what], 0)
    for (const what of ['cpus', 'memoryBytes', 'gpus'] as const) {
      must(sum(what) <= this.capacity[what] + 1e-3, 'limits', () => `${sum(what)} ${what} of ${this.capacity[what]}`)
    }
    const { unit, key } = added
    const most = unit.step.forEach?.maxParallel ?? null
    if (most !== null && unit.parent !== null) {
      const active = out.filter((other) => other.unit.parent === unit.parent).length
      must(active <= most, 'limits', () => `${active} items of ${unit.parent?.id} at once, limit ${most}`)
    }
    if (key !== null && unit.step.concurrency !== null) {
      const { limit } = unit.step.concurrency
      const active = out.filter((other) => other.key === key).length
      must(active <= limit, 'limits', () => `${active} holders of ${key}, limit ${limit}`)
    }
  }

  private executionFinished(unit: UnitRecord, event: ExecutionFinished): void {
    const out = this.ledger.out.get(event.token)
    must(!this.recorded.has(event.token), 'result', () => `the end of ${event.token} is recorded twice`)
    must(out !== undefined && out.unit === unit, 'result', () => `an end of ${event.token}, which is not out`)
    this.recorded.add(event.token)
    this.ledger.out.delete(event.token)
    const job = this.machine.jobs.get(event.token)
    must(job?.state !== 'running', 'result', () => `the end of ${event.token} is recorded while it runs`)
    const end = job?.end ?? null
    const ordered = this.orderedEnd(unit, out)
    const status = expectedStatus(end, ordered)
    const attempt = unit.line.at(-1)
    if (attempt !== undefined) attempt.status = status
    must(event.status === status, 'result', () => `${event.token} is recorded as ${event.status}, and was ${status}`)
    const outputs = JSON.stringify(event.outputs)
    must(outputs === JSON.stringify(outputsOf(end)), 'result', () => `${event.token} has other outputs: ${outputs}`)
    this.retry(unit, event, end, ordered)
    if (event.retryAt !== undefined) return
    const key = this.ledger.keyed.get(event.token)
    if (status === 'succeeded' && key !== undefined) {
      const { workspace } = unit
      this.ledger.results.set(`${unit.id}:${unit.attempts}`, { key, workspace, at: event.at, outputs: outputs ?? '' })
    }
    if (unit.againIn !== null) return this.calls.runAgain(unit, unit.againIn)
    if (status === 'suspended') return this.suspended(unit, event)
    unit.outcome = status === 'succeeded' || status === 'cancelled' ? status : 'failed'
  }

  private suspended(unit: UnitRecord, { awaits, at }: ExecutionFinished): void {
    const { steps = [], mode = 'all', until = null } = awaits ?? {}
    this.count('suspended')
    const awaited = steps.map((key) => this.ledger.unit({ run: unit.run.id, ...parsed(key) }))
    unit.awaits = { steps: awaited, mode, until }
    const end = this.machine.jobs.get(unit.line.at(-1)?.token ?? '')?.end ?? null
    const told = end !== null && isSuspension(end) ? end.steps : null
    must(
      JSON.stringify(told) === JSON.stringify(steps),
      'result',
      () => `${unit.id} waits for ${steps.join()}, not for ${told?.join()}`,
    )
    must(until === null || until >= at, 'attempts', () => `${unit.id} was to go on before it was suspended`)
  }

  private orderedEnd(unit: UnitRecord, out: Out): 'cancel' | 'timeout' | null {
    if (isEnding(unit) || unit.againIn !== null) return 'cancel'
    return out.timedOut ? 'timeout' : null
  }

  private retry(
    unit: UnitRecord,
    event: ExecutionFinished,
    end: Job['end'],
    ordered: 'cancel' | 'timeout' | null,
  ): void {
    const policy = unit.step.retry
    let expected: number | undefined
    if (event.status === 'suspended' || ordered === 'cancel') expected = undefined
    else if (event.status === 'succeeded') {
      const { recurrent } = unit.step.rules ?? {}
      if (recurrent !== undefined && returnsNothing(end)) {
        expected = event.at + recurrent.delayMs
        unit.failures = 0
        unit.losses = 0
      }
    } else if (end === null) {
      if (unit.losses < LOSSES_LIMIT && retries(policy, 'abandoned', null)) expected = event.at
      unit.losses += 1
    } else {
      const { kind: told = 'error', exitCode = null } = isSuspension(end) ? {} : end
      const kind = ordered ?? (event.status === 'abandoned' ? 'abandoned' : told)
      const again = hasAttemptLeft(policy, unit.failures) && retries(policy, kind, exitCode)
      unit.failures += 1
      if (again) expected = event.at + retryDelay(policy, unit.failures, event.token)
    }
    must(event.retryAt === expected, 'attempts', () => `${unit.id} goes on at ${event.retryAt}, not at ${expected}`)
    unit.retryAt = expected ?? 0
  }

  /** Nothing runs again where it would not see what it needs, or hide what it makes from those who read it. */
  private reopened(run: RunRecord, event: Extract<Event, { type: 'run.reopened' }>): void {
    const { workspace = run.workspace } = event
    if (workspace !== run.workspace) this.count('re-run below')
    const lines = this.trees.map((tree) => lineOf(tree, workspace))
    const check = (unit: UnitRecord | undefined): void => {
      if (unit === undefined) return
      const isBelow = lines.some((line) => line.includes(unit.workspace))
      must(isBelow, 'order', () => `${unit.id} of ${unit.workspace} runs again in ${workspace}`)
    }
    for (const name of event.steps) {
      check(run.units.get(name))
      for (const item of run.units.get(name)?.openItems() ?? []) check(item)
    }
    for (const [name, indices] of Object.entries(event.items)) {
      const items = run.units.get(name)?.openItems() ?? []
      for (const index of indices) check(items[index])
    }
  }

  private skipped(unit: UnitRecord): void {
    must(unit.outcome === null, 'order', () => `${unit.id} is skipped after its end (${unit.outcome})`)
    unit.outcome = 'skipped'
  }

  private cached(unit: UnitRecord, event: Extract<Event, { type: 'step.cached' }>): void {
    this.mayGoOn(unit, event)
    must(event.attempt === unit.attempts + 1, 'attempts', () => `${unit.id}: ${event.attempt} follows ${unit.attempts}`)
    unit.attempts = event.attempt
    unit.outcome = 'cached'
    const source = this.ledger.results.get(event.source)
    const what = (): string => `${unit.id} takes the result of ${event.source}`
    must(source !== undefined, 'cache', () => `${what()}, which has none`)
    must(source.key === event.key, 'cache', () => `${what()}, whose key is ${source.key} and not ${event.key}`)
    const isVisible = this.trees.some((tree) => lineOf(tree, unit.workspace).includes(source.workspace))
    if (source.workspace !== unit.workspace) this.count('inherited result')
    must(isVisible, 'cache', () => `${what()}, from workspace ${source.workspace}`)
    must(source.outputs === JSON.stringify(event.outputs), 'cache', () => `${what()}, and gets something else`)
    must(!unit.again, 'cache', () => `${what()}, though it was run again by hand`)
    // The age is measured when the edge reads; its answer may be under way for a while.
    const read = this.readAt.get(unit.id)
    const oldest = (read?.at ?? event.at) - (unit.step.cache?.maxAgeMs ?? Number.POSITIVE_INFINITY)
    must(source.at >= oldest, 'cache', () => `${what()}, which is ${event.at - source.at} ms old`)
    if (read?.tree === undefined || this.trees.some((tree) => tree !== read.tree)) return
    const line = lineOf(read.tree, unit.workspace)
    const nearer = line.slice(0, line.indexOf(source.workspace))
    for (const other of this.ledger.results.values()) {
      const wins =
        other.key === event.key && nearer.includes(other.workspace) && other.at < read.at && other.at >= oldest
      must(!wins, 'cache', () => `${what()}, from ${source.workspace}, though ${other.workspace} has one`)
    }
  }

  private stepFinished(unit: UnitRecord, event: Extract<Event, { type: 'step.finished' }>): void {
    must(unit.outcome === null, 'order', () => `${unit.id} ends twice`)
    const expected =
      unit.follows !== null ? followedEnd(unit.follows) : unit.items === null ? this.expectedEnd(unit) : fanOutEnd(unit)
    must(expected === null || event.status === expected, 'outcome', () => `${unit.id} ${event.status}, not ${expected}`)
    if (unit.againIn !== null) return this.calls.runAgain(unit, unit.againIn)
    unit.outcome = event.status
  }

  /** Of a step that waited for its child; null where chance decides. */
  private expectedEnd(unit: UnitRecord): string | null {
    if (unit.child === null) return null
    const child = this.ledger.runs.get(unit.child)
    unit.child = null
    must(child !== undefined && child.status !== null, 'outcome', () => `${unit.id} ends before its child`)
    const ends = isEnding(unit)
    // Nobody but its parent may drop a part silently: a child that a person cancelled is a failure to its parent.
    return child.status === 'cancelled' && !ends ? 'failed' : child.status
  }

  private runFinished(run: RunRecord, event: Extract<Event, { type: 'run.finished' }>): void {
    must(run.status === null, 'order', () => `run ${run.id} ends twice`)
    for (const unit of run.all()) must(unit.outcome !== null, 'outcome', () => `run ${run.id} ends before ${unit.id}`)
    const bad = [...run.units.values()].some(
      ({ grows, outcome }) => !grows && (outcome === 'failed' || outcome === 'cancelled'),
    )
    const status = run.cancelling ? 'cancelled' : bad ? 'failed' : 'succeeded'
    // The outputs of a run may fail to be put together.
    const misresolved = status === 'succeeded' && event.status === 'failed' && event.error?.code === 'resolve'
    must(event.status === status || misresolved, 'outcome', () => `run ${run.id} ${event.status}, not ${status}`)
    for (const child of run.children) {
      const other = this.ledger.runs.get(child)
      const outlives = other !== undefined && other.status === null && !other.reopened
      must(!outlives, 'outcome', () => `run ${run.id} ends before its child ${child}`)
    }
    run.status = event.status
  }
}
