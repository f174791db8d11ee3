import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'
import type { TestContext } from 'vitest'
import { setUpTestDocker } from '../../../../../scripts/docker/index.mjs'
import { type Blobs, openBlobStore } from '../../../assets/index.ts'
import type { Job, Outcome, Report } from '../../executor.ts'
import { executionFolder } from '../../folder.ts'
import { type ContainerExecutor, createContainerExecutor } from '../index.ts'
import { OWNER_LABEL, TOKEN_LABEL } from '../labels.ts'

export const IMAGE = 'weir-test/busybox:1'
/** Only a hang reaches it. */
const DEADLINE_MS = 60_000
const POLL_MS = 20

/** A folder with a blob store, an executor on a real Docker engine, and what the executor reported. */
export interface Bench {
  readonly folder: string
  readonly blobs: Blobs
  readonly docker: Docker
  readonly host: string
  readonly executor: ContainerExecutor
  readonly reports: Report[]
  job(token: string, parts: Partial<Job>): Job
  /** The first report of this type about this job. */
  report<T extends Report['type']>(type: T, token: string): Promise<Extract<Report, { type: T }>>
  /** Starts a job and waits for its end. */
  run(token: string, parts: Partial<Job>): Promise<Outcome>
  log(job: Job, stream: 'stdout' | 'stderr' | 'system'): Promise<Buffer>
  containers(token?: string): Promise<Docker.ContainerInfo[]>
  /** Another executor on the same folder, as a restarted engine would make it. */
  restart(): Bench
  close(): Promise<void>
}

/** The address of the test engine; skips the test, with the reason, where there is none. */
export async function dockerHost(context: Pick<TestContext, 'skip'>): Promise<string> {
  const docker = await setUpTestDocker()
  if ('skipped' in docker) return context.skip(docker.skipped)
  return docker.host
}

export const dockerAt = (host: string): Docker => new Docker({ socketPath: host.slice('unix://'.length) })

export async function openBench(host: string): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-container-'))
  return benchOn(folder, host, true)
}

function benchOn(folder: string, host: string, owns: boolean): Bench {
  const blobs = openBlobStore(join(folder, 'blobs'))
  const docker = dockerAt(host)
  const reports: Report[] = []
  const report = (report: Report): void => void reports.push(report)
  const executor = createContainerExecutor({ blobs, report, now: Date.now, owner: folder, docker: host })
  const containers = (token?: string): Promise<Docker.ContainerInfo[]> => {
    const label = [`${OWNER_LABEL}=${folder}`, ...(token === undefined ? [] : [`${TOKEN_LABEL}=${token}`])]
    return docker.listContainers({ all: true, filters: { label } })
  }
  const bench: Bench = {
    folder,
    blobs,
    docker,
    host,
    executor,
    reports,
    containers,
    job: (token, parts) => makeJob(folder, token, parts),
    report: (type, token) => eventually(() => reports.find((r) => isAbout(r, type, token)) ?? null, `${type} ${token}`),
    async run(token, parts) {
      executor.start(bench.job(token, parts))
      return (await bench.report('finished', token)).outcome
    },
    log: (job, stream) => readFile(executionFolder(job.folder)[stream]).catch(() => Buffer.alloc(0)),
    restart: () => benchOn(folder, host, false),
    async close() {
      await executor.close()
      if (!owns) return
      const left = await containers().catch(() => [])
      await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
      await rm(folder, { recursive: true, force: true })
    },
  }
  return bench
}

function isAbout<T extends Report['type']>(
  report: Report,
  type: T,
  token: string,
): report is Extract<Report, { type: T }> {
  return report.type === type && 'token' in report && report.token === token
}

/** The first value that is not null. Fails, saying what it waited for. */
export async function eventually<T>(look: () => T | null | Promise<T | null>, what: string): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`)
    await delay(POLL_MS)
  }
}

export function makeJob(folder: string, token: string, parts: Partial<Job>): Job {
  const run = 'r2345678'
  return {
    token,
    project: 'default',
    run,
    workflow: 'test',
    workspace: 'main',
    step: token,
    index: null,
    attempt: 1,
    folder: join(folder, 'runs', run, token, '1'),
    command: 'true',
    image: IMAGE,
    env: {},
    workdir: null,
    files: [],
    context: { params: {}, steps: {}, run: { id: run, workflow: 'test', workspace: 'main' }, inputs: {} },
    outputs: {},
    resources: { cpus: 1, memoryBytes: 0, gpus: 0 },
    ...parts,
  }
}

export const withInputs = (inputs: Job['context']['inputs']): Pick<Job, 'context'> => ({
  context: { params: {}, steps: {}, run: { id: 'r2345678', workflow: 'test', workspace: 'main' }, inputs },
})
