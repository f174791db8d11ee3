import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlite } from '../src-main/engine/storage/index.ts'
import { inTurn, type Measure, median } from './measure.ts'
import { inlineExecutor, openStage, PLENTY, planOfSource } from './stage.ts'

const ENGINE = join('out', 'main', 'engine.cjs')
const LIMIT_MS = 20_000
const IDLE_SECONDS = 10
/** Until what the start has left to do (reading ahead, collecting garbage) is over, in ms. */
const SETTLE_MS = 15_000

/** The least that a Node service can be: an HTTP server that answers one line. */
const BARE = `require('node:http').createServer((q, a) => a.end('ok')).listen(process.env.SOCKET)`

const answers = (socketPath: string, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const call = request({ socketPath, path, timeout: 1000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    call.on('error', () => resolve(false))
    call.end()
  })

async function untilHealthy(socketPath: string, path: string, start: number): Promise<number> {
  while (performance.now() - start < LIMIT_MS) {
    if (await answers(socketPath, path)) return performance.now() - start
    await sleep(2)
  }
  throw new Error(`nothing answers at ${socketPath}`)
}

const startEngine = (data: string): ChildProcess =>
  spawn(process.execPath, [ENGINE, '--data', data, '--listen', '127.0.0.1:0'], { stdio: 'ignore' })

const stop = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function coldStart(data: string): Promise<number> {
  const start = performance.now()
  const child = startEngine(data)
  const took = await untilHealthy(join(data, 'engine.sock'), '/api/v1/health', start)
  await stop(child)
  return took
}

async function bareStart(folder: string): Promise<number> {
  const socket = join(folder, 'bare.sock')
  await rm(socket, { force: true })
  const start = performance.now()
  const child = spawn(process.execPath, ['-e', BARE], { stdio: 'ignore', env: { ...process.env, SOCKET: socket } })
  const took = await untilHealthy(socket, '/', start)
  await stop(child)
  return took
}

/** Resident memory in MB and CPU time in ms of a process, from /proc. */
async function usage(pid: number): Promise<{ mb: number; cpuMs: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return { mb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024, cpuMs: ticks * 10 }
}

export async function engineMeasures(): Promise<Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  const data = join(folder, 'data')
  const start = await inTurn(
    9,
    () => coldStart(data),
    () => bareStart(folder),
  )
  const child = startEngine(data)
  await untilHealthy(join(data, 'engine.sock'), '/api/v1/health', performance.now())
  await sleep(SETTLE_MS)
  const before = await usage(child.pid ?? 0)
  await sleep(IDLE_SECONDS * 1000)
  const after = await usage(child.pid ?? 0)
  await stop(child)
  await rm(folder, { recursive: true, force: true })
  return [
    {
      name: 'engine, cold start to healthy',
      unit: 'ms',
      weir: median(start.weir),
      bare: median(start.bare),
      bareIs: 'node with one HTTP route',
      target: 300,
      samples: 9,
    },
    { name: 'engine, idle memory', unit: 'MB', weir: after.mb, bare: null, bareIs: '', target: 120, samples: 1 },
    {
      name: `engine, idle CPU over ${IDLE_SECONDS} s`,
      unit: '%',
      weir: (after.cpuMs - before.cpuMs) / (IDLE_SECONDS * 10),
      bare: null,
      bareIs: '',
      target: null,
      samples: 1,
    },
  ]
}

const RECORDED = 100_000

/** An engine that finds 100,000 recorded steps of a run that still waits for a person. */
export async function restartMeasures(): Promise<Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  const project = join(folder, 'data', 'projects', 'default')
  await mkdir(project, { recursive: true, mode: 0o700 })
  const source = `name: recorded
steps:
  each: {run: "true", resources: {cpus: 0.001}, forEach: "\${{ range(${RECORDED}) }}"}
  ok: {needs: each, approval: {message: "Go on?"}}
`
  const plan = planOfSource(source)
  const stage = await openStage(inlineExecutor, PLENTY, project)
  const storage = openSqlite(join(project, 'project.db'))
  await storage.saveWorkflow({
    name: plan.name,
    description: null,
    digest: plan.digest,
    source,
    files: '[]',
    steps: 2,
    at: 1,
  })
  void stage.run(plan)
  while (![...stage.orchestrator.state.runs.values()].some((run) => run.steps.get('ok')?.phase === 'approval')) {
    await sleep(20)
  }
  await storage.close()
  await stage.close()

  const data = join(folder, 'data')
  const bare = join(folder, 'empty')
  const healthy = await inTurn(
    3,
    () => coldStart(data),
    () => coldStart(bare),
  )
  const ready = await inTurn(
    3,
    () => untilReady(data),
    () => untilReady(bare),
  )
  await rm(folder, { recursive: true, force: true })
  const measure = (name: string, pair: { weir: number[]; bare: number[] }, target: number | null): Measure => ({
    name,
    unit: 'ms',
    weir: median(pair.weir),
    bare: median(pair.bare),
    bareIs: 'the same with an empty project',
    target,
    samples: 3,
  })
  return [
    measure(`restart with ${RECORDED} recorded steps, to healthy`, healthy, 1000),
    measure(`restart with ${RECORDED} recorded steps, to taken back`, ready, null),
  ]
}

/** Until the orchestrator answers a call, for which it must have replayed its journal and taken its executions back. */
async function untilReady(data: string): Promise<number> {
  const start = performance.now()
  const child = startEngine(data)
  const socket = join(data, 'engine.sock')
  await untilHealthy(socket, '/api/v1/health', start)
  const took = await untilHealthy(socket, '/api/v1/engine', start)
  await stop(child)
  return took
}
