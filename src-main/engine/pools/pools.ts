import { isAbsolute } from 'node:path'
import { type Pool, type PoolSpec, ProblemError } from '../../../src-shared/contract/index.ts'
import { launchesOf, sdkArguments, sdkFolder } from '../../../src-shared/workers/launch.ts'
import type { ProjectThread } from '../projects/index.ts'
import { type Command, endMembers, type Member } from './process.ts'
import { PoolRunner, type View } from './runner.ts'
import { type PoolRow, readPools, writePools } from './store.ts'

/** How often it is looked what waits and what runs, in ms. */
const LOOK_MS = 500

/** The projects of the engine, as far as pools see them. */
export interface PoolHomes {
  /** Projects that are in use, with their folders */
  places(): readonly { readonly name: string; readonly path: string }[]
  /** The thread of a project when it runs; it is not started for this */
  running(project: string): ProjectThread | null
  /** Wakes the thread of a project */
  thread(project: string): Promise<ProjectThread>
}

export interface PoolsOptions {
  readonly homes: PoolHomes
  /** Address of the engine as the SDKs take it */
  readonly engine: string
  readonly note: (text: string) => void
}

interface Home {
  readonly path: string
  readonly runners: Map<string, PoolRunner>
  /** Deleted pools whose workers have not ended */
  leaving: PoolRunner[]
}

/** The pools of all projects. Refuses with `pool_not_found` and `pool_exists`. */
export interface Pools {
  list(project: string): Pool[]
  get(project: string, pool: string): Pool
  create(project: string, spec: PoolSpec): Promise<Pool>
  enable(project: string, pool: string, enabled: boolean): Pool
  remove(project: string, pool: string): void
  logs(project: string, pool: string, lines: number): string[]
  /** Begins to look after them; finds workers again that an engine before this one started. */
  start(): void
  /** Ends all workers: what they run goes again at the next start. */
  close(): Promise<void>
}

export function createPools(options: PoolsOptions): Pools {
  return new PoolsOfEngine(options)
}

class PoolsOfEngine implements Pools {
  readonly #options: PoolsOptions
  /** By project */
  readonly #homes = new Map<string, Home>()
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #isClosed = false

  constructor(options: PoolsOptions) {
    this.#options = options
  }

  list(project: string): Pool[] {
    const views = [...this.#home(project).runners.values()].map((runner) => runner.view())
    return views.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get(project: string, pool: string): Pool {
    return this.#runner(project, pool).view()
  }

  async create(project: string, spec: PoolSpec): Promise<Pool> {
    refuseUnsound(spec)
    if (spec.command === null) await launchOf(spec)
    const home = this.#home(project)
    if (home.runners.has(spec.name)) {
      throw new ProblemError('pool_exists', `there is a pool ${spec.name} already`, {
        field: 'body.name',
        fix: `choose another name, or delete it: weir pool delete ${spec.name}`,
      })
    }
    const runner = this.#add(project, home, { ...spec, enabled: true, hosts: [], members: [] })
    this.#save(home)
    return runner.view()
  }

  enable(project: string, pool: string, enabled: boolean): Pool {
    const runner = this.#runner(project, pool)
    runner.enable(enabled)
    return runner.view()
  }

  remove(project: string, pool: string): void {
    const home = this.#home(project)
    const runner = this.#runner(project, pool)
    home.runners.delete(pool)
    this.#save(home)
    runner.close()
    runner.leave()
    home.leaving.push(runner)
  }

  logs(project: string, pool: string, lines: number): string[] {
    return this.#runner(project, pool).logs(lines)
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), LOOK_MS)
    this.#timer.unref()
    this.#tick()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#looking
    const members = [...this.#homes.values()].flatMap((home) => {
      for (const runner of home.runners.values()) runner.close()
      return membersOf(home)
    })
    await endMembers(members)
  }

  #tick(): void {
    if (this.#looking !== null || this.#isClosed) return
    this.#looking = this.#look()
      .catch((error: unknown) => this.#options.note(`pools: ${messageOf(error)}`))
      .finally(() => {
        this.#looking = null
      })
  }

  async #look(): Promise<void> {
    const places = this.#options.homes.places()
    this.#leaveThoseGone(new Set(places.map(({ name }) => name)))
    for (const { name } of places) {
      const home = this.#home(name)
      if (home.runners.size === 0) continue
      const view = await this.#viewOf(name)
      if (this.#isClosed) return
      for (const runner of home.runners.values()) runner.look(view, Date.now())
    }
  }

  /** Of projects that were renamed, archived or deleted: their workers could not come back anyway. */
  #leaveThoseGone(there: ReadonlySet<string>): void {
    for (const [name, home] of this.#homes) {
      if (there.has(name)) continue
      this.#homes.delete(name)
      for (const runner of home.runners.values()) {
        runner.close()
        runner.leave()
      }
    }
  }

  /** A project whose thread does not run has neither workers nor work. */
  async #viewOf(project: string): Promise<View> {
    const thread = this.#options.homes.running(project)
    if (thread === null) return { workers: [], demand: [] }
    try {
      const [workers, demand] = await Promise.all([thread.call('workers'), thread.call('codeDemand')])
      return { workers, demand }
    } catch (error) {
      this.#options.note(`pools of ${project}: ${messageOf(error)}`)
      return { workers: [], demand: [] }
    }
  }

  #home(project: string): Home {
    const known = this.#homes.get(project)
    if (known !== undefined) return known
    const place = this.#options.homes.places().find(({ name }) => name === project)
    if (place === undefined) throw new ProblemError('project_not_found', `there is no project ${project} in use`)
    const home: Home = { path: place.path, runners: new Map(), leaving: [] }
    this.#homes.set(project, home)
    try {
      for (const row of readPools(place.path)) this.#add(project, home, row)
    } catch (error) {
      this.#options.note(messageOf(error))
    }
    return home
  }

  #add(project: string, home: Home, row: PoolRow): PoolRunner {
    const { homes, engine, note } = this.#options
    const runner = new PoolRunner({
      folder: home.path,
      row,
      command: (wanted) => commandOf(project, wanted, engine),
      drain: async (worker) => (await homes.thread(project)).call('drainWorker', worker),
      save: () => this.#save(home),
      note,
    })
    home.runners.set(row.name, runner)
    return runner
  }

  #runner(project: string, pool: string): PoolRunner {
    const runner = this.#home(project).runners.get(pool)
    if (runner !== undefined) return runner
    throw new ProblemError('pool_not_found', `there is no pool ${pool}`, { fix: 'list them with: weir pool list' })
  }

  #save(home: Home): void {
    writePools(
      home.path,
      [...home.runners.values()].map(({ row }) => row),
    )
  }
}

const membersOf = ({ runners, leaving }: Home): Member[] =>
  [...runners.values(), ...leaving].flatMap((runner) => [...runner.members])

function refuseUnsound({ modules, command, folder, min, max }: PoolSpec): void {
  const refuse = (field: string, detail: string, fix: string): never => {
    throw new ProblemError('bad_request', detail, { field: `body.${field}`, fix })
  }
  if (!isAbsolute(folder)) refuse('folder', `the folder "${folder}" is not absolute`, 'give the whole path')
  if ((command === null) === (modules.length === 0)) {
    refuse('modules', 'a pool has modules, or a command in their place', 'give one of the two')
  }
  if (min > max) refuse('min', `the pool has at least ${min} workers and at most ${max}`, 'give a min up to max')
}

/** What hosts the modules of a pool: one program. */
async function launchOf(spec: PoolSpec) {
  const { modules, folder, python, env } = spec
  const launches = await launchesOf({ modules, folder, python, env: { ...process.env, ...env }, sdk: sdkFolder() })
  const [launch, other] = launches
  if (launch !== undefined && other === undefined) return launch
  throw new ProblemError('worker_unstartable', 'the modules are of two languages', {
    field: 'body.modules',
    fix: 'make a pool for each language',
  })
}

async function commandOf(project: string, row: PoolRow, engine: string): Promise<Command> {
  const { name, workspace, folder, register, concurrency, tags } = row
  const env = {
    ...process.env,
    ...row.env,
    WEIR_ENGINE: engine,
    WEIR_POOL: name,
    WEIR_PROJECT: project,
    WEIR_WORKSPACE: workspace,
  }
  if (row.command !== null) return { program: '/bin/sh', args: ['-c', row.command], folder, env }
  const { program, args, modules } = await launchOf(row)
  const options = sdkArguments({ project, workspace, register, concurrency, tags, name: null, pool: name })
  return { program, args: [...args, ...options, ...modules], folder, env }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
