import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Worker } from '../../src-shared/contract/index.ts'
import { type Launch, launchesOf, sdkArguments, sdkFolder } from '../../src-shared/workers/launch.ts'
import { connect, engineAddress, type Session } from './connect.ts'
import type { Context } from './context.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { renderFields, renderTable } from './table.ts'
import { formatTime } from './times.ts'

type Done = Promise<ExitName | undefined>

export interface StartOptions {
  readonly workspace: string
  readonly dev?: boolean
  readonly register?: boolean
  readonly concurrency?: number
  readonly tag?: string[]
  readonly name?: string
  readonly python?: string
}

/** Hosts modules in one process for each language, until all have ended. */
export async function start(context: Context, options: StartOptions, modules: readonly string[]): Done {
  const folder = process.cwd()
  const launches = await launchesOf({
    modules,
    folder,
    python: options.python ?? null,
    env: process.env,
    sdk: sdkFolder(),
  })
  // Before the workers: an engine that is not there is started, and one that refuses says so in one place.
  const session = await connect(context)
  await session.client.call(session.routes.projects.get, { params: { project: session.project } })
  session.client.close()
  const args = sdkArguments({
    project: context.globals.project,
    workspace: options.workspace,
    register: options.dev === true ? 'always' : options.register === true ? 'once' : 'never',
    concurrency: options.concurrency ?? null,
    tags: options.tag ?? [],
    name: options.name ?? null,
    pool: null,
  })
  const env = { ...process.env, WEIR_ENGINE: await engineAddress(context) }
  return runAll(launches.map((launch) => [launch, begin(launch, args, env)] as const))
}

function begin(launch: Launch, options: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const args = [...launch.args, ...options, ...launch.modules]
  // In a group of its own: Ctrl-C reaches it once, through this process, because a second one means "at once".
  return spawn(launch.program, args, { stdio: 'inherit', env, detached: process.platform !== 'win32' })
}

/** Hands signals on; when one process ends, the others are asked to. */
async function runAll(started: readonly (readonly [Launch, ChildProcess])[]): Done {
  const all = (signal: NodeJS.Signals): void => {
    for (const [, child] of started) if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => all('SIGTERM'))
  const ends = await Promise.all(
    started.map(async ([launch, child]) => {
      try {
        const [code] = (await once(child, 'exit')) as [number | null]
        return code
      } catch (error) {
        throw new CliError('failed', 'worker_unstartable', `${launch.program} cannot be started: ${messageOf(error)}`)
      } finally {
        all('SIGTERM')
      }
    }),
  )
  return ends.every((code) => code === 0) ? undefined : 'failed'
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export async function list(session: Session): Done {
  const { client, routes, project, output } = session
  const page = await client.call(routes.workers.list, { params: { project } })
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ id }) => id).join('\n')
    return renderTable(
      [
        { title: 'WORKER' },
        { title: 'NAME' },
        { title: 'WORKSPACE' },
        { title: 'MODULES', flexible: true },
        { title: 'PROCESSES', align: 'right' },
        { title: 'SHARED', align: 'right' },
        { title: 'STATE' },
        { title: 'SINCE' },
      ],
      page.items.map((worker) => [
        worker.id,
        worker.name,
        worker.workspace,
        modulesOf(worker),
        `${worker.used.processes} of ${worker.concurrency}`,
        worker.shared === 0 ? '' : `${worker.used.shared} of ${worker.shared}`,
        stateOf(worker),
        formatTime(worker.since),
      ]),
      output.width,
    )
  })
  return undefined
}

export async function inspect(session: Session, id: string): Done {
  const { client, routes, project, output } = session
  const worker = await client.call(routes.workers.get, { params: { project, worker: id } })
  await output.result(worker, () => workerText(worker))
  return undefined
}

function workerText(worker: Worker): string {
  const shared = worker.shared === 0 ? '' : `, ${worker.shared} in shared processes`
  const more = worker.busy - worker.executions.length
  const running = worker.executions.map(({ execution, target }) => `${execution} ${target}`)
  return renderFields([
    ['Worker', worker.id],
    ['Name', `${worker.name} on ${worker.host}, process ${worker.pid}`],
    ['Runs on', `${worker.sdk}, ${worker.runtime}`],
    ['Workspace', worker.workspace],
    ['Modules', modulesOf(worker)],
    ['Kept for runs', earlierOf(worker) || null],
    ['Cannot load', worker.faults.map(({ module, message }) => `${module}: ${message}`).join('; ') || null],
    ['Takes', `${worker.concurrency} at once${shared}`],
    ['Tags', worker.tags.join(', ') || null],
    ['Pool', worker.pool],
    ['State', stateOf(worker)],
    ['Since', formatTime(worker.since)],
    ['Runs', running.length === 0 ? 'nothing' : [...running, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')],
  ])
}

export async function drain(session: Session, id: string): Done {
  const { client, routes, project, output } = session
  const worker = await client.call(routes.workers.drain, { params: { project, worker: id } })
  const rest = worker.busy === 0 ? '' : ` after what it runs (${worker.busy}) has ended`
  await output.result(worker, () => `Worker ${id} takes no more work, and leaves${rest}.`)
  return undefined
}

export async function stop(session: Session, id: string): Done {
  const { client, routes, project, output } = session
  const worker = await client.call(routes.workers.stop, { params: { project, worker: id } })
  await output.result(worker, () => `Worker ${id} ends what it runs, and leaves.`)
  return undefined
}

const modulesOf = ({ hosts }: Worker): string =>
  Object.entries(hosts)
    .map(([module, version]) => `${module}@${version}`)
    .join(', ')

/** Versions before the newest, for runs that began with them. */
const earlierOf = ({ earlier }: Worker): string =>
  Object.entries(earlier)
    .flatMap(([module, versions]) => versions.map((version) => `${module}@${version}`))
    .join(', ')

function stateOf({ connected, draining, faults }: Worker): string {
  if (!connected) return 'disconnected'
  if (draining) return 'draining'
  return faults.length > 0 ? 'faults' : 'connected'
}
