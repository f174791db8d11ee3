import { create } from 'zustand'
import { PROJECT } from './project.ts'

/** The root of every project's tree of workspaces. */
export const MAIN_WORKSPACE = 'main'

interface Choice {
  /** Name of the workspace whose runs lists show, and in which runs are started; null: lists show the runs of all */
  readonly chosen: string | null
}

const KEY = `weir.workspace.${PROJECT}`
/** What stands for "all" in the storage: no workspace can be called so. */
const ALL = '*'

/** What this window shows of its project. Kept by project, as the project is: for this window, else what was chosen last. */
export const useWorkspaceChoice = create<Choice>(() => ({ chosen: kept() }))

export const useChosenWorkspace = (): string | null => useWorkspaceChoice((choice) => choice.chosen)

/** Where a run is started that nobody put elsewhere. */
export const workspaceToStartIn = (): string => useWorkspaceChoice.getState().chosen ?? MAIN_WORKSPACE

/** Shows another workspace, or the runs of all. */
export function chooseWorkspace(chosen: string | null): void {
  useWorkspaceChoice.setState({ chosen })
  for (const storage of [sessionStorage, localStorage]) {
    try {
      storage.setItem(KEY, chosen ?? ALL)
    } catch {
      // Full or forbidden: the choice holds until the page is loaded anew.
    }
  }
}

function kept(): string | null {
  for (const storage of [sessionStorage, localStorage]) {
    try {
      const text = storage.getItem(KEY)
      if (text !== null) return text === ALL ? null : text
    } catch {
      // Forbidden: as if nothing had been chosen.
    }
  }
  return MAIN_WORKSPACE
}
