import { writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { engineExit, type FromEngine, toEngine } from '../supervisor/protocol.ts'
import { type Engine, startEngine } from './compose.ts'

/**
 * The engine's process: `engine.cjs --data DIR [--listen ADDR:PORT]`, started by the supervisor, which it talks to over
 * the channel of `fork`; or by hand, where it talks on standard error.
 */

/** Longest time for a stop; the supervisor ends the process a little later anyway. */
const STOP_TIMEOUT_MS = 20_000

let engine: Engine | null = null
let isStopping = false

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, listen: { type: 'string' } } })
  const data = values.data ?? process.env.WEIR_DATA
  if (data === undefined) {
    throw new ProblemError('bad_request', 'The engine was started without a data folder.', {
      fix: 'Give one with --data DIR.',
    })
  }
  const built = dirname(fileURLToPath(import.meta.url))
  engine = await startEngine({
    data: resolve(data),
    listen: values.listen ?? process.env.WEIR_LISTEN,
    threadFile: join(built, 'orchestrator.cjs'),
    screens: join(built, '..', 'renderer'),
    onStopRequest: () => setImmediate(stop),
  })
  tell({ type: 'ready', socket: engine.socket, url: engine.url })
  if (process.send === undefined) say(`Weir answers at ${engine.url}`)
}

function stop(): void {
  // A stop that comes while the engine still starts is carried out as soon as there is something to stop.
  const running = engine
  if (running === null) process.exit(engineExit.stopped)
  if (isStopping) return
  isStopping = true
  running.stop().then(
    () => process.exit(engineExit.stopped),
    (error: unknown) => fail(error),
  )
  setTimeout(
    () => fail(new Error(`the engine did not stop within ${STOP_TIMEOUT_MS / 1000} s`)),
    STOP_TIMEOUT_MS,
  ).unref()
}

/** Ends the process and says why: to the log, to the supervisor, or on standard error. */
function fail(error: unknown): void {
  const isProblem = error instanceof ProblemError && engine === null
  const message = error instanceof Error ? error.message : String(error)
  engine?.log.fatal({ err: error }, 'the engine ends')
  engine?.flushLog()
  const code = isProblem ? engineExit.misconfigured : engineExit.crashed
  const fix = isProblem ? error.context.fix : undefined
  if (process.send === undefined) say(fix === undefined ? message : `${message} ${fix}`)
  else if (!isProblem) say(error instanceof Error ? (error.stack ?? message) : message)
  const failed: FromEngine = {
    type: 'failed',
    code: isProblem ? error.code : 'internal',
    message,
    isPermanent: isProblem,
    ...(fix === undefined ? {} : { fix }),
  }
  tell(failed, () => process.exit(code))
}

/** Standard error, written at once: the process may end right after. */
function say(text: string): void {
  try {
    writeSync(2, `weir engine: ${text}\n`)
  } catch {
    // Nobody reads it any more: the terminal was closed.
  }
}

function tell(message: FromEngine, then: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) then()
  // A supervisor that is gone is no reason to stop: the engine works on, and is found by its socket.
  else process.send(message, undefined, undefined, () => then())
}

process.on('message', (raw) => {
  const message = toEngine(raw)
  if (message?.type === 'ping') tell({ type: 'pong' })
  else if (message?.type === 'stop') stop()
})
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('SIGHUP', stop)
process.on('warning', (warning) => engine?.log.warn({ err: warning }, 'the runtime warns'))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

main().catch(fail)
