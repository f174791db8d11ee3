import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError, type Project as ProjectView } from '../../../src-shared/contract/index.ts'
import type { StepResources } from '../workflows/index.ts'
import { machineCapacity } from './capacity.ts'
import { openProject, type Project } from './project.ts'
import { createReservations } from './reservations.ts'

/** The project that is there from the first start. */
export const DEFAULT_PROJECT = 'default'

export interface ProjectsOptions {
  /** The engine's data folder */
  readonly data: string
  /** Bundle of the orchestrator's thread */
  readonly threadFile: string
  /** Names this data folder on things outside of it, e.g. in labels of containers */
  readonly engineId: string
  readonly retention: { readonly keepRuns: number; readonly keepDays: number }
  readonly note: (text: string) => void
}

/** The projects of this engine. */
export interface Projects {
  /** Refuses with `project_not_found`. */
  get(name: string): Promise<Project>
  list(): Promise<ProjectView[]>
  /** What executions may take from this machine in all */
  readonly capacity: StepResources
  /** What the executions that run now have set aside */
  reserved(): Promise<StepResources>
  /** What is kept from now on, in every project */
  setRetention(retention: ProjectsOptions['retention']): Promise<void>
  /** Starts the orchestrators, so that what an engine before this one left is taken back. Never rejects. */
  start(): Promise<void>
  close(): Promise<void>
}

export function openProjects(options: ProjectsOptions): Projects {
  const root = join(options.data, 'projects')
  const open = new Map<string, Promise<Project>>()
  const capacity = machineCapacity()
  let { retention } = options
  const reservations = createReservations()

  const names = (): string[] => {
    const there = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : []
    const found = there.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    return [...new Set([DEFAULT_PROJECT, ...found])].sort()
  }

  const get = (name: string): Promise<Project> => {
    const before = open.get(name)
    if (before !== undefined) return before
    if (!names().includes(name)) {
      return Promise.reject(new ProblemError('project_not_found', `there is no project ${name}`))
    }
    const { threadFile, engineId, note } = options
    const folder = join(root, name)
    const fresh = openProject({ name, folder, threadFile, engineId, capacity, retention, note })
    open.set(name, fresh)
    fresh.catch(() => open.delete(name))
    return fresh
  }

  return {
    get,
    capacity,
    reserved: async () => reservations.sum(await opened(open)),
    async setRetention(next) {
      retention = next
      for (const { thread } of await opened(open)) thread.setRetention(next)
    },
    async list() {
      return Promise.all(
        names().map(async (name) => {
          const { thread } = await get(name)
          // A project that breaks while it is asked is listed as what it is: the others, and the engine, are well.
          const stats = thread.state === 'running' ? await thread.call('stats').catch(() => null) : null
          return { name, state: thread.state, activeRuns: stats?.activeRuns ?? 0 }
        }),
      )
    },
    async start() {
      await Promise.all(
        names().map(async (name) => {
          try {
            await (await get(name)).thread.start()
          } catch (error) {
            options.note(`project ${name} did not start: ${error instanceof Error ? error.message : String(error)}`)
          }
        }),
      )
    },
    async close() {
      await Promise.all((await opened(open)).map((project) => project.close()))
    },
  }
}

/** Projects that could be opened. */
async function opened(projects: ReadonlyMap<string, Promise<Project>>): Promise<Project[]> {
  const all = await Promise.allSettled(projects.values())
  return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
