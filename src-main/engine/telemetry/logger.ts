import { join } from 'node:path'
import { type Logger as PinoLogger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import type { EngineSettings } from '../../../src-shared/contract/index.ts'
import { RotatingFile } from './rotating-file.ts'

/** What code logs with: an object of facts, then a sentence. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Record<string, unknown>): Logger
}

export interface LogFile {
  readonly log: Logger
  readonly path: string
  setLevel(level: LogLevel): void
  /** Writes what waits; the log stays usable. */
  flush(): void
  close(): void
}

/** Fields that never reach the log, wherever they stand near the top of what is logged. */
const SECRET_FIELDS = ['authorization', 'token', 'password', 'secret', 'secrets', 'cookie', 'env', 'params']
const redacted = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

type LogLevel = EngineSettings['logLevel']

/** The engine's own log: JSON lines in `<data>/logs/engine.log`, put aside by size, secrets left out. */
export function openLog(data: string, level: LogLevel = 'info'): LogFile {
  const path = join(data, 'logs', 'engine.log')
  const file = new RotatingFile(path)
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: factsOf },
      redact: { paths: redacted, censor: '(left out)' },
    },
    file,
  )
  const setLevel = (next: LogLevel): void => {
    log.level = next
  }
  return { log, path, setLevel, flush: () => file.flush(), close: () => file.close() }
}

/**
 * Kind, words, stack (with those of its causes) and plain facts of an error. Objects that it carries stay out: a warning of
 * Node holds the emitter that it is about, which may be a request with the caller's token in its depths.
 */
function factsOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const facts: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(stdSerializers.err(error))) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) facts[name] = value
  }
  return error instanceof AggregateError ? { ...facts, errors: error.errors.map(factsOf) } : facts
}

/** Logs nothing: for tests and tools that have no folder. */
export const silentLog = (): Logger => pino({ level: 'silent' })
