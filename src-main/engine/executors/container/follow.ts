import { setTimeout as delay } from 'node:timers/promises'
import type { LogWriter } from '../log-writer.ts'
import type { DockerApi } from './api.ts'
import { isBrokenLog, LogCopy } from './logs.ts'

/** How long Docker may take to end a log after its container ended; then it is not waited for. */
const LOG_END_MS = 2_000
/** How many frames are looked at for what the followed log left out. */
const TAIL_FRAMES = 200

/**
 * Copies the log of a container while it runs, until it has ended and the whole log is copied. Rejects when Docker goes
 * away, when the log cannot be written, and when `signal` is aborted.
 */
export async function followToEnd(
  api: DockerApi,
  id: string,
  log: LogWriter,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const scope = AbortSignal.any([signal, stop.signal])
  const copy = new LogCopy(log)
  try {
    const copied = api.logs(id, { follow: true }, scope).then((source) => copy.copy(source, scope))
    const ended = api.waitForExit(id, scope)
    // Whichever breaks first is the reason; a log that is complete says nothing about the exit.
    await Promise.race([ended, copied.then(() => ended)])
    await Promise.race([copied, delay(LOG_END_MS, undefined, { signal: scope, ref: false })])
    stop.abort()
    await copied.catch((error: unknown) => {
      if (isBrokenLog(error) || !stop.signal.aborted) throw error // else it was stopped just now
    })
    await complete(api, id, copy, signal)
  } catch (error) {
    if (!isBrokenLog(error)) throw error
    // The step itself is not at fault, and what it computed is there.
    await log.note(`Docker could not read the rest of this log: ${error.message}`, now())
    await api.waitForExit(id, signal)
  } finally {
    stop.abort()
  }
}

async function complete(api: DockerApi, id: string, copy: LogCopy, signal: AbortSignal): Promise<void> {
  const tail = await api.logs(id, { follow: false, tail: TAIL_FRAMES }, signal)
  if (await copy.addMissing(tail, signal)) return
  await copy.copy(await api.logs(id, { follow: false }, signal), signal)
}
