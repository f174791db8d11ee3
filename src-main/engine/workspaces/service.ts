import type { Workspace } from '../../../src-shared/contract/index.ts'
import { workspaceNotFound } from '../orchestrator/index.ts'
import type { Project } from '../projects/index.ts'
import { viewTree } from './tree.ts'

/** Workspaces of one project: read from its database, changed through its orchestrator. */
export type WorkspaceService = ReturnType<typeof createWorkspaceService>

export function createWorkspaceService({ reader, thread }: Pick<Project, 'reader' | 'thread'>) {
  const tree = async (): Promise<Workspace[]> => {
    const storage = await reader()
    const active = await storage.activeInWorkspaces()
    return viewTree(await storage.workspaces(), new Map(active.map(({ workspace, runs }) => [workspace, runs])))
  }
  const get = async (name: string): Promise<Workspace> => {
    const found = (await tree()).find((workspace) => workspace.name === name)
    if (found === undefined) throw workspaceNotFound(name)
    return found
  }
  return {
    async list({ archived }: { readonly archived: boolean }): Promise<Workspace[]> {
      return (await tree()).filter(({ state }) => archived || state !== 'archived')
    },
    get,
    async create(made: { readonly name: string; readonly base: string }): Promise<Workspace> {
      await thread.call('createWorkspace', made)
      return get(made.name)
    },
    async rename(name: string, to: string): Promise<Workspace> {
      await thread.call('renameWorkspace', name, to)
      return get(to)
    },
    async rebase(name: string, base: string): Promise<Workspace> {
      await thread.call('rebaseWorkspace', name, base)
      return get(name)
    },
    async pause(name: string, paused: boolean): Promise<Workspace> {
      await thread.call('pauseWorkspace', name, paused)
      return get(name)
    },
    async archive(name: string): Promise<Workspace> {
      await thread.call('archiveWorkspace', name)
      return get(name)
    },
    async unarchive(name: string): Promise<Workspace> {
      await thread.call('unarchiveWorkspace', name)
      return get(name)
    },
    remove: (name: string): Promise<void> => thread.call('deleteWorkspace', name),
  }
}
