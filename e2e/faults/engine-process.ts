import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { routes } from '../../src-shared/contract/index.ts'

const ENGINE = join('out', 'main', 'engine.cjs')
const HEALTHY_MS = 30_000

/** A real engine on a data folder of its own, which a test may kill and start as often as it likes. */
export interface EngineProcess {
  readonly data: string
  readonly client: Client
  /** What it has written to standard error since its last start */
  said(): string
  start(): Promise<void>
  /** SIGKILL: nothing is written, nothing is closed */
  kill(): Promise<void>
  /** SIGTERM and wait */
  stop(): Promise<void>
  /** Stops it and deletes its folder. */
  remove(): Promise<void>
}

/** @param folder of the data, e.g. a disk that is made for a test; a new one when absent */
export async function engineProcess(env: Record<string, string> = {}, folder?: string): Promise<EngineProcess> {
  if (!existsSync(ENGINE)) throw new Error(`${ENGINE} is not there: run "npm run build" first`)
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'weir-faults-')))
  const client = createNodeClient({ socketPath: join(data, 'engine.sock') })
  let child: ChildProcess | null = null
  let errors: string[] = []

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill(signal)
    await once(ending, 'exit')
  }
  return {
    data,
    client,
    said: () => errors.join(''),
    async start() {
      errors = []
      const fresh = spawn(process.execPath, [ENGINE, '--data', data, '--listen', '127.0.0.1:0'], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...env },
      })
      fresh.stderr.on('data', (text) => errors.push(String(text)))
      child = fresh
      const deadline = Date.now() + HEALTHY_MS
      for (;;) {
        try {
          if ((await client.call(routes.engine.health, {})).status === 'ok') return
        } catch (error) {
          if (fresh.exitCode !== null) throw new Error(`the engine ended: ${errors.join('')}`)
          if (Date.now() > deadline) throw error
        }
        await sleep(10)
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async remove() {
      await end('SIGTERM')
      client.close()
      if (folder === undefined) await rm(data, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
