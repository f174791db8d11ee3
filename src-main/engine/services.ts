import { type EngineStatus, ProblemError, type Route, type RunEvent, routes } from '../../src-shared/contract/index.ts'
import { type AssetService, assetHandlers, createAssetService } from './assets/index.ts'
import { createDraftService, type DraftService, draftHandlers } from './drafts/index.ts'
import type { EventSource } from './events/index.ts'
import type { CallContext, Handlers } from './http/index.ts'
import { createModuleService, type ModuleService, targetHandlers } from './modules/index.ts'
import { createPools, type PoolHomes, type Pools, poolHandlers } from './pools/index.ts'
import { openProjects, type Project, type Projects, projectHandlers } from './projects/index.ts'
import { createRunService, type RunService, runHandlers, toRunEvents } from './runs/index.ts'
import type { Logger } from './telemetry/index.ts'
import { type WorkerGate, workerHandlers } from './workers/index.ts'
import type { StepResources } from './workflows/index.ts'
import { createWorkflowService, type WorkflowService, workflowHandlers } from './workflows/index.ts'
import { createWorkspaceService, scopeFrom, type WorkspaceService, workspaceHandlers } from './workspaces/index.ts'

export interface ServicesOptions {
  readonly data: string
  /** Name of this body of data on things outside of it */
  readonly engineId: string
  /** Bundle of the orchestrator's thread */
  readonly threadFile: string
  readonly retention: { readonly keepRuns: number; readonly keepDays: number }
  /** Path of the engine's socket, for workers that it starts */
  readonly socket: string
  readonly log: Logger
}

/** What serves the parts of the API that are about projects. */
export type Services = ReturnType<typeof openServices>

interface ProjectServices {
  readonly runs: RunService
  readonly workflows: WorkflowService
  readonly drafts: DraftService
  readonly assets: AssetService
  readonly workspaces: WorkspaceService
  readonly modules: ModuleService
}

/** Opens the projects. Reads the list of their folders, and nothing else: each is opened when it is first asked for. */
export function openServices(options: ServicesOptions) {
  const { data, engineId, threadFile, retention, socket, log } = options
  const projects = openProjects({ data, engineId, threadFile, retention, note: (text) => log.info(text) })
  const pools = createPools({ homes: poolHomes(projects), engine: `unix:${socket}`, note: (text) => log.info(text) })
  const made = new WeakMap<Project, Promise<ProjectServices>>()
  const servicesOf = async (name: string): Promise<ProjectServices> => {
    const project = await projects.get(name)
    const services = made.get(project) ?? makeServices(project)
    made.set(project, services)
    // A project whose database could not be opened is tried anew by the next call.
    services.catch(() => made.delete(project))
    return services
  }
  const runsOf = async (name: string): Promise<RunService> => (await servicesOf(name)).runs
  return {
    handlers: handlersOf(projects, pools, servicesOf),
    events: eventSource(projects, runsOf),
    workers: workerGate(projects),
    projects: (): Promise<EngineStatus['projects']> => projects.list(),
    capacity: projects.capacity,
    reserved: (): Promise<StepResources> => projects.reserved(),
    setRetention: (to: ServicesOptions['retention']): void => projects.setRetention(to),
    /** Starts the orchestrators, so that what an engine before this one left is taken back. */
    async start(): Promise<void> {
      await projects.start()
      pools.start()
    },
    /** Projects that cannot be used now: each with a sentence that says so, and what to do if that is known. */
    problems: (): ProjectProblem[] =>
      projects
        .opened()
        .filter(({ thread }) => thread.state === 'failed')
        .map(({ name, thread }) => ({
          text: sentence(`The project ${name} cannot be used now: ${thread.reason ?? 'its orchestrator failed'}`),
          fix: thread.remedy,
        })),
    async close(): Promise<void> {
      await pools.close()
      await projects.close()
    },
  }
}

/** What answers for each table of the contract that is about projects. */
function handlersOf(projects: Projects, pools: Pools, servicesOf: (name: string) => Promise<ProjectServices>) {
  const of =
    <K extends keyof ProjectServices>(area: K) =>
    async (name: string): Promise<ProjectServices[K]> =>
      (await servicesOf(name))[area]
  const guarded = <T extends Record<string, Route>>(table: T, handlers: Handlers<T>): Handlers<T> =>
    unlessArchived(projects, table, handlers)
  return {
    projects: projectHandlers(projects),
    runs: guarded(routes.runs, runHandlers(of('runs'))),
    workspaces: guarded(routes.workspaces, workspaceHandlers(of('workspaces'))),
    workflows: guarded(routes.workflows, workflowHandlers(of('workflows'))),
    targets: guarded(routes.targets, targetHandlers(of('modules'))),
    drafts: guarded(routes.drafts, draftHandlers(of('drafts'))),
    workers: guarded(
      routes.workers,
      workerHandlers(async (name) => (await projects.get(name)).thread),
    ),
    pools: guarded(routes.pools, poolHandlers(pools)),
    assets: guarded(routes.assets, assetHandlers(of('assets'))),
  }
}

/** The handlers of a table whose changes an archived project refuses. */
function unlessArchived<T extends Record<string, Route>>(
  projects: Projects,
  table: T,
  handlers: Handlers<T>,
): Handlers<T> {
  const guarded = Object.entries(table).map(([name, { change }]) => {
    const handler = handlers[name as keyof T] as (input: OfProject, context: CallContext) => unknown
    if (!change) return [name, handler]
    return [
      name,
      (input: OfProject, context: CallContext) => {
        projects.refuseArchived(input.params.project)
        return handler(input, context)
      },
    ]
  })
  // The same names with the same types: what a handler takes and answers is not touched.
  return Object.fromEntries(guarded) as Handlers<T>
}

interface OfProject {
  readonly params: { readonly project: string }
}

export interface ProjectProblem {
  readonly text: string
  readonly fix: string | null
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

async function makeServices(project: Project): Promise<ProjectServices> {
  const runs = createRunService(project)
  const { thread, blobs } = project
  const storage = await project.reader()
  const workflows = createWorkflowService({
    storage,
    blobs,
    scopeOf: (workspace) => scopeFrom(storage, workspace),
    save: (version) => thread.call('saveWorkflow', version),
    remove: (name) => thread.call('deleteWorkflow', name),
  })
  const drafts = createDraftService({
    storage,
    blobs,
    save: (draft) => thread.call('saveDraft', draft),
    remove: (id) => thread.call('deleteDraft', id),
  })
  const assets = createAssetService({ blobs, assetsOf: (run) => runs.assetsOf(run) })
  return {
    runs,
    workflows,
    drafts,
    assets,
    workspaces: createWorkspaceService(project),
    modules: createModuleService({
      storage,
      scopeOf: (workspace) => scopeFrom(storage, workspace),
      declare: (...given) => thread.call('declareModules', ...given),
    }),
  }
}

/** What pools see of the projects: whoever looks wakes none. */
function poolHomes(projects: Projects): PoolHomes {
  return {
    places: () => projects.places(),
    running(name) {
      const project = projects.opened().find((one) => one.name === name)
      return project?.thread.state === 'running' ? project.thread : null
    },
    thread: async (name) => (await projects.get(name)).thread,
  }
}

/** Connections of workers, handed to the thread of their project. */
function workerGate(projects: Projects): WorkerGate {
  return {
    async connect(name, socket) {
      projects.refuseArchived(name)
      return (await projects.get(name)).thread.connectWorker(socket)
    },
  }
}

/** Events of the journal, made from its entries once for all who listen to a project. */
function eventSource(projects: Projects, runsOf: (project: string) => Promise<RunService>): EventSource {
  const listeners = new Map<string, Set<(events: readonly RunEvent[]) => void>>()
  const listen = async (project: Project): Promise<void> => {
    const runs = await runsOf(project.name)
    runs.onCommit((entries) => {
      const all = listeners.get(project.name)
      if (all === undefined || all.size === 0) return
      const events = entries.flatMap((entry) => toRunEvents(project.name, entry))
      for (const listener of [...all]) listener(events)
    })
  }
  // By project, not by name: a name can come to stand for another one.
  const listening = new WeakMap<Project, Promise<void>>()
  return {
    async exists(name) {
      const project = await found(projects, name)
      if (project === null) return false
      const started = listening.get(project) ?? listen(project)
      listening.set(project, started)
      started.catch(() => listening.delete(project))
      await started
      return true
    },
    lastCursor: async (project) => (await runsOf(project)).lastCursor(),
    after: async (project, cursor, limit, run) => (await runsOf(project)).eventsAfter(cursor, limit, run),
    onCommit(project, listener) {
      const all = listeners.get(project) ?? new Set()
      listeners.set(project, all)
      all.add(listener)
      return () => all.delete(listener)
    },
  }
}

async function found(projects: Projects, name: string): Promise<Project | null> {
  try {
    return await projects.get(name)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'project_not_found') return null
    throw error
  }
}
