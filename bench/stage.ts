import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBlobStore } from '../src-main/engine/assets/index.ts'
import type { Executor, Report } from '../src-main/engine/executors/index.ts'
import { createClock } from '../src-main/engine/orchestrator/clock.ts'
import { newRunId } from '../src-main/engine/orchestrator/ids.ts'
import { createShared, joinMachine } from '../src-main/engine/orchestrator/machine.ts'
import { Orchestrator } from '../src-main/engine/orchestrator/orchestrator.ts'
import { createSecrets } from '../src-main/engine/orchestrator/secrets.ts'
import { createValues } from '../src-main/engine/orchestrator/values.ts'
import { type CommitBatch, openSqlite, type ProjectStorage } from '../src-main/engine/storage/index.ts'
import { type Plan, parseDefinition } from '../src-main/engine/workflows/index.ts'

/** An orchestrator on a database of its own, with the real storage and the executor that is asked for. */
export interface Stage {
  readonly folder: string
  readonly orchestrator: Orchestrator
  /** What was committed, in order */
  readonly batches: CommitBatch[]
  /** Runs a plan and resolves when its end is on disk; the time in ms. */
  run(plan: Plan): Promise<number>
  close(): Promise<void>
}

type MakeExecutor = (parts: {
  blobs: ReturnType<typeof openBlobStore>
  report: (report: Report) => void
  now: () => number
}) => Executor

export const PLENTY = { cpus: 1e6, memoryBytes: 2 ** 50, gpus: 0 }

/** Ends every execution at once, in this process: what is left is the durable core. */
export const inlineExecutor: MakeExecutor = ({ report, now }) => ({
  name: 'process',
  start: (job) =>
    report({ type: 'finished', token: job.token, at: now(), outcome: { status: 'succeeded', outputs: {} } }),
  adopt: (job) => report({ type: 'lost', token: job.token, at: now(), reason: 'nothing survives in this executor' }),
  kill: () => undefined,
  close: async () => undefined,
})

export async function openStage(make: MakeExecutor, capacity = PLENTY, kept?: string): Promise<Stage> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'weir-bench-')))
  const real = openSqlite(join(folder, 'project.db'))
  const batches: CommitBatch[] = []
  const storage: ProjectStorage = Object.assign(Object.create(real) as ProjectStorage, {
    commit(batch: CommitBatch) {
      batches.push(batch)
      return real.commit(batch)
    },
  })
  const blobs = openBlobStore(join(folder, 'blobs'))
  const clock = createClock(0)
  const waiting = new Map<string, () => void>()
  const orchestrator = new Orchestrator(
    {
      project: 'bench',
      runsFolder: join(folder, 'runs'),
      storage,
      values: createValues(blobs),
      secrets: createSecrets(join(folder, 'runs')),
      clock,
      capacity,
      machine: joinMachine({ shared: createShared(), slot: 0, channel: 'bench' }),
      executors: (report) => {
        const executor = make({ blobs, report, now: clock.now })
        return new Map([
          ['process', executor],
          ['container', executor],
        ])
      },
      imageDigest: async () => null,
      newRunId,
      published(entries) {
        for (const entry of entries) {
          if (entry.events.includes('"type":"run.finished"')) waiting.get(entry.run)?.()
        }
      },
      failed: (error) => {
        throw error
      },
    },
    await real.bumpEpoch(),
  )
  await orchestrator.recover()
  return {
    folder,
    orchestrator,
    batches,
    run: (plan) => runOn(orchestrator, waiting, plan),
    async close() {
      await orchestrator.close()
      await real.close()
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function runOn(orchestrator: Orchestrator, waiting: Map<string, () => void>, plan: Plan): Promise<number> {
  const run = newRunId()
  const start = performance.now()
  const ended = new Promise<void>((resolve) => waiting.set(run, resolve))
  await orchestrator.post({
    type: 'run.create',
    run,
    workflow: plan.name,
    version: 1,
    plan,
    workspace: 'main',
    params: { json: {} },
    secrets: [],
    priority: 0,
    trigger: 'manual',
    parent: null,
  })
  await ended
  waiting.delete(run)
  return performance.now() - start
}

export function planOfSource(source: string): Plan {
  const { plan, problems } = parseDefinition(source, [])
  if (plan === null) throw new Error(JSON.stringify(problems))
  return plan
}

export const chain = (length: number, run = 'true', cpus = 0.001): Plan =>
  planOfSource(
    [
      'name: chain',
      'steps:',
      ...Array.from(
        { length },
        (_, index) =>
          `  s${index}: {run: "${run}", resources: {cpus: ${cpus}}${index === 0 ? '' : `, needs: s${index - 1}`}}`,
      ),
    ].join('\n'),
  )

export const fanOut = (
  items: number,
  options: { run?: string; cpus?: number; maxParallel?: number; image?: string } = {},
): Plan =>
  planOfSource(`name: fan
steps:
  each:
    run: "${options.run ?? 'true'}"
    ${options.image === undefined ? '' : `image: ${options.image}`}
    resources: {cpus: ${options.cpus ?? 0.001}}
    forEach: {items: "\${{ range(${items}) }}"${options.maxParallel === undefined ? '' : `, maxParallel: ${options.maxParallel}`}}
`)
