import { modals } from '@mantine/modals'
import { type Workspace, workspaceRoutes } from '../../src-shared/contract/index.ts'
import {
  call,
  chooseWorkspace,
  keyOf,
  MAIN_WORKSPACE,
  PROJECT,
  queryClient,
  useWorkspaceChoice,
  workspaceToStartIn,
} from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { say, sayFailed } from '../ui/say.ts'
import type { WorkspaceContent } from './WorkspaceForm.tsx'

const at = (workspace: string) => ({ params: { project: PROJECT, workspace } })
const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keyOf(workspaceRoutes.list) })
/** What shows names of workspaces asks again after one was renamed. */
const refreshAll = (): Promise<void> => queryClient.invalidateQueries()

/** Asks for a name and a base, makes the workspace and shows it. */
export function openNewWorkspace(base = workspaceToStartIn()): void {
  openForm('New workspace', null, base, 'Make workspace', async (content) => {
    await call(workspaceRoutes.create, { params: { project: PROJECT }, body: content })
    // First in the list: whoever chooses what is not there is sent back to main.
    await refresh()
    chooseWorkspace(content.name)
  })
}

export function openWorkspaceSettings(workspace: Workspace): void {
  openForm(`Workspace ${workspace.name}`, workspace, MAIN_WORKSPACE, 'Save', async ({ name, base }) => {
    if (base !== workspace.base) await call(workspaceRoutes.rebase, { ...at(workspace.name), body: { base } })
    if (name !== workspace.name) {
      await call(workspaceRoutes.rename, { ...at(workspace.name), body: { name } })
      const isShown = useWorkspaceChoice.getState().chosen === workspace.name
      await refresh()
      if (isShown) chooseWorkspace(name)
    }
    void refreshAll()
  })
}

function openForm(
  title: string,
  workspace: Workspace | null,
  base: string,
  verb: string,
  save: (content: WorkspaceContent) => Promise<void>,
): void {
  const modalId = crypto.randomUUID()
  const close = (): void => modals.close(modalId)
  // Loaded when somebody opens it: the top bar is in the first script, and each start waits for that.
  import('./WorkspaceForm.tsx')
    .then(({ WorkspaceForm }) =>
      modals.open({
        modalId,
        title,
        children: <WorkspaceForm workspace={workspace} base={base} verb={verb} onSave={save} onDone={close} />,
      }),
    )
    .catch((error: unknown) => sayFailed(`"${title}" could not be opened`, error))
}

export async function setPaused({ name }: Workspace, isPaused: boolean): Promise<void> {
  try {
    await call(isPaused ? workspaceRoutes.pause : workspaceRoutes.unpause, at(name))
    say(isPaused ? `${name} is paused: nothing more is started in it.` : `${name} goes on.`)
  } catch (error) {
    sayFailed(`${name} could not be ${isPaused ? 'paused' : 'taken up again'}`, error)
  }
  void refresh()
}

export async function setArchived({ name }: Workspace, isArchived: boolean): Promise<void> {
  try {
    await call(isArchived ? workspaceRoutes.archive : workspaceRoutes.unarchive, at(name))
    say(isArchived ? `${name} is archived: no runs begin in it.` : `${name} is in use again.`)
  } catch (error) {
    sayFailed(`${name} could not be ${isArchived ? 'archived' : 'taken back into use'}`, error)
  }
  void refresh()
}

export async function deleteWorkspace({ name }: Workspace): Promise<void> {
  const yes = await confirm({
    title: `Delete the workspace ${name}?`,
    body: 'Only a workspace without runs can be deleted. One that has some can be archived.',
    confirm: `Delete ${name}`,
    isDestructive: true,
  })
  if (!yes) return
  try {
    await call(workspaceRoutes.remove, at(name))
    if (useWorkspaceChoice.getState().chosen === name) chooseWorkspace(MAIN_WORKSPACE)
    say(`${name} was deleted.`)
  } catch (error) {
    sayFailed(`${name} could not be deleted`, error)
  }
  void refresh()
}
