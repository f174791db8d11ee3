import { workspaceNotFound } from '../orchestrator/index.ts'
import type { Scope } from '../workflows/index.ts'
import { createNames, type NamesSource } from './names.ts'

/**
 * What is seen from a workspace, by its name; from everywhere when none is named.
 * @throws ProblemError workspace_not_found
 */
export async function scopeFrom(source: NamesSource, workspace: string | undefined): Promise<Scope> {
  const names = await createNames(source)
  if (workspace === undefined) return { nameOf: names.of }
  const workspaces = names.chainOf(workspace)
  if (workspaces === undefined) throw workspaceNotFound(workspace, 'query.workspace')
  return { workspaces, nameOf: names.of }
}
