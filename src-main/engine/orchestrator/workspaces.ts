import { ProblemError } from '../../../src-shared/contract/index.ts'
import { MAIN_WORKSPACE, type ProjectStorage, type WorkspaceRow } from '../storage/index.ts'
import {
  type Command,
  lowestOf,
  nameOfWorkspace,
  outOfReach,
  type State,
  type Unit,
  unitKey,
  type Workspace,
} from './core/index.ts'

/** The tree as the core knows it. */
export const treeOf = (rows: readonly WorkspaceRow[]): ReadonlyMap<string, Workspace> =>
  new Map(
    rows.map(({ id, name, base, paused, archivedAt }) => [
      id,
      { id, name, base, paused, archived: archivedAt !== null },
    ]),
  )

interface Parts {
  readonly orchestrator: { readonly state: State; post(command: Command): Promise<void> }
  readonly storage: ProjectStorage
  readonly now: () => number
  readonly newRunId: () => string
}

/** What a workspace is made with. */
export interface NewWorkspace {
  readonly name: string
  /** Name of the one that it inherits from */
  readonly base: string
}

/**
 * The tree of workspaces: looks names up, and changes it, on disk first and then in the core. Changes come one after the
 * other, so that what one has checked still holds when it writes.
 */
export class Workspaces {
  readonly #parts: Parts
  /** By identifier: calls that are about to begin something in it */
  readonly #beginning = new Map<string, number>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Begins something in a workspace, which cannot be deleted meanwhile. Refuses with `workspace_not_found` and
   * `workspace_archived`.
   * @param act takes its identifier
   */
  async using<T>(name: string, field: string, act: (id: string) => Promise<T>): Promise<T> {
    const row = this.#named(await this.#rows(), name, field)
    this.#refuseArchived(row, field)
    return this.#holding(row.id, act)
  }

  /**
   * The same for units that run again: by default where the lowest of them ran last. Refuses with `workspace_unrelated` a
   * workspace that does not inherit from where they ran.
   */
  async forRerun(units: readonly Unit[], name: string | null, act: (id: string) => Promise<void>): Promise<void> {
    const field = 'body.workspace'
    const { state } = this.#parts.orchestrator
    const rows = await this.#rows()
    const id = lowestOf(state, units)
    const row =
      name === null
        ? (rows.find((one) => one.id === id) ?? this.#named(rows, MAIN_WORKSPACE, field))
        : this.#named(rows, name, field)
    this.#refuseArchived(row, field)
    const unit = outOfReach(state, units, row.id)
    if (unit !== null) {
      const ran = nameOfWorkspace(state, unit.workspace)
      const what = `step ${unitKey(unit)} of run ${unit.run.id} ran last in the workspace ${ran}`
      throw new ProblemError('workspace_unrelated', `${what}, which ${row.name} does not inherit from`, {
        field,
        fix: `run it again in ${ran} or a workspace below it, or start a new run in ${row.name}`,
      })
    }
    await this.#holding(row.id, act)
  }

  create({ name, base }: NewWorkspace): Promise<void> {
    return this.#change(async (rows) => {
      this.#refuseTaken(rows, name)
      const { id: above } = this.#base(rows, base)
      const id = await this.#freeId(name)
      return { id, name, base: above, paused: false, createdAt: this.#parts.now(), archivedAt: null }
    })
  }

  rename(name: string, to: string): Promise<void> {
    return this.#change(async (rows) => {
      const row = this.#named(rows, name)
      if (name === to) return row
      refuseMain(row, 'renamed')
      this.#refuseTaken(rows, to)
      return { ...row, name: to }
    })
  }

  rebase(name: string, to: string): Promise<void> {
    return this.#change(async (rows) => {
      const row = this.#named(rows, name)
      refuseMain(row, 'given a base')
      const base = this.#base(rows, to)
      if (base.id === row.id) {
        throw new ProblemError('workspace_cycle', `${name} cannot be its own base`, {
          field: 'body.base',
          fix: 'choose another workspace, e.g. main',
        })
      }
      const above = ancestors(rows, base)
      if (above.some(({ id }) => id === row.id)) {
        const path = [...above.slice(0, above.indexOf(row) + 1)].map((one) => one.name).join(' → ')
        throw new ProblemError('workspace_cycle', `${to} inherits from ${name} already: ${path}`, {
          field: 'body.base',
          fix: `choose a base that is not below ${name}`,
        })
      }
      return { ...row, base: base.id }
    })
  }

  pause(name: string, paused: boolean): Promise<void> {
    return this.#change(async (rows) => ({ ...this.#named(rows, name), paused }))
  }

  archive(name: string): Promise<void> {
    return this.#change(async (rows) => {
      const row = this.#named(rows, name)
      refuseMain(row, 'archived')
      const child = rows.find(({ base, archivedAt }) => base === row.id && archivedAt === null)
      if (child !== undefined) {
        throw new ProblemError('workspace_in_use', `${child.name} inherits from ${name}, and is not archived`, {
          fix: `archive it first, or give it another base: weir workspace rebase ${child.name} BASE`,
        })
      }
      this.#refuseActive(row)
      return { ...row, archivedAt: row.archivedAt ?? this.#parts.now() }
    })
  }

  unarchive(name: string): Promise<void> {
    return this.#change(async (rows) => {
      const row = this.#named(rows, name)
      const base = rows.find(({ id }) => id === row.base)
      if (base !== undefined) this.#refuseArchived(base)
      return { ...row, archivedAt: null }
    })
  }

  remove(name: string): Promise<void> {
    return this.#change(async (rows) => {
      const row = this.#named(rows, name)
      refuseMain(row, 'deleted')
      if (this.#beginning.has(row.id)) {
        throw new ProblemError('workspace_in_use', `A run is being started in the workspace ${name}.`)
      }
      await this.#parts.storage.deleteWorkspace(row.id)
      return null
    })
  }

  /** Runs that go on in what is put aside would be forgotten with it. */
  #refuseActive({ id, name }: WorkspaceRow): void {
    const runs = [...this.#parts.orchestrator.state.runs.values()]
    const active = runs.filter(({ workspace, finished }) => workspace === id && finished === null).length
    if (active === 0) return
    const what = active === 1 ? '1 run is' : `${active} runs are`
    throw new ProblemError('workspace_in_use', `${what} going on in the workspace ${name}`, {
      fix: `wait for their end, or cancel them: weir run list -W ${name} --status queued,running,waiting`,
    })
  }

  #rows(): Promise<readonly WorkspaceRow[]> {
    return Promise.resolve(this.#parts.storage.workspaces())
  }

  /** @param decide returns the row that is new or changed; null when it has written by itself */
  async #change(decide: (rows: readonly WorkspaceRow[]) => Promise<WorkspaceRow | null>): Promise<void> {
    const { storage, orchestrator } = this.#parts
    const act = async (): Promise<void> => {
      const row = await decide(await storage.workspaces())
      if (row !== null) await storage.saveWorkspace(row)
      await orchestrator.post({ type: 'workspaces', workspaces: [...treeOf(await storage.workspaces()).values()] })
    }
    const turn = this.#last.then(act, act)
    this.#last = turn.catch(() => undefined) // its caller is told; the next change does not depend on it
    await turn
  }

  async #holding<T>(id: string, act: (id: string) => Promise<T>): Promise<T> {
    this.#beginning.set(id, (this.#beginning.get(id) ?? 0) + 1)
    try {
      return await act(id)
    } finally {
      const others = (this.#beginning.get(id) ?? 1) - 1
      if (others > 0) this.#beginning.set(id, others)
      else this.#beginning.delete(id)
    }
  }

  #named(rows: readonly WorkspaceRow[], name: string, field?: string): WorkspaceRow {
    const row = rows.find((one) => one.name === name)
    if (row !== undefined) return row
    throw workspaceNotFound(name, field)
  }

  #base(rows: readonly WorkspaceRow[], name: string): WorkspaceRow {
    const row = this.#named(rows, name, 'body.base')
    this.#refuseArchived(row, 'body.base')
    return row
  }

  #refuseArchived({ name, archivedAt }: WorkspaceRow, field?: string): void {
    if (archivedAt === null) return
    throw new ProblemError(
      'workspace_archived',
      `the workspace ${name} is archived: nothing begins in it or below it`,
      {
        ...(field === undefined ? {} : { field }),
        fix: `take it back into use: weir workspace unarchive ${name}`,
      },
    )
  }

  #refuseTaken(rows: readonly WorkspaceRow[], name: string): void {
    const taken = rows.find((row) => row.name === name)
    if (taken === undefined) return
    const archived = taken.archivedAt === null ? '' : ', which is archived'
    throw new ProblemError('workspace_exists', `there is a workspace ${name} already${archived}`, {
      field: 'body.name',
      fix: 'choose another name; archived workspaces keep theirs',
    })
  }

  /** Its first name, for people who look at the data; something else when an earlier workspace had that. */
  async #freeId(name: string): Promise<string> {
    let id = name
    while (await this.#parts.storage.isWorkspaceUsed(id)) id = this.#parts.newRunId()
    return id
  }
}

/** The calls of a project that are about its workspaces. */
export const workspaceCalls = (workspaces: Workspaces) => ({
  createWorkspace: (made: NewWorkspace): Promise<void> => workspaces.create(made),
  renameWorkspace: (name: string, to: string): Promise<void> => workspaces.rename(name, to),
  rebaseWorkspace: (name: string, base: string): Promise<void> => workspaces.rebase(name, base),
  pauseWorkspace: (name: string, paused: boolean): Promise<void> => workspaces.pause(name, paused),
  archiveWorkspace: (name: string): Promise<void> => workspaces.archive(name),
  unarchiveWorkspace: (name: string): Promise<void> => workspaces.unarchive(name),
  deleteWorkspace: (name: string): Promise<void> => workspaces.remove(name),
})

export const workspaceNotFound = (name: string, field?: string): ProblemError =>
  new ProblemError('workspace_not_found', `there is no workspace ${name}`, {
    ...(field === undefined ? {} : { field }),
    fix: `list them with "weir workspace list", or make it with "weir workspace create ${name}"`,
  })

/** A workspace and those that it inherits from, nearest first. */
function ancestors(rows: readonly WorkspaceRow[], from: WorkspaceRow): WorkspaceRow[] {
  const chain: WorkspaceRow[] = []
  for (let row: WorkspaceRow | undefined = from; row !== undefined && chain.length <= rows.length; ) {
    chain.push(row)
    const { base }: WorkspaceRow = row
    row = rows.find(({ id }) => id === base)
  }
  return chain
}

function refuseMain({ id, name }: WorkspaceRow, what: string): void {
  if (id !== MAIN_WORKSPACE) return
  throw new ProblemError('workspace_fixed', `the workspace ${name} cannot be ${what}`, {
    fix: 'it is the root that all others inherit from: make another one for what is to differ',
  })
}
