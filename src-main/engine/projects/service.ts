import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActiveRuns,
  ProblemError,
  type ProjectExport,
  type Project as ProjectView,
} from '../../../src-shared/contract/index.ts'
import { createShared, SLOTS, vacateSlot } from '../orchestrator/index.ts'
import { openSqlite } from '../storage/index.ts'
import type { StepResources } from '../workflows/index.ts'
import { createTransfers, type Transfers } from './archive/transfers.ts'
import { machineCapacity } from './capacity.ts'
import { DEFAULT_PROJECT, refuseFixed } from './default-project.ts'
import { adoptFolders, removeCondemned } from './folders.ts'
import { type ImportSource, importProject } from './import.ts'
import { DATABASE, openProject, type Project } from './project.ts'
import { openRegistry, type ProjectRow, type Registry } from './registry.ts'
import { createReservations } from './reservations.ts'

export interface ProjectsOptions {
  /** The engine's data folder */
  readonly data: string
  /** Bundle of the orchestrator's thread */
  readonly threadFile: string
  /** Names this data folder on things outside of it, e.g. in labels of containers */
  readonly engineId: string
  readonly retention: { readonly keepRuns: number; readonly keepDays: number }
  readonly note: (text: string) => void
  readonly now?: () => number
}

export interface ProjectContent {
  readonly name: string
  readonly description: string
}

/** The projects of this engine. Names are looked up in the registry; each is opened when it is first asked for. */
export interface Projects {
  /** Refuses with `project_not_found`. */
  get(name: string): Promise<Project>
  list(options?: { readonly archived?: boolean }): Promise<ProjectView[]>
  view(name: string): Promise<ProjectView>
  create(content: ProjectContent): Promise<ProjectView>
  /** Refuses while runs are active: those that run carry the name. */
  update(name: string, content: ProjectContent): Promise<ProjectView>
  archive(name: string): Promise<ProjectView>
  unarchive(name: string): Promise<ProjectView>
  /** It is gone when this resolves; its folder is removed afterwards, if need be by the next start. */
  remove(name: string): Promise<void>
  /** Prepares an archive of it; the rest is in `transfers`. */
  export(name: string, active: ActiveRuns, signal: AbortSignal): Promise<ProjectExport>
  /** Makes a project of an archive: when this resolves it is there, else nothing of it is. */
  import(source: ImportSource): Promise<ProjectView>
  readonly transfers: Pick<Transfers, 'exported' | 'file' | 'cancel' | 'imported'>
  /** Refuses with `project_archived`. */
  refuseArchived(name: string): void
  /** Those that were asked for since the start, and can be used */
  opened(): readonly Project[]
  /** Projects that are not archived, with their folders; none is opened for that */
  places(): readonly { readonly name: string; readonly path: string }[]
  /** What executions may take from this machine in all */
  readonly capacity: StepResources
  /** What the executions that run now have set aside */
  reserved(): Promise<StepResources>
  /** What is kept from now on, in every project */
  setRetention(retention: ProjectsOptions['retention']): void
  /** Starts the orchestrators that have something to take back from an engine before this one. Never rejects. */
  start(): Promise<void>
  close(): Promise<void>
}

export function openProjects(options: ProjectsOptions): Projects {
  return new ProjectsOfEngine(options)
}

class ProjectsOfEngine implements Projects {
  readonly capacity = machineCapacity()
  readonly #options: ProjectsOptions
  readonly #root: string
  readonly #now: () => number
  #opening: Registry | null = null
  readonly #reservations = createReservations()
  readonly #shared = createShared()
  /** By folder: its place in what the projects share */
  readonly #slots = new Map<string, number>()
  /** By folder */
  readonly #open = new Map<string, Promise<Project>>()
  readonly #opened = new Map<string, Project>()
  /** Folders of projects that are being closed, to be renamed, archived or deleted */
  readonly #closing = new Set<string>()
  #retention: ProjectsOptions['retention']
  #removing: Promise<void> = Promise.resolve()
  readonly transfers: Transfers
  /** Folders of imports */
  readonly #filled = new Set<string>()
  #isClosed = false

  constructor(options: ProjectsOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#retention = options.retention
    this.#root = join(options.data, 'projects')
    this.transfers = createTransfers(join(options.data, 'exports'), this.#now)
  }

  async get(name: string): Promise<Project> {
    return this.#project(this.#row(name))
  }

  async list({ archived = false }: { archived?: boolean } = {}): Promise<ProjectView[]> {
    const rows = this.#registry.list().filter((row) => archived || row.archivedAt === null)
    return Promise.all(rows.map((row) => this.#viewOf(row)))
  }

  async view(name: string): Promise<ProjectView> {
    return this.#viewOf(this.#row(name))
  }

  async create({ name, description }: ProjectContent): Promise<ProjectView> {
    this.#refuseTaken(name)
    const createdAt = this.#now()
    this.#registry.add({ folder: this.#freeFolder(name), name, description, createdAt, archivedAt: null })
    return this.view(name)
  }

  async update(name: string, content: ProjectContent): Promise<ProjectView> {
    const row = this.#row(name)
    if (content.name === name) {
      this.#registry.change(row.folder, content)
      return this.view(name)
    }
    refuseFixed(name, 'renamed')
    this.#refuseTaken(content.name)
    await this.#unused(row, () => {
      this.#refuseTaken(content.name)
      this.#registry.change(row.folder, content)
    })
    return this.view(content.name)
  }

  async archive(name: string): Promise<ProjectView> {
    const row = this.#row(name)
    refuseFixed(name, 'archived')
    if (row.archivedAt === null) await this.#unused(row, () => this.#registry.archive(row.folder, this.#now()))
    return this.view(name)
  }

  async unarchive(name: string): Promise<ProjectView> {
    this.#registry.archive(this.#row(name).folder, null)
    return this.view(name)
  }

  async remove(name: string): Promise<void> {
    const row = this.#row(name)
    refuseFixed(name, 'deleted')
    this.transfers.refuseExporting(this.#path(row.folder))
    await this.#unused(row, () => this.#registry.condemn(row.folder))
    this.#removeLater()
  }

  async export(name: string, active: ActiveRuns, signal: AbortSignal): Promise<ProjectExport> {
    const { folder, description } = this.#row(name)
    return this.transfers.prepare({ name, description, folder: this.#path(folder) }, active, signal)
  }

  async import(source: ImportSource): Promise<ProjectView> {
    try {
      const name = await importProject(source, {
        registry: this.#registry,
        transfers: this.transfers,
        filled: this.#filled,
        freeFolder: (name) => this.#freeFolder(name),
        pathOf: (folder) => this.#path(folder),
        now: this.#now,
      })
      return await this.view(name)
    } finally {
      this.#removeLater()
    }
  }

  refuseArchived(name: string): void {
    if (this.#registry.find(name)?.archivedAt == null) return
    throw new ProblemError('project_archived', `the project ${name} is archived: it can only be read`, {
      fix: `take it back into use: weir project unarchive ${name}`,
    })
  }

  places(): { name: string; path: string }[] {
    const rows = this.#registry.list().filter((row) => row.archivedAt === null)
    return rows.map(({ name, folder }) => ({ name, path: this.#path(folder) }))
  }

  opened(): readonly Project[] {
    return [...this.#opened.values()]
  }

  reserved(): Promise<StepResources> {
    return this.#reservations.sum(this.opened())
  }

  setRetention(retention: ProjectsOptions['retention']): void {
    this.#retention = retention
    for (const { thread } of this.opened()) thread.setRetention(retention)
  }

  async start(): Promise<void> {
    this.#removeLater()
    await Promise.all(
      this.#registry.list().map(async (row) => {
        try {
          if (row.name === DEFAULT_PROJECT || (await this.#mayHaveRuns(row)))
            await (await this.#project(row)).thread.start()
        } catch (error) {
          this.#options.note(`project ${row.name} did not start: ${messageOf(error)}`)
        }
      }),
    )
  }

  async close(): Promise<void> {
    await this.transfers.close()
    await Promise.allSettled(this.#open.values())
    await Promise.all(this.opened().map((project) => project.close()))
    await this.#removing
    this.#isClosed = true
    this.#opening?.close()
  }

  /** Opened when it is first needed: an engine answers before. */
  get #registry(): Registry {
    if (this.#opening === null) {
      this.#opening = openRegistry(this.#options.data)
      adoptFolders(this.#opening, this.#root, [DEFAULT_PROJECT], this.#now())
    }
    return this.#opening
  }

  #row(name: string): ProjectRow {
    const row = this.#registry.find(name)
    if (row !== null) return row
    throw new ProblemError('project_not_found', `there is no project ${name}`, {
      fix: 'list the projects with: weir project list',
    })
  }

  #project(row: ProjectRow): Promise<Project> {
    const { folder, name } = row
    if (this.#closing.has(folder)) {
      return Promise.reject(new ProblemError('project_in_use', `the project ${name} is being changed by another call`))
    }
    const before = this.#open.get(folder)
    if (before !== undefined) return before
    const { threadFile, engineId, note } = this.#options
    const { capacity } = this
    const retention = this.#retention
    const machine = { shared: this.#shared, slot: this.#slotFor(row), channel: `weir-machine-${engineId}` }
    const path = this.#path(folder)
    const fresh = openProject({ name, folder: path, threadFile, engineId, capacity, machine, retention, note })
    this.#open.set(folder, fresh)
    fresh.then(
      (project) => this.#opened.set(folder, project),
      () => this.#forget(folder),
    )
    return fresh
  }

  #slotFor({ folder, name }: ProjectRow): number {
    const taken = new Set(this.#slots.values())
    for (let slot = 0; slot < SLOTS; slot++) {
      if (taken.has(slot)) continue
      this.#slots.set(folder, slot)
      return slot
    }
    throw new ProblemError('project_failed', `the project ${name} cannot be used now: ${SLOTS} others are`, {
      fix: 'archive projects that are not needed, and start the engine again',
    })
  }

  /** Of a project whose thread has ended. */
  #forget(folder: string): void {
    this.#open.delete(folder)
    this.#opened.delete(folder)
    const slot = this.#slots.get(folder)
    if (slot !== undefined) vacateSlot(this.#shared, slot)
    this.#slots.delete(folder)
  }

  /** Asks only an orchestrator that runs: to list projects wakes none. */
  async #viewOf({ folder, name, description, createdAt, archivedAt }: ProjectRow): Promise<ProjectView> {
    const thread = this.#opened.get(folder)?.thread
    // A project that breaks while it is asked is listed as what it is: the others, and the engine, are well.
    const stats = thread?.state === 'running' ? await thread.call('stats').catch(() => null) : null
    return {
      name,
      description,
      state: archivedAt === null ? (thread?.state ?? 'idle') : 'archived',
      activeRuns: stats?.activeRuns ?? 0,
      createdAt: new Date(createdAt).toISOString(),
      archivedAt: archivedAt === null ? null : new Date(archivedAt).toISOString(),
    }
  }

  /**
   * Closes a project whose runs have all ended, then acts. Nothing can begin meanwhile, and whoever asks for it
   * afterwards opens it anew.
   */
  async #unused(row: ProjectRow, act: () => void): Promise<void> {
    const opening = this.#project(row)
    opening.catch(() => undefined)
    if (this.#closing.has(row.folder)) return void (await opening)
    this.#closing.add(row.folder)
    try {
      const project = await opening
      const active = await this.#activeRuns(project)
      this.#refuseActive(row, active ?? 0)
      await project.close()
      this.#forget(row.folder)
      // Only now nobody can start one: the last look is at the disk.
      if (active !== null) this.#refuseActive(row, await this.#recordedRuns(row))
      act()
    } finally {
      this.#closing.delete(row.folder)
    }
  }

  /** Null when the project is broken: it can be put aside or deleted all the same. */
  async #activeRuns({ thread }: Project): Promise<number | null> {
    try {
      return (await thread.call('stats')).activeRuns
    } catch (error) {
      this.#options.note(`whether runs of project ${thread.project} are active is not known: ${messageOf(error)}`)
      return null
    }
  }

  #refuseActive({ name }: ProjectRow, count: number): void {
    if (count === 0) return
    const runs = count === 1 ? '1 run of it is' : `${count} runs of it are`
    throw new ProblemError('project_in_use', `the project ${name} is in use: ${runs} not finished`, {
      fix: `wait for their end, or cancel them: weir run list --project ${name} --status running,waiting`,
    })
  }

  /** Whether an engine before this one left runs that have not ended; a database that cannot be read tells it at the start. */
  async #mayHaveRuns(row: ProjectRow): Promise<boolean> {
    if (row.archivedAt !== null) return false
    try {
      return (await this.#recordedRuns(row)) > 0
    } catch {
      return true
    }
  }

  async #recordedRuns({ folder }: ProjectRow): Promise<number> {
    const path = join(this.#path(folder), DATABASE)
    if (!existsSync(path)) return 0
    const storage = openSqlite(path, { readOnly: true })
    try {
      return (await storage.activeRuns()).length
    } finally {
      await storage.close()
    }
  }

  #refuseTaken(name: string): void {
    if (this.#registry.find(name) === null) return
    throw new ProblemError('project_exists', `there is a project ${name} already`, {
      field: 'body.name',
      fix: 'choose another name; archived projects keep theirs',
    })
  }

  /** Named after the project for people who look; an earlier one of the same name may still be there. */
  #freeFolder(name: string): string {
    const taken = this.#registry.folders()
    let folder = name
    while (taken.has(folder) || existsSync(this.#path(folder))) folder = `${name}-${randomBytes(3).toString('hex')}`
    return folder
  }

  #path(folder: string): string {
    return join(this.#root, folder)
  }

  #removeLater(): void {
    if (this.#isClosed) return
    this.#removing = this.#removing.then(() =>
      removeCondemned(this.#registry, this.#root, this.#options.note, this.#filled),
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
