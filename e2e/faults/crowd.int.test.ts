import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProblemError, type Run, routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'
import { ended, inProject, project, read, start, step } from './runs.ts'
import { type CommandLine, commandLine, until } from './weir.ts'

const CALLS = 1_000
const RUNS = 500
const ITEMS = 10_000
const LINES = 200_000
const RACES = 30

let engine: EngineProcess
let weir: CommandLine
beforeAll(async () => {
  engine = await engineProcess()
  await engine.start()
  weir = await commandLine(engine.data)
})
afterAll(async () => {
  await weir?.remove()
  await engine?.remove()
})

const apply = (source: string) => engine.client.call(routes.workflows.apply, { ...inProject, body: { source } })
const begin = (workflow: string, n = 0) =>
  engine.client.call(routes.runs.start, { ...inProject, body: { workflow, params: n === 0 ? {} : { n } } })
const countProcesses = (command: string): number =>
  execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.endsWith(command)).length

/** How many calls were answered with what: `ok` or the code of the problem. */
async function tally(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const call of await Promise.allSettled(calls)) {
    const reason: unknown = call.status === 'rejected' ? call.reason : null
    const code = reason instanceof ProblemError ? reason.code : reason instanceof Error ? reason.message : 'unknown'
    const key = call.status === 'fulfilled' ? 'ok' : code
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

test(`${CALLS} calls at once, and ${RUNS} runs at once: each is answered, each run has its own result`, async () => {
  await apply(`name: many
params: {n: {type: integer, default: 0}}
steps: {x: {run: "echo \${{ params.n }} > o", outputs: {o: {text: o}}, resources: {cpus: 0.1}}}
`)
  const reads = Array.from({ length: CALLS }, (_, n) =>
    n % 2 === 0
      ? engine.client.call(routes.runs.list, { ...inProject, query: {} })
      : engine.client.call(routes.workflows.list, { ...inProject, query: {} }),
  )
  expect(await tally(reads)).toEqual({ ok: CALLS })
  const started = await Promise.all(Array.from({ length: RUNS }, (_, n) => begin('many', n + 1)))
  await until('the end of all', async () => {
    const query = { status: 'queued,running,waiting', limit: 1 }
    return (await engine.client.call(routes.runs.list, { ...inProject, query })).items.length === 0
  })
  for (const [n, { id }] of started.entries()) {
    const run = await read(engine.client, id)
    expect([run.status, step(run, 'x').outputs]).toEqual(['succeeded', { o: String(n + 1) }])
  }
})

test('the same key at the same moment starts one run', async () => {
  await apply('name: once\nsteps: {x: {run: "true"}}\n')
  const call = () =>
    engine.client.call(
      routes.runs.start,
      { ...inProject, body: { workflow: 'once', params: {} } },
      { idempotencyKey: 'the same' },
    )
  const runs = await Promise.all(Array.from({ length: 20 }, call))
  expect(new Set(runs.map(({ id }) => id)).size).toBe(1)
})

test('of answers at the same moment one counts, and only that one is told so', async () => {
  await apply('name: ask\nsteps: {a: {approval: {message: Well?}}}\n')
  for (let race = 0; race < RACES; race++) {
    const { id } = await begin('ask')
    await until('the question', async () => step(await read(engine.client, id), 'a').approval !== undefined)
    const params = { project, run: id, step: 'a' }
    const answers = [true, false, true, false]
    const results = await Promise.allSettled(
      answers.map((approved) => engine.client.call(routes.runs.approve, { params, body: { approved } })),
    )
    const accepted = answers.filter((_, index) => results[index]?.status === 'fulfilled')
    expect(accepted.length).toBe(1)
    expect((await ended(engine.client, id)).status).toBe(accepted[0] === true ? 'succeeded' : 'failed')
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'approval_not_waiting' })
    }
  }
})

test('a cancel that races the end: either it was too late and says so, or the run is cancelled', async () => {
  await apply('name: short\nsteps: {x: {run: "true"}, y: {needs: x, run: "true"}}\n')
  for (let race = 0; race < RACES; race++) {
    const { id } = await begin('short')
    await new Promise((resolve) => setTimeout(resolve, race))
    const answer = await engine.client
      .call(routes.runs.cancel, { params: { project, run: id }, body: {} })
      .catch((error: unknown) => error)
    const run = await ended(engine.client, id)
    if (answer instanceof Error) expect([answer, run.status]).toMatchObject([{ code: 'run_finished' }, 'succeeded'])
    else expect(run.status).toBe('cancelled')
  }
})

test(`a fan-out of ${ITEMS} processes is cancelled in the middle: nothing is left running`, async () => {
  const command = 'sleep 654.321'
  const source = `name: fan
steps:
  x: {forEach: {items: "\${{ range(${ITEMS}) }}", maxParallel: 20}, run: [sleep, "654.321"], resources: {cpus: 0.01}}
`
  const id = await start(engine.client, source)
  await until('the processes', async () => countProcesses(command) >= 20)
  await engine.client.call(routes.runs.cancel, { params: { project, run: id }, body: {} })
  const run: Run = await ended(engine.client, id)
  expect([run.status, run.counts.items.total, run.counts.items.done]).toEqual(['cancelled', ITEMS, ITEMS])
  expect(countProcesses(command)).toBe(0)
  expect((await weir('run', 'why', id)).out).toMatch(/cancelled/)
})

test(`${LINES} lines: a follower that is killed disturbs nobody, the next one gets them all`, async () => {
  const source = `name: talk\nsteps: {x: {run: "seq 1 ${LINES}; sleep 1; echo end"}}\n`
  const run = await start(engine.client, source)
  const args = ['resources/bin/weir.cjs', '--data', engine.data, 'run', 'logs', run, '--follow']
  const follower = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(follower.stdout, 'data')
  follower.kill('SIGKILL')
  await once(follower, 'exit')
  let expected = 1
  let last = ''
  const query = { stream: 'stdout' as const, follow: 'true' }
  for await (const line of engine.client.lines(routes.runs.logs, { params: { project, run }, query })) {
    if (line.text === String(expected)) expected += 1
    last = line.text
  }
  expect([expected - 1, last]).toEqual([LINES, 'end'])
  expect((await ended(engine.client, run)).status).toBe('succeeded')
  const health = await engine.client.call(routes.engine.health, {})
  expect([health.status, health.problems]).toEqual(['ok', []])
})
