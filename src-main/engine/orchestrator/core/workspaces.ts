import type { State, Unit } from './state.ts'

/** A workspace and those that it inherits from, nearest first. */
export function chainOf(state: State, id: string): readonly string[] {
  const chain = [id]
  // Bounded by the number of workspaces: what the tree was told never makes this go round.
  for (let base = state.workspaces.get(id)?.base ?? null; base !== null && chain.length <= state.workspaces.size; ) {
    chain.push(base)
    base = state.workspaces.get(base)?.base ?? null
  }
  return chain
}

/** Whether a workspace sees what another one holds: it is that one, or below it. */
export const sees = (state: State, id: string, other: string): boolean => chainOf(state, id).includes(other)

/** What people call it; one that is not known is called by its identifier. */
export const nameOfWorkspace = (state: State, id: string): string => state.workspaces.get(id)?.name ?? id

export const isPaused = (state: State, unit: Unit): boolean => state.workspaces.get(unit.workspace)?.paused === true

/**
 * Why units cannot run again in a workspace: the first that ran last in one which this does not inherit from, so that others
 * would come to read what they must not see. Null when they can.
 */
export const outOfReach = (state: State, units: Iterable<Unit>, workspace: string): Unit | null => {
  const chain = chainOf(state, workspace)
  for (const unit of units) if (!chain.includes(unit.workspace)) return unit
  return null
}

/** Of the workspaces in which units ran last, the one that is furthest from the root; null when there are no units. */
export function lowestOf(state: State, units: Iterable<Unit>): string | null {
  let lowest: string | null = null
  let deepest = 0
  // A fan-out of 10,000 has as many units, and nearly all in one workspace.
  for (const id of new Set(Array.from(units, ({ workspace }) => workspace))) {
    const depth = chainOf(state, id).length
    if (depth <= deepest) continue
    deepest = depth
    lowest = id
  }
  return lowest
}
