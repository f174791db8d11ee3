import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, EngineUnreachable, nobodyListens } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { type EngineStatus, engineRoutes } from '../../src-shared/contract/index.ts'
import { askToStop, openControl } from './control.ts'
import { startDaemon } from './daemon.ts'
import { ENGINE_FILE, EngineFile } from './engine-file.ts'
import { socketPlace } from './socket-path.ts'
import { type GaveUp, StartFailure } from './start-failure.ts'
import { supervise } from './supervise.ts'

/** How long a stop may take: the engine's own limit, and the supervisor's kill. */
const DOWN_TIMEOUT_MS = 30_000
/** How long an engine may take to answer the question how it is. */
const STATUS_TIMEOUT_MS = 5_000
/** How often it is looked whether an engine without a supervisor has ended. */
const DOWN_CHECK_MS = 50

export interface BootOptions {
  readonly data: string
  /** Address of the API; the settings' or the default when absent */
  readonly listen?: string | undefined
  /** In the background: the engine lives on when this process ends */
  readonly daemon: boolean
  /** What the supervisor has to say, in the foreground; standard error when absent */
  readonly say?: (sentence: string) => void
}

export interface Boot {
  readonly status: EngineStatus
  /** Path of the engine's socket: hand it to `createNodeClient({ socketPath })` */
  readonly socketPath: string
  /** True when an engine ran already, and nothing was started */
  readonly isAlreadyRunning: boolean
  /** In the foreground: resolves when the engine has ended, with null when it was asked to. Null otherwise. */
  readonly ended: Promise<GaveUp | null> | null
  /** In the foreground: stops the engine. Does nothing otherwise. */
  stop(): void
}

/**
 * Starts the engine of a data folder with its supervisor, and resolves when it is well. An engine that runs already is
 * answered as it is.
 * @throws StartFailure why it cannot start, and what to do
 */
export async function bootUp(options: BootOptions): Promise<Boot> {
  const data = resolve(options.data)
  const running = await bootStatus(data)
  if (running !== null) return { ...running, isAlreadyRunning: true, ended: null, stop: () => undefined }
  return options.daemon ? bootDaemon(data, options) : bootForeground(data, options)
}

/** How the engine of a data folder is, or null when none answers on its socket, whatever `engine.json` says. */
export async function bootStatus(data: string): Promise<{ status: EngineStatus; socketPath: string } | null> {
  const socketPath = socketOf(resolve(data))
  const client = createNodeClient({ socketPath })
  try {
    const status = await client.call(engineRoutes.status, {}, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) })
    return { status, socketPath }
  } catch (error) {
    if (nobodyListens(error)) return null
    throw error
  } finally {
    client.close()
  }
}

/**
 * Stops the engine of a data folder and its supervisor, and resolves when both have ended; false when neither was there.
 * Steps that run go on, and are adopted at the next start.
 */
export async function bootDown(data: string, options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
  const folder = resolve(data)
  const timeoutMs = options.timeoutMs ?? DOWN_TIMEOUT_MS
  const late = new StartFailure({
    code: 'stop_timeout',
    message: `The engine of ${folder} did not stop within ${timeoutMs / 1000} s.`,
    fix: `Look at ${join(folder, 'logs', 'engine.log')}; its process is named in ${ENGINE_FILE}.`,
  })
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(late), timeoutMs)
  try {
    if (await askToStop(folder, deadline.signal)) return true
    return await stopUnsupervised(folder, deadline.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** An engine that was started by hand, or has lost its supervisor. */
async function stopUnsupervised(data: string, signal: AbortSignal): Promise<boolean> {
  const client = createNodeClient({ socketPath: socketOf(data) })
  try {
    await client.call(engineRoutes.shutdown, {}, { signal })
    while (await answers(client)) {
      signal.throwIfAborted()
      await delay(DOWN_CHECK_MS)
    }
    return true
  } catch (error) {
    if (nobodyListens(error)) return false
    throw error
  } finally {
    client.close()
  }
}

async function answers(client: Client): Promise<boolean> {
  try {
    await client.call(engineRoutes.health, {})
    return true
  } catch (error) {
    if (error instanceof EngineUnreachable) return !nobodyListens(error)
    throw error
  }
}

/** Where the engine said that it listens, or where it would. */
function socketOf(data: string): string {
  try {
    return EngineFile.parse(JSON.parse(readFileSync(join(data, ENGINE_FILE), 'utf8'))).socket
  } catch {
    return socketPlace(data, 'engine').path // no engine, or one that is about to say it
  }
}

async function bootForeground(data: string, options: BootOptions): Promise<Boot> {
  const say = options.say ?? ((sentence) => void process.stderr.write(`weir: ${sentence}\n`))
  let onStop: () => void = () => undefined
  const control = await openControl(data, () => onStop())
  const supervision = supervise({ data, listen: options.listen, say })
  onStop = () => supervision.stop()
  const ended = supervision.ended.finally(() => control.close())
  await supervision.ready
  const running = await bootStatus(data)
  if (running === null) {
    supervision.stop()
    throw new StartFailure({
      code: 'engine_crashed',
      message: 'The engine started, but ended at once.',
      fix: `Look at ${logOf(data)}.`,
    })
  }
  return { ...running, isAlreadyRunning: false, ended, stop: () => supervision.stop() }
}

async function bootDaemon(data: string, options: BootOptions): Promise<Boot> {
  await startDaemon(data, options.listen)
  const running = await bootStatus(data)
  if (running !== null) return { ...running, isAlreadyRunning: false, ended: null, stop: () => undefined }
  throw new StartFailure({
    code: 'engine_crashed',
    message: 'The engine started, but ended at once.',
    fix: `Look at ${logOf(data)}.`,
  })
}

const logOf = (data: string): string => join(data, 'logs', 'engine.log')
