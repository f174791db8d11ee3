import type { WorkflowCode, WorkflowSummary } from '../../../src-shared/contract/index.ts'
import type { ProjectStorage, WorkflowOriginRow, WorkflowRow } from '../storage/storage.ts'

/** From where workflows of code are looked at. */
export interface Scope {
  /** Identifiers of a workspace and those above it, nearest first; all workspaces when absent */
  readonly workspaces?: readonly string[]
  /** What people call a workspace */
  nameOf(id: string): string
}

/** All workspaces, by their identifiers. */
export const EVERYWHERE: Scope = { nameOf: (id) => id }

export const viewOrigin = (origin: WorkflowOriginRow | null, scope: Scope): WorkflowCode | null =>
  origin === null ? null : { ...origin, workspace: scope.nameOf(origin.workspace) }

/** What code a workflow stands for, and whether its module still has it. */
export async function codeOf(
  { origin }: Pick<WorkflowRow, 'origin'>,
  storage: Pick<ProjectStorage, 'newestModule' | 'lastModuleVersion'>,
  scope: Scope,
): Promise<WorkflowSummary['code']> {
  const shown = viewOrigin(origin, scope)
  if (shown === null) return null
  const newest =
    scope.workspaces === undefined
      ? await storage.lastModuleVersion(shown.module)
      : (await storage.newestModule(shown.module, scope.workspaces))?.version
  return { ...shown, current: newest === shown.version }
}
