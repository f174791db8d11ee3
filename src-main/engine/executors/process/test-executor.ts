import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'vite'
import type { Executor, Job, Outcome, Report } from '../executor.ts'
import { readLog } from '../logs.ts'
import type { TestData } from '../test-job.ts'
import { createProcessExecutor } from './index.ts'
import type { TestOrder } from './test-engine.ts'

const POLL_MS = 5
/** A deadline that only a hang reaches. */
const PATIENCE_MS = 30_000

/** For tests: waits until something is so. Nothing, false and an empty text mean: not yet. */
export async function until<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
    const found = look()
    if (found !== null && found !== undefined && found !== false && found !== '') return found
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`)
  }
}

/** For tests: all reports, and waiting for them. */
export class Reports {
  readonly all: Report[] = []
  readonly take = (report: Report): void => void this.all.push(report)

  of(token: string): Report[] {
    return this.all.filter((report) => 'token' in report && report.token === token)
  }

  async first<T extends Report['type']>(token: string, type: T): Promise<Extract<Report, { type: T }>> {
    const isIt = (report: Report): report is Extract<Report, { type: T }> => report.type === type
    return until(`${token} is ${type}; so far ${JSON.stringify(this.of(token))}`, () => this.of(token).find(isIt))
  }

  async outcome(token: string): Promise<Outcome> {
    return (await this.first(token, 'finished')).outcome
  }
}

export interface LocalExecutor {
  readonly executor: Executor
  readonly reports: Reports
  /** Starts a job and waits for its end. */
  readonly run: (job: Job) => Promise<Outcome>
}

/** For tests: an executor in this process. */
export function localExecutor(data: TestData): LocalExecutor {
  const reports = new Reports()
  const executor = createProcessExecutor({ blobs: data.blobs, now: Date.now, report: reports.take })
  const run = (job: Job): Promise<Outcome> => {
    executor.start(job)
    return reports.outcome(job.token)
  }
  return { executor, reports, run }
}

/** For tests: an executor in another process, see test-engine.ts. */
export interface RemoteExecutor {
  readonly process: ChildProcess
  readonly reports: Reports
  readonly order: (order: TestOrder) => void
  /** Kills it as a crash or an out-of-memory killer would. */
  readonly crash: () => Promise<void>
}

export interface TestEngine {
  readonly startIn: (data: TestData) => RemoteExecutor
  readonly remove: () => void
}

/**
 * For tests: builds test-engine.ts, because plain Node does not read TypeScript. Packages stay outside, which is quick;
 * so that they are found, the file is put below the checkout.
 */
export async function buildTestEngine(): Promise<TestEngine> {
  mkdirSync('out', { recursive: true })
  const outDir = mkdtempSync(resolve('out', 'test-engine-'))
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: resolve('src-main/engine/executors/process/test-engine.ts'),
      outDir,
      rollupOptions: { output: { format: 'es', entryFileNames: 'engine.mjs' } },
    },
  })
  return {
    startIn: (data) => startIn(join(outDir, 'engine.mjs'), data),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  }
}

function startIn(file: string, data: TestData): RemoteExecutor {
  const reports = new Reports()
  const child = fork(file, [data.root], { execArgv: [] })
  child.on('message', (message) => reports.take(message as Report))
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    process: child,
    reports,
    order: (order) => void child.send(order),
    crash: () => {
      child.kill('SIGKILL')
      return gone
    },
  }
}

/** For tests: the lines of a job's log. */
export async function logOf(job: Job): Promise<string[]> {
  const lines: string[] = []
  for await (const { text } of readLog(job.folder, { mask: job.secrets ?? [] })) lines.push(text)
  return lines
}
