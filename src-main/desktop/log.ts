import { appendFile, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

/** A log that has grown beyond this is put aside at the next start. */
const LIMIT_BYTES = 5 * 1024 * 1024

let file: string | null = null

/** What the desktop says goes beside the logs of engine and supervisor, where `engine.showLogs` leads. */
export function openLog(data: string): void {
  const folder = join(data, 'logs')
  const path = join(folder, 'desktop.log')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LIMIT_BYTES) renameSync(path, `${path}.old`)
    file = path
  } catch (error) {
    // A folder that cannot be used is said by the engine, in words and on the screen.
    process.stderr.write(`weir: no log: ${String(error)}\n`)
  }
}

/** One line. Never waits, never fails: a full disk must not end the desktop. */
export function log(sentence: string, error?: unknown): void {
  const what = error === undefined ? '' : ` ${error instanceof Error ? (error.stack ?? error.message) : inspect(error)}`
  const line = `${new Date().toISOString()} ${sentence}${what}\n`
  if (file === null) process.stderr.write(line)
  else appendFile(file, line, { mode: 0o600 }, (failure) => failure !== null && process.stderr.write(line))
}
