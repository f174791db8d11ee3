import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Blobs, openBlobStore } from '../../assets/index.ts'
import { type Executor, WorkerHub } from '../../executors/index.ts'
import { type CommitBatch, type JournalEntry, openSqlite, type ProjectStorage } from '../../storage/index.ts'
import { parseDefinition, type StepResources } from '../../workflows/index.ts'
import { type Calls, createCalls } from '../calls.ts'
import { createClock } from '../clock.ts'
import type { Event } from '../core/index.ts'
import { newRunId } from '../ids.ts'
import { ownMachine } from '../machine.ts'
import { Orchestrator } from '../orchestrator.ts'
import { createSecrets } from '../secrets.ts'
import { createValues, type Values } from '../values.ts'
import { deliver } from './code-worker.ts'
import { InProcessMachine } from './machine.ts'

export const ANA = { actor: 'ana', idempotencyKey: null }

const CAPACITY: StepResources = { cpus: 1_000, memoryBytes: 2 ** 40, gpus: 0 }

export interface Engine {
  readonly orchestrator: Orchestrator
  readonly calls: Calls
  readonly storage: ProjectStorage
  readonly blobs: Blobs
  /** Where workers connect; see testing/code-worker.ts */
  readonly hub: WorkerHub
  readonly values: Values
  /** What the orchestrator reported as broken */
  readonly failures: unknown[]
  readonly published: JournalEntry[]
}

/** Stands before each commit; may wait, or throw for a disk that refuses. */
export type CommitHook = (batch: CommitBatch, commit: () => Promise<readonly number[]>) => Promise<readonly number[]>

/** A project in a temporary folder, with the real database and blob store, on a machine that outlives its engines. */
export class TestProject {
  readonly machine = new InProcessMachine()
  private readonly folder: string
  private readonly opened: ProjectStorage[] = []
  private readonly engines: Engine[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<TestProject> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-orchestrator-'))
    await mkdir(join(folder, 'runs'))
    return new TestProject(folder)
  }

  /** Starts an orchestrator on what the folder holds, as the project's thread does. */
  async boot(hook: CommitHook = (_batch, commit) => commit()): Promise<Engine> {
    const real = openSqlite(join(this.folder, 'project.db'))
    this.opened.push(real)
    const storage: ProjectStorage = { ...real, commit: (batch) => hook(batch, async () => real.commit(batch)) }
    const blobs = openBlobStore(join(this.folder, 'blobs'))
    const runsFolder = join(this.folder, 'runs')
    const shared = {
      storage,
      blobs,
      runsFolder,
      values: createValues(blobs),
      secrets: createSecrets(runsFolder),
      newRunId,
    }
    const newest = (await real.journalAfter((await real.lastCursor()) - 1, 1))[0]
    const clock = createClock(newest?.at ?? 0)
    const failures: unknown[] = []
    const published: JournalEntry[] = []
    let hub: WorkerHub | null = null
    const orchestrator = new Orchestrator(
      {
        ...shared,
        project: 'default',
        clock,
        capacity: CAPACITY,
        machine: ownMachine(),
        executors: (report, code) => {
          const note = (text: string): void => void failures.push(new Error(text))
          const facts = { project: 'default', engine: 'test', post: deliver, note }
          hub = new WorkerHub({ ...facts, calls: code, report, blobs, now: clock.now })
          return new Map<string, Executor>([
            ['process', this.machine.executor(report)],
            ['worker', hub],
          ])
        },
        imageDigest: async () => null,
        published: (entries) => published.push(...entries),
        failed: (error) => failures.push(error),
      },
      await real.bumpEpoch(),
    )
    await orchestrator.recover()
    if (hub === null) throw new Error('the orchestrator makes its executors at once')
    const engine: Engine = {
      hub,
      values: shared.values,
      orchestrator,
      storage,
      blobs,
      failures,
      published,
      calls: createCalls({ ...shared, orchestrator, now: clock.now, hub: null }),
    }
    this.engines.push(engine)
    return engine
  }

  async save({ calls }: Engine, source: string): Promise<void> {
    const { plan, problems } = parseDefinition(source, [])
    if (plan === null) throw new Error(`the test's workflow is wrong: ${JSON.stringify(problems)}`)
    const { name, digest, steps } = plan
    await calls.saveWorkflow({ name, description: null, digest, source, files: '[]', steps: steps.length, at: 0 })
  }

  /** The engine dies: it hears and does nothing more, and its database handle is left to the process. */
  abandon(engine: Engine): void {
    this.machine.forsake()
    this.engines.splice(this.engines.indexOf(engine), 1)
  }

  async dispose(): Promise<void> {
    for (const { orchestrator } of this.engines) await orchestrator.close()
    for (const storage of this.opened) await storage.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

const DEADLINE_MS = 15_000
const POLL_MS = 2

/** Waits until something holds; fails with what it was waiting for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Waits for the end of a run on disk; returns its status. */
export async function ended({ storage }: Engine, run: string): Promise<string> {
  await until(`the end of run ${run}`, async () => (await storage.run(run))?.finishedAt != null)
  return (await storage.run(run))?.status ?? ''
}

/** All events of a run, from disk. */
export async function events({ storage }: Engine, run: string): Promise<Event[]> {
  return (await storage.journal(run, 0)).flatMap((entry) => JSON.parse(entry.events) as Event[])
}
