import type { Run, RunSummary } from '../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../storage/index.ts'

/** Where the names of workspaces are read from. */
export type NamesSource = Pick<ProjectStorage, 'workspaces'>

/** What people call the workspaces of a project at this moment; views hold identifiers until they are shown. */
export interface Names {
  of(id: string): string
  /** Undefined when there is no workspace of this name. */
  idOf(name: string): string | undefined
  /** Identifiers of a workspace and those that it inherits from, nearest first; undefined when there is none of this name. */
  chainOf(name: string): string[] | undefined
  summary(run: RunSummary): RunSummary
  /** Changes the run that it is given: it was made to be shown. */
  run(run: Run): Run
}

export async function createNames(source: NamesSource): Promise<Names> {
  const rows = await source.workspaces()
  const byId = new Map(rows.map(({ id, name }) => [id, name]))
  const of = (id: string): string => byId.get(id) ?? id
  const rename = (shown: { workspace?: string | undefined }): void => {
    if (shown.workspace !== undefined) shown.workspace = of(shown.workspace)
  }
  const chainFrom = (id: string): string[] => {
    const chain: string[] = []
    // Bounded by the number of workspaces, whatever the tree was told.
    for (let at: string | null = id; at !== null && chain.length < rows.length; ) {
      chain.push(at)
      const { base }: { base: string | null } = rows.find((row) => row.id === at) ?? { base: null }
      at = base
    }
    return chain
  }
  return {
    of,
    chainOf(name) {
      const row = rows.find((one) => one.name === name)
      return row === undefined ? undefined : chainFrom(row.id)
    },
    idOf: (name) => rows.find((row) => row.name === name)?.id,
    summary: (run) => ({ ...run, workspace: of(run.workspace) }),
    run(run) {
      rename(run)
      for (const step of run.steps) {
        rename(step)
        for (const execution of step.executions) rename(execution)
      }
      return run
    },
  }
}
