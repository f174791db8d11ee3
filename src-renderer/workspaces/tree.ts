import type { RunStep, Workspace } from '../../src-shared/contract/index.ts'

/** A workspace and all that inherit from it, by name, in the order of the tree. */
export function withBelow(tree: readonly Workspace[], name: string): Workspace[] {
  const found = new Set([name])
  // A workspace stands after its base.
  return tree.filter((workspace) => {
    if (workspace.base !== null && found.has(workspace.base)) found.add(workspace.name)
    return found.has(workspace.name)
  })
}

/** What a workspace may inherit from: anything in use that does not inherit from it. */
export function basesFor(tree: readonly Workspace[], name: string | null): Workspace[] {
  const below = new Set(name === null ? [] : withBelow(tree, name).map((one) => one.name))
  return tree.filter((workspace) => workspace.state !== 'archived' && !below.has(workspace.name))
}

/** Steps that a re-run from one step, from what failed, or of everything runs again: what depends on it follows. */
export function runAgain(steps: readonly RunStep[], from: string): RunStep[] {
  if (from === 'start') return [...steps]
  const isBad = ({ status }: RunStep): boolean => status === 'failed' || status === 'cancelled'
  const names = new Set(steps.filter((step) => (from === 'failed' ? isBad(step) : step.key === from)).map(nameOf))
  for (let before = -1; before !== names.size; ) {
    before = names.size
    for (const step of steps) if (step.needs.some((need) => names.has(need))) names.add(step.name)
  }
  return steps.filter((step) => names.has(step.name))
}

const nameOf = ({ name }: RunStep): string => name

/**
 * Where steps may run again: in the workspace that they ran in last, or one that inherits from it. When they ran in several,
 * below all of these; none when there is no such workspace in use.
 */
export function placesFor(tree: readonly Workspace[], steps: readonly RunStep[], own: string): Workspace[] {
  const ran = new Set(steps.map((step) => step.workspace ?? own))
  const allowed = [...ran].map((name) => new Set(withBelow(tree, name).map((one) => one.name)))
  return tree.filter(({ name, state }) => state !== 'archived' && allowed.every((names) => names.has(name)))
}
