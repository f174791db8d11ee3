import type { Plan, PlanStep } from '../../workflows/index.ts'
import type { Event, Outcome } from '../core/index.ts'
import { must } from './broken.ts'

export interface UnitRecord {
  readonly run: RunRecord
  /** Of a target: as it was bound last */
  step: PlanStep
  readonly parent: UnitRecord | null
  /** `run:step[index]` */
  readonly id: string
  /** Where it ran last, or is to run */
  workspace: string
  outcome: Outcome | null
  /** Number of the last attempt, over all re-runs */
  attempts: number
  failures: number
  losses: number
  /** Not before this moment */
  retryAt: number
  /** The run that it waits for */
  child: string | null
  /** Of a fan-out: how many items its list has now */
  items: number | null
  failing: boolean
  /** How it ended is from before its run was opened again */
  old: boolean
  /** It was run again by hand */
  again: boolean
  /** It alone is to end */
  ending: boolean
  /** It runs again when what runs of it has ended, in this workspace */
  againIn: string | null
  /** It holds calls: its items come one by one */
  readonly grows: boolean
  /** How it was called; null for a unit of a plan */
  readonly call: CallRecord | null
  /** The newer call that stands in its place */
  follows: UnitRecord | null
  /** What it waits for while it is suspended */
  awaits: { readonly steps: readonly UnitRecord[]; readonly mode: 'any' | 'all'; readonly until: number | null } | null
  /** Its attempts from the first to the last, by token, and how each has ended */
  readonly line: { readonly token: string; readonly resumed: 'all' | 'succeeded' | null; status: string | null }[]
  /** The calls that it holds */
  readonly called: UnitRecord[]
  openItems(): UnitRecord[]
}

export interface CallRecord {
  readonly token: string
  readonly by: UnitRecord
  readonly key: string
  readonly refs: readonly UnitRecord[]
  readonly memo: string | null
  readonly links: { readonly token: string; readonly by: UnitRecord }[]
}

export interface RunRecord {
  readonly id: string
  readonly plan: Plan
  readonly workspace: string
  readonly units: Map<string, UnitRecord>
  readonly children: string[]
  status: 'succeeded' | 'failed' | 'cancelled' | null
  cancelling: boolean
  readonly variants: PlanStep[]
  /** A person opened it again: it may outlive who started it */
  reopened: boolean
  /** Its units, but for what holds calls */
  all(): UnitRecord[]
}

export interface Out {
  readonly token: string
  readonly unit: UnitRecord
  readonly key: string | null
  readonly worker: string | null
  timedOut: boolean
}

/** The auditor's books: what the journal has said so far about runs, units and attempts. */
export class Ledger {
  readonly runs = new Map<string, RunRecord>()
  readonly plans = new Map<string, Plan>()
  /** Attempts that were ordered and have not ended */
  readonly out = new Map<string, Out>()
  readonly tokens = new Set<string>()
  /** Keys that requests were answered with, by token and number */
  readonly answers = new Map<string, Map<number, string[]>>()
  /** Cache key by token */
  readonly keyed = new Map<string, string>()
  /** Results with a cache key, by execution */
  readonly results = new Map<string, { key: string; workspace: string; at: number; outputs: string }>()

  run(id: string): RunRecord {
    const run = this.runs.get(id)
    must(run !== undefined, 'order', () => `an event of run ${id}, which was not created`)
    return run
  }

  unit(event: { run: string; step: string; index?: number }): UnitRecord {
    const run = this.run(event.run)
    const step = run.units.get(event.step)
    const unit = event.index === undefined ? step : step?.openItems()[event.index]
    must(unit !== undefined, 'order', () => `an event of ${event.step}[${event.index ?? ''}], which is not there`)
    return unit
  }

  create(event: Extract<Event, { type: 'run.created' }>): void {
    must(!this.runs.has(event.run), 'order', () => `run ${event.run} is created twice`)
    const plan = this.plans.get(event.plan)
    must(plan !== undefined, 'order', () => `run ${event.run} has no plan`)
    const units = new Map<string, UnitRecord>()
    const run: RunRecord = {
      id: event.run,
      plan,
      workspace: event.workspace,
      units,
      children: [],
      variants: [],
      status: null,
      cancelling: false,
      reopened: false,
      all: () => [...units.values()].flatMap((unit) => [...(unit.grows ? [] : [unit]), ...unit.openItems()]),
    }
    for (const step of plan.steps) units.set(step.name, createUnit(run, step, null, `${run.id}:${step.name}`))
    this.runs.set(run.id, run)
    if (event.parent !== null) this.run(event.parent.run).children.push(run.id)
  }

  cancel(run: RunRecord): void {
    must(run.status === null, 'order', () => `run ${run.id} is cancelled after its end`)
    must(!run.cancelling, 'order', () => `run ${run.id} is cancelled twice`)
    run.cancelling = true
    for (const unit of run.units.values()) this.cancelUnit(unit)
  }

  failing(unit: UnitRecord): void {
    must(unit.step.forEach?.onFailure === 'fail', 'outcome', () => `${unit.id} gives up, against its rule`)
    const lost = unit.openItems().some(({ outcome, old }) => outcome === 'failed' && !old)
    must(lost, 'outcome', () => `${unit.id} gives up, and no item has failed now`)
    unit.failing = true
    for (const item of unit.openItems()) this.cancelUnit(item)
  }

  /** What does not run ends at once; what runs, ends when it reports; a fan-out or child step ends with its parts. */
  cancelUnit(unit: UnitRecord): void {
    unit.againIn = null
    if (unit.outcome !== null || unit.child !== null) return
    if (unit.items !== null || unit.grows) {
      for (const item of unit.openItems()) this.cancelUnit(item)
      return
    }
    for (const out of this.out.values()) if (out.unit === unit) return
    unit.outcome = 'cancelled'
  }

  expand(unit: UnitRecord, count: number): void {
    unit.items = count
    for (const item of unit.openItems()) reset(item, unit.again, unit.workspace)
  }

  reopen(run: RunRecord, event: Extract<Event, { type: 'run.reopened' }>): void {
    must(run.status !== null, 'order', () => `run ${run.id} is opened again before its end`)
    run.status = null
    run.cancelling = false
    run.reopened = true
    for (const unit of run.all()) unit.old = true
    const { workspace = run.workspace } = event
    for (const name of event.steps) {
      const unit = run.units.get(name)
      if (unit === undefined) continue
      reset(unit, true, workspace)
      unit.items = null
    }
    for (const [name, indices] of Object.entries(event.items)) {
      const unit = run.units.get(name)
      if (unit === undefined) continue
      if (!unit.grows) {
        unit.outcome = null
        unit.workspace = workspace
        unit.failing = false
        unit.ending = false
      }
      for (const item of unit.openItems())
        if (indices.includes(Number(item.id.match(/\[(\d+)]$/)?.[1]))) reset(item, true, workspace)
    }
  }
}

export function reset(unit: UnitRecord, again: boolean, workspace: string): void {
  unit.workspace = workspace
  unit.outcome = null
  unit.old = false
  unit.failures = 0
  unit.losses = 0
  unit.retryAt = 0
  unit.child = null
  unit.failing = false
  unit.again = again
  unit.ending = false
  unit.againIn = null
  unit.follows = null
  unit.awaits = null
  unit.line.length = 0
}

export function createUnit(
  run: RunRecord,
  step: PlanStep,
  parent: UnitRecord | null,
  id: string,
  { grows = false, call = null }: { grows?: boolean; call?: CallRecord | null } = {},
): UnitRecord {
  /** Also those of longer lists before: their attempts are never forgotten */
  const known: UnitRecord[] = []
  const called: UnitRecord[] = []
  return {
    run,
    step,
    parent,
    id,
    workspace: call?.by.workspace ?? parent?.workspace ?? run.workspace,
    outcome: null,
    attempts: 0,
    failures: 0,
    losses: 0,
    retryAt: 0,
    child: null,
    items: null,
    failing: false,
    old: false,
    again: false,
    ending: false,
    againIn: null,
    grows,
    call,
    follows: null,
    awaits: null,
    line: [],
    called,
    openItems() {
      if (grows) return called
      const count = this.items ?? 0
      while (known.length < count) known.push(createUnit(run, step, this, `${id}[${known.length}]`))
      return known.slice(0, count)
    },
  }
}
