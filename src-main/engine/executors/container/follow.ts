import { setTimeout as delay } from 'node:timers/promises'
import type { LogWriter } from '../log-writer.ts'
import type { DockerApi } from './api.ts'
import { copyLogs, isBrokenLog } from './logs.ts'

/** How long Docker may take to end a log after its container ended; then the rest is read without following. */
const LOG_END_MS = 5_000

/**
 * Copies the log of a container while it runs, until it has ended and the whole log is copied. Rejects when Docker goes
 * away, when the log cannot be written, and when `signal` is aborted.
 */
export async function followToEnd(api: DockerApi, id: string, log: LogWriter, at: () => number, signal: AbortSignal) {
  const stop = new AbortController()
  const scope = AbortSignal.any([signal, stop.signal])
  try {
    const copied = copyAll(api, id, true, log, at, scope)
    const ended = api.waitForExit(id, scope)
    // Whichever breaks first is the reason; a log that is complete says nothing about the exit.
    await Promise.race([ended, copied.then(() => ended)])
    const late = delay(LOG_END_MS, 'late', { signal: scope, ref: false }).catch(() => 'late')
    if ((await Promise.race([copied, late])) !== 'late') return
    stop.abort()
    await copied.catch(() => undefined) // it was stopped just now
    await copyAll(api, id, false, log, at, signal)
  } finally {
    stop.abort()
  }
}

async function copyAll(
  api: DockerApi,
  id: string,
  follow: boolean,
  log: LogWriter,
  at: () => number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await copyLogs(await api.logs(id, follow, signal), log, signal)
  } catch (error) {
    if (!isBrokenLog(error)) throw error
    // The step itself is not at fault, and what it computed is there.
    await log.note(`Docker could not read the rest of this log: ${error.message}`, at())
  }
}
