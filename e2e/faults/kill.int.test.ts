import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type Run, type RunEvent, routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'

/** Kills of the engine while one run goes on. The nightly run raises it. */
const KILLS = Number(process.env.WEIR_KILLS ?? 25)
/** How often a kill comes while a slow process runs for sure, and leaves the next engine time to meet it. */
const SLOW_KILL_EVERY = 8
/** Longest time between a start and the next kill; most are shorter. */
const LONGEST_LIFE_MS = 3_000
const CONTAINER_STEPS = 30
const CHAIN_STEPS = 20
const PROCESS_STEPS = 500 - CONTAINER_STEPS - CHAIN_STEPS - 3
/** Every so many processes one takes seconds: it outlives the engine that started it and must be taken back. */
const SLOW_EVERY = 60
const DEADLINE_MS = 240_000 + KILLS * 5_000
const IMAGE = 'weir-test/busybox:1'
const project = 'default'

/** A run of 500 steps: a fan-out of processes, one of containers, and a chain; every process notes that it ran. */
const source = (notes: string, withContainers: boolean): string => {
  const note = `echo "$WEIR_STEP[$WEIR_INDEX]" >> ${notes}`
  const chain = Array.from(
    { length: CHAIN_STEPS },
    (_, index) =>
      `  c${index}: {run: '${note}', ${index === 0 ? '' : `needs: c${index - 1}, `}resources: {cpus: 0.01}}`,
  )
  return `name: killed
steps:
  many:
    forEach: {items: "\${{ range(${PROCESS_STEPS}) }}", maxParallel: 8}
    run: '${note}; sleep 0.0$((WEIR_INDEX % 7)); if [ $((WEIR_INDEX % ${SLOW_EVERY})) = 0 ]; then sleep 6; fi; echo "{\\"n\\": $WEIR_INDEX}" > n.json'
    outputs: {n: {json: n.json}}
    resources: {cpus: 0.01}
  boxes:
    forEach: {items: "\${{ range(${CONTAINER_STEPS}) }}", maxParallel: 3}
    run: 'echo $WEIR_INDEX > n.txt; echo box $WEIR_INDEX'
    ${withContainers ? `image: ${IMAGE}` : ''}
    outputs: {n: {text: n.txt}}
    resources: {cpus: 0.5}
${chain.join('\n')}
  last:
    needs: [c${CHAIN_STEPS - 1}]
    run: 'true'
outputs:
  sum: \${{ sum(steps.many.outputs.n.map(v, v.n)) }}
  boxes: \${{ size(steps.boxes.outputs.n) }}
  last: \${{ steps.last.status }}
`
}

let engine: EngineProcess | null = null
afterEach(async () => {
  await engine?.remove()
  engine = null
})

async function journal(client: EngineProcess['client'], run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (let after = 0; ; ) {
    const page = await client.call(routes.events.list, { params: { project }, query: { after, run } })
    events.push(...page.items)
    if (page.items.length === 0) return events
    after = page.cursor
  }
}

/** Until a process runs that goes on for seconds, or the run has ended. */
async function aSlowOneRuns(client: EngineProcess['client'], run: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (Date.now() < deadline) {
    const { status, steps } = await client.call(routes.runs.get, { params: { project, run } })
    const slow = steps.filter(({ name, index }) => name === 'many' && index !== undefined && index % SLOW_EVERY === 0)
    if (status === 'succeeded' || slow.some((item) => item.status === 'running')) return
    await sleep(50)
  }
  throw new Error('no slow process was started')
}

async function waitForEnd(client: EngineProcess['client'], run: string): Promise<Run> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const { status } = await client.call(routes.runs.get, { params: { project, run }, query: { steps: 'none' } })
    if (['succeeded', 'failed', 'cancelled'].includes(status)) {
      return client.call(routes.runs.get, { params: { project, run } })
    }
    if (Date.now() > deadline) {
      const why = await client.call(routes.runs.why, { params: { project, run } })
      throw new Error(`the run does not end: ${why.summary}`)
    }
    await sleep(200)
  }
}

describe('an engine that is killed', () => {
  test(
    `SIGKILL at ${KILLS} random moments of a run of 500 steps: nothing is lost, nothing is recorded twice`,
    async (context) => {
      const skip = process.env.WEIR_TEST_DOCKER_SKIP
      if (skip) context.skip(skip)
      engine = await engineProcess()
      const { client, data } = engine
      const notes = join(data, 'notes')
      await engine.start()
      await client.call(routes.workflows.apply, { params: { project }, body: { source: source(notes, true) } })
      const { id } = await client.call(routes.runs.start, { params: { project }, body: { workflow: 'killed' } })
      for (let kill = 0; kill < KILLS; kill++) {
        if (kill % SLOW_KILL_EVERY === 1) {
          // On a busy machine no engine may live long enough otherwise to meet a process of the one before.
          await aSlowOneRuns(client, id)
          await engine.kill()
          await engine.start()
          await sleep(LONGEST_LIFE_MS)
        }
        // Some kills hit an engine that still starts, most one that takes its run back, some one that is well on its way.
        await sleep(Math.random() ** 2 * LONGEST_LIFE_MS)
        await engine.kill()
        await engine.start()
      }
      const run = await waitForEnd(client, id)
      expect(run.status, JSON.stringify(run.result?.error)).toBe('succeeded')
      expect(run.result?.outputs).toEqual({
        sum: (PROCESS_STEPS * (PROCESS_STEPS - 1)) / 2,
        boxes: CONTAINER_STEPS,
        last: 'succeeded',
      })
      const units = run.steps.filter((step) => step.fanOut === undefined)
      expect(units.length).toBe(PROCESS_STEPS + CONTAINER_STEPS + CHAIN_STEPS + 1)
      for (const unit of units) {
        const ended = unit.executions.filter((execution) => execution.status === 'succeeded')
        expect(ended.length, `${unit.key} succeeded more or less than once`).toBe(1)
      }
      // Each process ran as often as attempts of it were really started: what an engine had not started is not counted.
      const ran = new Map<string, number>()
      for (const line of (await readFile(notes, 'utf8')).trim().split('\n')) ran.set(line, (ran.get(line) ?? 0) + 1)
      const twice = [...ran].filter(([, count]) => count > 1)
      expect(twice, 'started twice').toEqual([])
      expect(ran.size).toBe(PROCESS_STEPS + CHAIN_STEPS)
      const events = await journal(client, id)
      const ends = events.filter((event) => event.type === 'execution.finished')
      const keys = ends.map((event) => `${event.step}[${event.index}] ${JSON.stringify(event.data.status)} ${event.at}`)
      expect(new Set(keys).size).toBe(keys.length)
      expect(events.filter((event) => event.type === 'run.finished').length).toBe(1)
      const adopted = events.filter((event) => event.type === 'execution.adopted').length
      expect(adopted).toBeGreaterThan(0)
      console.log(`${KILLS} kills, ${adopted} executions adopted, ${ends.length - units.length} started again`)
    },
    DEADLINE_MS + 60_000,
  )
})
