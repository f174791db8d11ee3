import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineProcess, engineProcess } from '../e2e/faults/engine-process.ts'
import { type Json, routes } from '../src-shared/contract/index.ts'
import { type Measure, median, timed } from './measure.ts'

const MODULES = resolve('bench/code')
const CHAIN = 10
const FEW = 1_000
const MANY = 10_000
const ROUNDS = 3
/** Executions in processes of their own at once */
const CONCURRENCY = 2
const DISPATCHED = 30
const RUNS_AT_ONCE = 100
/** Fan-outs of MANY whose memory is compared with that before them */
const MEMORY_ROUNDS = 3
const RECORDED = 100_000
const LIMIT_MS = 10 * 60 * 1000
/** Until an engine has collected the garbage of what it did, in ms. */
const SETTLE_MS = 10_000

const IN_PROJECT = { params: { project: 'default' } }

interface Language {
  readonly name: 'Python' | 'TypeScript'
  readonly command: readonly [string, ...string[]]
  /** What a bare process is, for words */
  readonly bare: string
}

function languages(): Language[] {
  const typescript = [
    process.execPath,
    resolve('sdk/typescript/bin/weir-sdk.mjs'),
    'worker',
    'start',
    'flow.ts',
  ] as const
  const found: Language[] = [{ name: 'TypeScript', command: [...typescript], bare: 'node -e 0, one by one' }]
  const python = process.env['WEIR_BENCH_PYTHON']
  if (python === undefined) console.error('code: no Python on this machine, its measures are left out')
  else {
    const command = [python, '-m', 'weir', 'worker', 'start', 'flow.py'] as const
    found.unshift({ name: 'Python', command: [...command], bare: 'fork and exit, one by one' })
  }
  return found
}

/** A worker that hosts the module, until the function that is answered is called. */
async function startWorker({ command: [program, ...args] }: Language, engine: EngineProcess) {
  const { WEIR_DATA: _data, WEIR_ENGINE: _engine, WEIR_TOKEN: _token, ...env } = process.env
  const place = ['--data', engine.data, '--concurrency', String(CONCURRENCY)]
  const child = spawn(program, [...args, ...place], { cwd: MODULES, stdio: 'ignore', env })
  const deadline = Date.now() + LIMIT_MS
  for (;;) {
    const { items } = await engine.client.call(routes.workers.list, IN_PROJECT)
    if (items.some((worker) => worker.connected && Object.keys(worker.hosts).length > 0)) break
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the worker has ended: ${program} ${args.join(' ')}`)
    await sleep(20)
  }
  return async (): Promise<void> => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

/** Starts runs and answers their results. Looks rarely: who looks takes time from what is measured. */
class Runs {
  readonly engine: EngineProcess

  constructor(engine: EngineProcess) {
    this.engine = engine
  }

  async start(workflow: string, params: Record<string, Json>): Promise<string> {
    const body = { workflow, params, workspace: 'main' }
    return (await this.engine.client.call(routes.runs.start, { ...IN_PROJECT, body })).id
  }

  async ended(id: string): Promise<Json> {
    const deadline = Date.now() + LIMIT_MS
    while (Date.now() < deadline) {
      const run = await this.engine.client.call(routes.runs.get, {
        params: { project: 'default', run: id },
        query: { steps: 'none' },
      })
      if (run.status === 'succeeded') return run.result?.outputs?.['result'] ?? null
      if (run.finishedAt !== null) throw new Error(`run ${id} ${run.status}: ${JSON.stringify(run.result?.error)}`)
      await sleep(50)
    }
    throw new Error(`run ${id} does not end`)
  }

  async result(workflow: string, params: Record<string, Json>): Promise<number> {
    return Number(await this.ended(await this.start(workflow, params)))
  }

  /** Medians of some rounds after one that warms up. */
  async median(workflow: string, params: Record<string, Json>, rounds = ROUNDS): Promise<number> {
    const found: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const took = await this.result(workflow, params)
      if (round > 0) found.push(took)
    }
    return median(found)
  }
}

type Peer = Readonly<Record<string, number>>

/** The same through Dask.distributed; null where it is not installed. */
function dask(): Peer | null {
  const python = process.env['WEIR_BENCH_DASK']
  if (python === undefined) {
    console.error('code: Dask.distributed is not installed (Debian: python3-distributed), it is left out')
    return null
  }
  const said = execFileSync(python, [join(MODULES, 'dask_peer.py'), String(FEW), String(MANY)], { encoding: 'utf8' })
  const found = JSON.parse(said) as Record<string, number[]>
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, median(values)]))
}

/** Says it at once as well: the whole takes minutes. */
function measure(name: string, weir: number, rest: Partial<Measure> = {}): Measure {
  const made: Measure = { name, unit: 'ms', weir, bare: null, bareIs: '', target: null, samples: ROUNDS, ...rest }
  console.error(`  ${name}: ${made.weir.toFixed(1)} ${made.unit}`)
  return made
}

async function sharedMeasures(language: Language, runs: Runs, peer: Peer | null): Promise<Measure[]> {
  const beside = (key: string) => ({ bare: peer?.[key] ?? null, bareIs: peer === null ? '' : 'Dask, nothing on disk' })
  const shared = { isolation: 'shared' }
  const prefix = `${language.name}, shared: `
  const chain = await runs.median('chain', { n: CHAIN, ...shared })
  const few = await runs.median('fan_out', { n: FEW, ...shared })
  const many = await runs.median('fan_out', { n: MANY, ...shared })
  return [
    measure(`${prefix}chain of ${CHAIN}`, chain, { ...beside('chain'), target: 6 }),
    measure(`${prefix}fan-out of ${FEW}`, few, { ...beside(String(FEW)), target: 60 }),
    measure(`${prefix}fan-out of ${MANY}`, many, { ...beside(String(MANY)), target: 500 }),
  ]
}

async function freshMeasures(language: Language, runs: Runs): Promise<Measure[]> {
  const fresh = { isolation: 'process' }
  const prefix = `${language.name}, process each: `
  const bareIs = language.bare
  const dispatched = await runs.ended(await runs.start('dispatch', { n: DISPATCHED }))
  const dispatch = measure(`${prefix}call to the first line of its code`, median(dispatched as number[]), {
    target: 5,
    samples: DISPATCHED,
  })
  const chain = await runs.median('chain', { n: CHAIN, ...fresh })
  const few = await runs.median('fan_out', { n: FEW, ...fresh }, 1)
  const many = await runs.result('fan_out', { n: MANY, ...fresh })
  const bareChain = await runs.median('forks', { n: CHAIN })
  const bareFew = await runs.median('forks', { n: FEW }, 1)
  return [
    dispatch,
    measure(`${prefix}chain of ${CHAIN}`, chain, { bare: bareChain, bareIs }),
    measure(`${prefix}fan-out of ${FEW}`, few, { bare: bareFew, bareIs, samples: 1 }),
    // Ten times the bare ones of FEW: a loop has no other cost for more.
    measure(`${prefix}fan-out of ${MANY}`, many, { bare: bareFew * (MANY / FEW), bareIs, samples: 1 }),
  ]
}

/** Chains in many runs that are started together, to the end of the last one. */
async function crowdMeasure(language: Language, runs: Runs): Promise<Measure> {
  const params = { n: CHAIN, isolation: 'shared' }
  const took = await timed(async () => {
    const started = await Promise.all(Array.from({ length: RUNS_AT_ONCE }, () => runs.start('chain', params)))
    for (const id of started) await runs.ended(id)
  })
  return measure(`${language.name}: ${RUNS_AT_ONCE} runs at once, each a chain of ${CHAIN}`, took, { samples: 1 })
}

async function residentMb(engine: EngineProcess): Promise<number> {
  const { pid } = JSON.parse(await readFile(join(engine.data, 'engine.json'), 'utf8')) as { pid: number }
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024
}

/** What the engine keeps in memory of steps that have ended. */
async function memoryMeasure(runs: Runs): Promise<Measure> {
  const fan = { n: MANY, isolation: 'shared' }
  await runs.result('fan_out', fan)
  await sleep(SETTLE_MS)
  const before = await residentMb(runs.engine)
  for (let round = 0; round < MEMORY_ROUNDS; round++) await runs.result('fan_out', fan)
  await sleep(SETTLE_MS)
  const grown = (await residentMb(runs.engine)) - before
  return measure(`memory of the engine per ${MANY} finished steps`, Math.max(0, grown / MEMORY_ROUNDS), {
    unit: 'MB',
    samples: 1,
  })
}

/** A new start of the engine, killed while a run with many recorded calls goes on. */
async function restartMeasure(runs: Runs): Promise<Measure> {
  const { engine } = runs
  // In two runs: one has a limit of calls.
  await runs.start('recorded', { n: RECORDED / 2 })
  await runs.start('recorded', { n: RECORDED / 2 })
  const deadline = Date.now() + LIMIT_MS
  for (;;) {
    const { total } = await engine.client.call(routes.runs.questions, { ...IN_PROJECT, query: {} })
    if (total === 2) break
    if (Date.now() > deadline) throw new Error('the calls do not end')
    await sleep(200)
  }
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await engine.kill()
    took.push(await timed(() => engine.start()))
  }
  return measure(`restart with ${RECORDED} recorded calls, to healthy`, median(took), { target: 1_000 })
}

/** An engine and a worker of their own for some measures. */
async function withWorker(language: Language, act: (runs: Runs) => Promise<Measure[]>): Promise<Measure[]> {
  const engine = await engineProcess()
  await engine.start()
  const stop = await startWorker(language, engine)
  try {
    return await act(new Runs(engine))
  } finally {
    await stop()
    await engine.remove()
  }
}

/** Calls of functions that do nothing, through the workers of both languages. */
export async function codeMeasures(): Promise<Measure[]> {
  const peer = dask()
  const found: Measure[] = []
  for (const language of languages()) {
    const isPython = language.name === 'Python'
    const beside = isPython ? peer : null
    found.push(...(await withWorker(language, (runs) => sharedMeasures(language, runs, beside))))
    found.push(...(await withWorker(language, async (runs) => [await crowdMeasure(language, runs)])))
    if (isPython) found.push(...(await withWorker(language, async (runs) => [await memoryMeasure(runs)])))
    if (isPython) found.push(...(await withWorker(language, async (runs) => [await restartMeasure(runs)])))
  }
  // Last: thousands of processes take minutes.
  for (const language of languages())
    found.push(...(await withWorker(language, (runs) => freshMeasures(language, runs))))
  return found
}
