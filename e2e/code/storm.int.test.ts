import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Run, type RunEvent, type RunSummary, routes } from '../../src-shared/contract/index.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere } from './languages.ts'
import { compare, expected, readTraces } from './storm-trace.ts'
import { LANGUAGES, type WorkerProcess } from './worker-process.ts'

/** Kills of the engine under load. The nightly run raises it. */
const KILLS = Number(process.env['WEIR_KILLS'] ?? 16)
/** Kills of workers, each of which costs its runs the 30 s that the engine waits for it. */
const WORKER_KILLS = Math.ceil(KILLS / 8)
const EXECUTOR_KILLS = KILLS
/** Longest time between a start and the next kill; most are shorter. */
const LONGEST_LIFE_MS = 1_500
const WIDTH = 6
/** Runs that are under way at once in each language: more wait for those before them. */
const AT_ONCE = 3
const DEADLINE_MS = 150_000 + KILLS * 6_000
const STEP_MS = 200
const WORKER = ['--register', '--concurrency', '4']
const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled']

let place: Bench
let labs: Lab[] = []
const workers: { lab: Lab; process: WorkerProcess }[] = []

beforeAll(async () => {
  place = await bench()
  labs = await Promise.all(LANGUAGES.filter(isThere).map((language) => place.lab(language)))
  for (const lab of labs) workers.push({ lab, process: await lab.worker(['storm'], WORKER) })
})
afterAll(() => place.remove())

/** Starts runs and remembers them; a start whose answer an engine took with it is asked again with the same key. */
class Load {
  readonly started: { lab: Lab; id: string }[] = []
  readonly #open = new Map<string, Lab>()

  /** As many runs as may be under way. */
  async fill(): Promise<void> {
    for (const [id, lab] of this.#open) {
      const run = await patiently(() => summary(lab, id))
      if (ENDED.includes(run.status)) this.#open.delete(id)
    }
    for (const lab of labs) {
      const own = [...this.#open.values()].filter((one) => one === lab).length
      for (let at = own; at < AT_ONCE; at++) await this.#start(lab)
    }
  }

  async #start(lab: Lab): Promise<void> {
    const key = lab.name()
    const body = { workflow: 'storm', params: { key, width: WIDTH }, workspace: 'main' }
    const { id } = await patiently(() =>
      lab.engine.client.call(routes.runs.start, { ...lab.inProject, body }, { idempotencyKey: `storm-${key}` }),
    )
    this.started.push({ lab, id })
    this.#open.set(id, lab)
  }

  /** All runs, once they have ended; each with the result that is due. */
  async ended(): Promise<Run[]> {
    const deadline = performance.now() + DEADLINE_MS
    const runs: Run[] = []
    for (const { lab, id } of this.started) {
      while (!ENDED.includes((await summary(lab, id)).status)) {
        if (performance.now() > deadline) throw new Error(await why(lab, id))
        await sleep(STEP_MS)
      }
      const run = await lab.run(id)
      expect(run.result?.outputs?.['result'], JSON.stringify(run.result?.error)).toEqual(expected(WIDTH))
      runs.push(run)
    }
    return runs
  }
}

/** Asks until there is an engine that answers. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(20)
    }
  }
}

const summary = (lab: Lab, run: string): Promise<RunSummary> =>
  lab.engine.client.call(routes.runs.get, { params: { project: lab.project, run }, query: { steps: 'none' } })

async function why(lab: Lab, run: string): Promise<string> {
  const { steps } = await lab.run(run)
  const open = steps.filter(({ status }) => !['succeeded', 'cached'].includes(status))
  return `run ${run} of ${lab.project} does not end: ${JSON.stringify(open).slice(0, 4_000)}`
}

async function journal(lab: Lab): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (let after = 0; ; ) {
    const page = await lab.engine.client.call(routes.events.list, { ...lab.inProject, query: { after } })
    events.push(...page.items)
    if (page.items.length === 0) return events
    after = page.cursor
  }
}

/** Each run has one end in the journal. */
async function endsOnce(runs: readonly Run[]): Promise<void> {
  for (const lab of labs) {
    const ends = (await journal(lab)).flatMap(({ type, run }) => (type === 'run.finished' ? [run] : []))
    const own = runs.filter(({ project }) => project === lab.project).map(({ id }) => id)
    expect(ends.filter((run) => own.includes(run)).sort()).toEqual(own.sort())
  }
}

/** Process of a task that has begun and not ended, if there is one now. */
async function busyProcess(): Promise<number | null> {
  const open = new Map<string, number>()
  for (const { event, execution, pid } of await readTraces(place.marks)) {
    if (event === 'begin') open.set(execution, pid)
    else open.delete(execution)
  }
  return [...open.values()].at(-1) ?? null
}

/** SIGKILL to a process of a task; false when it had ended by itself, and its number may be another process's. */
async function killed(pid: number): Promise<boolean> {
  try {
    const isOurs = !existsSync('/proc') || (await readFile(`/proc/${pid}/environ`, 'utf8')).includes(place.marks)
    return isOurs && process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ESRCH', 'ENOENT'].includes(String(error.code))) return false
    throw error
  }
}

describe('workflows of code under load', () => {
  test(
    `the engine is killed ${KILLS} times: nothing is lost, nothing runs twice`,
    async () => {
      const load = new Load()
      for (let kill = 0; kill < KILLS; kill++) {
        const filling = load.fill()
        // Some kills hit an engine that still starts, or takes its work back; most one that is well on its way.
        await sleep(Math.random() * LONGEST_LIFE_MS)
        await place.engine.kill()
        await place.engine.start()
        await filling
      }
      const runs = await load.ended()
      const tally = compare(runs, await readTraces(place.marks))
      // What an engine had ordered and the worker never heard of counts as lost, and was not begun.
      expect(tally.interrupted, 'executions that were given up though they ran').toBe(0)
      await endsOnce(runs)
      console.log(`${KILLS} kills, ${runs.length} runs, ${JSON.stringify(tally)}`)
    },
    2 * DEADLINE_MS,
  )

  test(
    `workers and processes of tasks are killed: what had begun goes again, on record`,
    async () => {
      const load = new Load()
      const before = (await readTraces(place.marks)).length
      for (let kill = 0, worker = 0; kill < EXECUTOR_KILLS; ) {
        await load.fill()
        if (worker < WORKER_KILLS && kill >= (worker * EXECUTOR_KILLS) / WORKER_KILLS) {
          await replaceWorker(worker)
          worker += 1
        }
        const pid = await busyProcess()
        if (pid !== null && (await killed(pid))) kill += 1
        await sleep(Math.random() * STEP_MS)
      }
      const runs = await load.ended()
      const traces = (await readTraces(place.marks)).slice(before)
      const tally = compare(runs, traces)
      expect(tally.interrupted).toBeGreaterThan(0)
      await endsOnce(runs)
      console.log(`${EXECUTOR_KILLS} processes, ${WORKER_KILLS} workers, ${runs.length} runs, ${JSON.stringify(tally)}`)
    },
    2 * DEADLINE_MS,
  )
})

/** Kills a worker, each language in its turn, and starts another one. */
async function replaceWorker(turn: number): Promise<void> {
  const one = workers[turn % workers.length]
  if (one === undefined) throw new Error('there is no worker')
  await one.process.kill()
  one.process = one.lab.launch(['storm'], WORKER)
}
