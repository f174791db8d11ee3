import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bootDown, bootStatus, bootUp } from '../../src-main/supervisor/index.ts'
import type { Client } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { type Run, routes } from '../../src-shared/contract/index.ts'

const DEADLINE_MS = 30_000
const LOOK_MS = 25

/** Calls back until the answer is neither null nor false. */
export async function until<T>(what: string, look: () => Promise<T | null | false> | T | null | false): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const found = await look()
    if (found !== null && found !== false) return found
    if (Date.now() > deadline) throw new Error(`Not within ${DEADLINE_MS / 1000} s: ${what}`)
    await delay(LOOK_MS)
  }
}

/** What a test can do to the engine of its data folder, beside the desktop. */
export interface EngineHands {
  /** Starts one as `weir boot up -d` does, before the desktop or without it. */
  start(): Promise<void>
  /** Stops it as `weir boot down` does. */
  stop(): Promise<void>
  pid(): Promise<number | null>
  /** As a crash or the out-of-memory killer: the supervisor starts it again. Resolves when it is gone. */
  kill(): Promise<number>
  /** Both processes at once: nobody but the desktop can start it again. */
  killWithSupervisor(): Promise<number>
  /** A client on its socket; closed at the end of the test. */
  client(): Client
  /** Publishes a workflow. */
  publish(source: string): Promise<void>
  startRun(workflow: string, params?: Record<string, string | number>): Promise<string>
  run(id: string): Promise<Run>
  /** Waits until the run has that status. */
  runIs(id: string, status: Run['status']): Promise<Run>
}

export function engineHands(data: string): EngineHands & { close(): void } {
  const clients: Client[] = []
  const params = { project: 'default' }
  const pid = async (): Promise<number | null> => (await bootStatus(data).catch(() => null))?.status.pid ?? null
  const client = (): Client => {
    const socketPath = join(data, 'engine.sock')
    const [known] = clients
    if (known !== undefined) return known
    const made = createNodeClient({ socketPath })
    clients.push(made)
    return made
  }
  const kill = async (alsoSupervisor: boolean): Promise<number> => {
    const engine = await until('the engine answers', pid)
    if (alsoSupervisor) process.kill(parentOf(engine), 'SIGKILL')
    process.kill(engine, 'SIGKILL')
    await until('the engine is gone', () => !isAlive(engine))
    return engine
  }
  const run = (id: string): Promise<Run> => client().call(routes.runs.get, { params: { ...params, run: id } })
  return {
    async start() {
      await bootUp({ data, daemon: true, listen: '127.0.0.1:0' })
    },
    stop: async () => void (await bootDown(data)),
    pid,
    kill: () => kill(false),
    killWithSupervisor: () => kill(true),
    client,
    async publish(source) {
      await client().call(routes.workflows.apply, { params, body: { source } })
    },
    async startRun(workflow, values = {}) {
      const started = await client().call(routes.runs.start, { params, body: { workflow, params: values } })
      return started.id
    },
    run,
    runIs: (id, status) =>
      until(`run ${id} is ${status}`, async () => {
        const now = await run(id)
        return now.status === status && now
      }),
    close() {
      for (const open of clients) open.close()
    },
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Linux: the second word after the name of the program, which may itself hold spaces and brackets. */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
