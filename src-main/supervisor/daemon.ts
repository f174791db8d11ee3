import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './entry.ts'
import { type GaveUp, StartFailure, unusable } from './start-failure.ts'

/**
 * Starts a supervisor in the background, which lives on when this process ends, and resolves when its engine is well.
 * Brings neither client nor schemas along: a window waits for what this loads.
 * @throws StartFailure why the engine cannot start, and what to do
 */
export async function startDaemon(data: string, listen: string | undefined): Promise<void> {
  const logs = join(data, 'logs')
  let log: number
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 })
    log = openSync(join(logs, 'supervisor.log'), 'a', 0o600)
  } catch (error) {
    throw unusable(data, error)
  }
  const args = ['--data', data, ...(listen === undefined ? [] : ['--listen', listen])]
  const child = fork(bundle('supervisor.cjs'), args, {
    execArgv: [],
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  await started(child, data)
  if (child.connected) child.disconnect()
  child.unref()
}

/** Waits until the background supervisor says that the engine is well, or why not. */
function started(child: ChildProcess, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const failure = failureOf(message)
      if (failure === null) resolve()
      else reject(new StartFailure(failure))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(
        new StartFailure({
          code: 'supervisor_crashed',
          message: `The supervisor ended before the engine was well (${signal ?? `exit code ${code ?? 'unknown'}`}).`,
          fix: `Look at ${join(data, 'logs', 'supervisor.log')}.`,
        }),
      )
    })
  })
}

/** The supervisor's one message: `{ ok: true }`, or why it gave up. */
function failureOf(message: unknown): GaveUp | null {
  if (typeof message !== 'object' || message === null || !('message' in message)) return null
  const { message: text, code, fix } = message as { message: unknown; code?: unknown; fix?: unknown }
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: String(text),
    fix: typeof fix === 'string' ? fix : undefined,
  }
}
