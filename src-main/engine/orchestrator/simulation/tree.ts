import type { Workspace } from '../core/index.ts'
import type { Random } from './random.ts'

/** The workspaces of a schedule: a line of three, and one beside it. */
export const TREE: readonly Workspace[] = [
  { id: 'main', name: 'main', base: null, paused: false },
  { id: 'dev', name: 'dev', base: 'main', paused: false },
  { id: 'ana', name: 'dev/ana', base: 'dev', paused: false },
  { id: 'lab', name: 'lab', base: 'main', paused: false },
]

/** A workspace and those that it inherits from, found without the core. */
export function lineOf(tree: readonly Workspace[], id: string): string[] {
  const base = tree.find((workspace) => workspace.id === id)?.base ?? null
  return base === null ? [id] : [id, ...lineOf(tree, base)]
}

/** Pauses one, takes one up again, or moves one below another that is not below it. */
export function changed(tree: readonly Workspace[], random: Random): readonly Workspace[] {
  const chosen = random.pick(tree)
  const replace = (fields: Partial<Workspace>): readonly Workspace[] =>
    tree.map((one) => (one === chosen ? { ...one, ...fields } : one))
  if (chosen.base === null || random.chance(0.6)) return replace({ paused: !chosen.paused })
  const bases = tree.filter(({ id }) => !lineOf(tree, id).includes(chosen.id))
  return replace({ base: random.pick(bases).id })
}

export const awake = (tree: readonly Workspace[]): readonly Workspace[] =>
  tree.map((workspace) => ({ ...workspace, paused: false }))
