import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type EngineSettings, type Health, routes } from '../../src-shared/contract/index.ts'
import { socketPlace } from '../supervisor/socket-path.ts'
import {
  type Audit,
  type Authenticate,
  auditHandlers,
  authHandlers,
  createSessions,
  localAuthenticate,
  openAudit,
  readOrMakeToken,
  type Sessions,
} from './auth/index.ts'
import { readConfig } from './config.ts'
import { CONSOLE_PATH, mountConsole } from './console/index.ts'
import { announce, prepareDataFolder, readOrMakeId, withdraw } from './data-folder.ts'
import { createMachine, engineHandlers } from './doctor/index.ts'
import { eventHandlers, eventSockets } from './events/index.ts'
import {
  type Api,
  createApi,
  type Listener,
  listenSocket,
  listenTcp,
  makePrivateFolder,
  mountDocs,
  parseListen,
  STOP_GRACE_MS,
  type Upgrade,
} from './http/index.ts'
import type { ProjectProblem, Services } from './services.ts'
import { createSettings } from './settings.ts'
import { acquireDataLock, SCHEMA_VERSION } from './storage/index.ts'
import { type LogFile, type Logger, openLog } from './telemetry/index.ts'
import { WEIR_VERSION } from './version.ts'
import { workerSockets } from './workers/index.ts'

export interface EngineOptions {
  /** The data folder; made when it is not there */
  readonly data: string
  /** Address of the API: `127.0.0.1:7767`, a port, or undefined for the settings' or the default */
  readonly listen?: string | undefined
  /** Bundle of the orchestrator's thread */
  readonly threadFile: string
  /** Folder of the built screens; it may be absent */
  readonly screens: string
  /** Called when a caller asked the engine to stop */
  readonly onStopRequest: () => void
}

export interface Engine {
  readonly socket: string
  readonly url: string
  readonly log: Logger
  /** Writes what waits to be logged; call it before the process ends in another way than by `stop`. */
  flushLog(): void
  /** Finishes what is being answered, and gives up the data folder. Steps go on: they are adopted at the next start. */
  stop(): Promise<void>
}

/** How often a stopping engine looks whether the last answer was sent. */
const STOP_CHECK_MS = 10

/**
 * Puts the engine together and starts it:
 *
 *   lock ─▶ log, settings, audit ─▶ API answers (starting) ─▶ projects are open (ok) ─▶ their orchestrators start
 *
 * @throws ProblemError what keeps it from starting, with what to do; nothing is left open then
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { data } = options
  const closers: (() => void | Promise<void>)[] = []
  try {
    prepareDataFolder(data)
    const lock = acquireDataLock(data)
    closers.push(() => lock.release())
    const config = readConfig(data)
    const logFile = openLog(data, config.logLevel)
    closers.push(() => logFile.close())
    const audit = openAudit(data)
    closers.push(() => audit.close())
    return await serve(options, { config, logFile, audit, closers })
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

interface Parts {
  readonly config: EngineSettings
  readonly logFile: LogFile
  readonly audit: Audit
  /** What is open, in the order in which it was opened */
  readonly closers: (() => void | Promise<void>)[]
}

async function serve(options: EngineOptions, parts: Parts): Promise<Engine> {
  const { data } = options
  const { log } = parts.logFile
  const sessions = createSessions(data)
  parts.closers.push(() => sessions.close())
  const authenticate = authentication(data, sessions)
  const health: { status: Health['status'] } = { status: 'starting' }
  const listen: string[] = []

  const opened = openLater(options, parts)
  const api = createApi({ log, authenticate, audit: parts.audit })
  const sockets = socketsOf(opened.services, { authenticate, audit: parts.audit, log })
  mountAll(api, opened.services, parts.audit, factsOf(options, parts, opened, { listen, health }))
  const consoleUrl = (): string => `${listen.at(-1) ?? ''}${CONSOLE_PATH}`
  api.mount(routes.auth, authHandlers({ sessions, consoleUrl }))
  mountConsole(api, options.screens)
  await api.app.ready()

  const listeners = await listenEverywhere(api, sockets, options, parts)
  listen.push(...listeners.map(({ address }) => address))
  const [socket = '', url = ''] = listen
  await opened.open()
  announce(data, { pid: process.pid, version: WEIR_VERSION, socket, url, listen, startedAt: new Date().toISOString() })
  parts.closers.splice(1, 0, () => withdraw(data))
  health.status = 'ok'
  log.info({ version: WEIR_VERSION, listen, startMs: Math.round(process.uptime() * 1000) }, 'engine started')
  opened.start()

  return {
    socket,
    url,
    log,
    flushLog: () => parts.logFile.flush(),
    async stop() {
      health.status = 'stopping'
      log.info('engine stops')
      await drain(api, sockets, listeners)
      await closeAll(parts.closers)
    },
  }
}

type Facts = Parameters<typeof engineHandlers>[0]

/** What the engine says about itself. */
function factsOf(
  options: EngineOptions,
  parts: Parts,
  opened: Opening,
  state: { readonly listen: readonly string[]; readonly health: { readonly status: Health['status'] } },
): Facts {
  const { data } = options
  const { listen, health } = state
  return {
    version: WEIR_VERSION,
    schema: SCHEMA_VERSION,
    startedAt: new Date(),
    place: {
      data,
      listen,
      lastChange: () => parts.audit.list({ limit: 1 })[0]?.at ?? null,
      problems: opened.problems,
    },
    health: () => {
      const problems = opened.problems().map(({ text }) => text)
      return { status: health.status === 'ok' && problems.length > 0 ? 'degraded' : health.status, problems }
    },
    projects: async () => (await opened.services).projects(),
    machine: machineOf(data, opened.services),
    settings: createSettings({
      data,
      started: parts.config,
      async apply({ logLevel, retention }) {
        parts.logFile.setLevel(logLevel)
        const services = await opened.services
        services.setRetention(retention)
      },
    }),
    stop: options.onStopRequest,
  }
}

/** The local token and the socket, and whoever signed in at the console. */
function authentication(data: string, sessions: Sessions): Authenticate {
  const local = localAuthenticate(readOrMakeToken(data))
  return async (credentials) => {
    const { bearer } = credentials
    return (await local(credentials)) ?? (bearer === null ? null : sessions.find(bearer))
  }
}

/** Made when it is first asked for. */
function machineOf(data: string, services: Promise<Services>): Facts['machine'] {
  const made = services.then(({ capacity, reserved }) => createMachine({ data, cpus: capacity.cpus, reserved }))
  made.catch(() => undefined) // an engine that cannot open its projects does not start, and says why
  return async () => (await made)()
}

function mountAll(api: Api, services: Promise<Services>, audit: Audit, facts: Facts): void {
  const later = <K extends keyof Services['handlers']>(area: K): Promise<Services['handlers'][K]> =>
    services.then(({ handlers }) => handlers[area])
  api.mount(routes.engine, engineHandlers(facts))
  api.mount(routes.audit, auditHandlers(audit))
  api.mount(routes.projects, later('projects'))
  api.mount(routes.workspaces, later('workspaces'))
  api.mount(routes.workflows, later('workflows'))
  api.mount(routes.targets, later('targets'))
  api.mount(routes.drafts, later('drafts'))
  api.mount(routes.runs, later('runs'))
  api.mount(routes.workers, later('workers'))
  api.mount(routes.pools, later('pools'))
  api.mount(routes.assets, later('assets'))
  api.mount(
    routes.events,
    services.then(({ events }) => eventHandlers(events)),
  )
  mountDocs(api, routes, WEIR_VERSION)
}

/** All WebSockets of the API. */
interface Sockets {
  readonly upgrade: Upgrade
  close(): void
}

function socketsOf(
  services: Promise<Services>,
  common: { readonly authenticate: Authenticate; readonly audit: Audit; readonly log: Logger },
): Sockets {
  const events = eventSockets({ source: services.then((opened) => opened.events), ...common })
  const gate = services.then((opened) => opened.workers)
  gate.catch(() => undefined) // an engine that cannot open its projects does not start, and says why
  const workers = workerSockets({ gate, ...common })
  return {
    upgrade: (request, socket, head) => (workers.serves(request.url) ? workers : events).upgrade(request, socket, head),
    close() {
      events.close()
      workers.close()
    },
  }
}

interface Opening {
  /** Resolves once the projects are open; calls that come before wait for it. */
  readonly services: Promise<Services>
  open(): Promise<void>
  /** Starts the orchestrators, without waiting for them. */
  start(): void
  problems(): readonly ProjectProblem[]
}

/** The services behind the API: their code is read while the listeners come up. */
function openLater(options: EngineOptions, parts: Parts): Opening {
  const { log } = parts.logFile
  let opened: Services | null = null
  let resolve: (services: Services) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const services = new Promise<Services>((onOpen, onFailure) => {
    resolve = onOpen
    reject = onFailure
  })
  services.catch(() => undefined) // whoever waits for it is told; nobody may
  return {
    services,
    async open() {
      try {
        const { openServices } = await import('./services.ts')
        opened = openServices({
          data: options.data,
          engineId: readOrMakeId(options.data),
          threadFile: options.threadFile,
          retention: parts.config.retention,
          socket: socketPlace(options.data, 'engine').path,
          log,
        })
        const { close } = opened
        parts.closers.push(close)
        resolve(opened)
      } catch (error) {
        reject(error)
        throw error
      }
    },
    start: () => void opened?.start().catch((error: unknown) => log.error({ err: error }, 'projects did not start')),
    problems: () => opened?.problems() ?? [],
  }
}

async function listenEverywhere(api: Api, sockets: Sockets, options: EngineOptions, parts: Parts): Promise<Listener[]> {
  const address = parseListen(options.listen ?? parts.config.listen ?? undefined)
  const place = socketPlace(options.data, 'engine')
  if (place.privateFolder !== null) makePrivateFolder(place.privateFolder)
  // TCP first: an engine that cannot have its port must not look alive on its socket.
  const tcp = await listenTcp(api.app, address, sockets.upgrade)
  parts.closers.push(
    () => tcp.closeAll(),
    () => void tcp.close(),
  )
  const socket = await listenSocket(api.app, place.path, sockets.upgrade)
  parts.closers.push(
    () => socket.closeAll(),
    () => void socket.close(),
    () => {
      if (process.platform !== 'win32') rmSync(place.path, { force: true })
    },
  )
  return [socket, tcp]
}

/** Takes no new calls, ends live streams, and waits a while for the answers that are being made. */
async function drain(api: Api, sockets: Sockets, listeners: readonly Listener[]): Promise<void> {
  api.stop()
  sockets.close()
  const closed = Promise.all(listeners.map((listener) => listener.close()))
  const deadline = performance.now() + STOP_GRACE_MS
  while (api.active > 0 && performance.now() < deadline) {
    for (const listener of listeners) listener.closeIdle()
    await delay(STOP_CHECK_MS)
  }
  for (const listener of listeners) listener.closeAll()
  await closed
}

/** Closes what was opened, last first; one that fails does not keep the others open. */
async function closeAll(closers: readonly (() => void | Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of [...closers].reverse()) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the engine did not close cleanly')
}
