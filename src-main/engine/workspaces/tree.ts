import type { Workspace } from '../../../src-shared/contract/index.ts'
import type { WorkspaceRow } from '../storage/index.ts'

const byName = (a: WorkspaceRow, b: WorkspaceRow): number => (a.name < b.name ? -1 : 1)

/**
 * Workspaces in the order of their tree: each after its base, those of one base by name.
 * @param active how many runs go on, by identifier
 */
export function viewTree(rows: readonly WorkspaceRow[], active: ReadonlyMap<string, number>): Workspace[] {
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  const below = (base: string | null): WorkspaceRow[] => rows.filter((row) => row.base === base).sort(byName)
  const shown: Workspace[] = []
  const show = (base: string | null, depth: number): void => {
    for (const row of below(base)) {
      shown.push(
        view(row, row.base === null ? null : (names.get(row.base) ?? row.base), depth, active.get(row.id) ?? 0),
      )
      show(row.id, depth + 1)
    }
  }
  show(null, 0)
  return shown
}

function view(row: WorkspaceRow, base: string | null, depth: number, activeRuns: number): Workspace {
  const { id, name, paused, createdAt, archivedAt } = row
  return {
    name,
    id,
    base,
    depth,
    state: archivedAt !== null ? 'archived' : paused ? 'paused' : 'active',
    paused,
    activeRuns,
    createdAt: new Date(createdAt).toISOString(),
    archivedAt: archivedAt === null ? null : new Date(archivedAt).toISOString(),
  }
}
