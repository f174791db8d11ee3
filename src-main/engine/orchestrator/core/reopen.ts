import type { Command } from './commands.ts'
import { downstream } from './graph.ts'
import type { RunState, Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { outOfReach } from './workspaces.ts'

/** Steps and items that `from` names, closed under "what depends on them". Null when there are none. */
export function reopening(
  run: RunState,
  from: Extract<Command, { type: 'run.reopen' }>['from'],
): { steps: string[]; items: Record<string, number[]> } | null {
  const whole = new Set<string>()
  const items: Record<string, number[]> = {}
  const bad = (unit: Unit): boolean => unit.outcome === 'failed' || unit.outcome === 'cancelled'
  if (from === 'start') for (const { name } of run.plan.steps) whole.add(name)
  else if (from === 'failed') {
    for (const unit of run.steps.values()) {
      if (unit.grows) continue
      const lostItems = unit.fanOut?.units.filter(bad).map((item) => item.index ?? 0) ?? []
      if (lostItems.length > 0) items[unit.step.name] = lostItems
      else if (bad(unit)) whole.add(unit.step.name)
    }
  } else if (from.index === undefined) {
    const { grows = false, fanOut = null } = run.steps.get(from.step) ?? {}
    // What holds calls is run again by them.
    if (grows) items[from.step] = fanOut?.units.map((_, index) => index) ?? []
    else whole.add(from.step)
  } else items[from.step] = [from.index]
  if (whole.size === 0 && Object.keys(items).length === 0) return null
  const after = downstream(run.plan, [...whole, ...Object.keys(items)])
  for (const name of after) if (!(name in items) || whole.has(name)) whole.add(name)
  // A fan-out that depends on another reopened step runs as a whole.
  for (const name of Object.keys(items)) {
    const needs = run.steps.get(name)?.step.needs ?? []
    if (needs.some((need) => after.has(need))) {
      whole.add(name)
      delete items[name]
    }
  }
  return { steps: run.plan.steps.map((step) => step.name).filter((name) => whole.has(name)), items }
}

/** The units of a run that {@link reopening} names; of a fan-out all its items. */
export function* reopened(
  run: RunState,
  { steps, items }: { readonly steps: readonly string[]; readonly items: Readonly<Record<string, readonly number[]>> },
): Generator<Unit> {
  for (const name of steps) {
    const unit = run.steps.get(name)
    if (unit === undefined) continue
    yield unit
    yield* unit.fanOut?.units ?? []
  }
  for (const [name, indices] of Object.entries(items)) {
    const unit = run.steps.get(name)
    if (unit === undefined) continue
    yield unit
    for (const index of indices) {
      const item = unit.fanOut?.units[index]
      if (item !== undefined) yield item
    }
  }
}

/** Opens an ended run again for the steps that are asked for. */
export function reopen(turn: Turn, run: RunState, command: Extract<Command, { type: 'run.reopen' }>): void {
  if (run.finished === null) return
  const parts = reopening(run, command.from)
  if (parts === null) return
  const { workspace = run.workspace } = command
  if (outOfReach(turn.state, reopened(run, parts), workspace) !== null) return
  const where = workspace === run.workspace ? {} : { workspace }
  const keepCalls = command.from === 'failed' ? { keepCalls: true as const } : {}
  turn.emit({ type: 'run.reopened', run: run.id, at: turn.now, by: command.by, ...where, ...parts, ...keepCalls })
}
