import { cpSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Json, LogLine, Run, RunStep, RunSummary, Worker } from '../../src-shared/contract/index.ts'
import { routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from '../faults/engine-process.ts'
import { until } from '../faults/weir.ts'
import { type Language, SUFFIX, WorkerProcess } from './worker-process.ts'

const CODE = resolve(import.meta.dirname)
type Env = Readonly<Record<string, string>>
const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled']
/** Executions in processes at once, where not said: what a run needs whose steps follow each other. */
const CONCURRENCY = '2'

/** An engine for the cases of a file, with a folder for the traces of code. */
export interface Bench {
  readonly engine: EngineProcess
  readonly marks: string
  /** A project for the modules of a language, or of several. */
  lab(language: Language, project?: string): Promise<Lab>
  remove(): Promise<void>
}

/** @param env of the engine */
export async function bench(env: Env = {}): Promise<Bench> {
  const engine = await engineProcess({ ...env })
  await engine.start()
  const marks = await mkdtemp(join(tmpdir(), 'weir-marks-'))
  const labs: Lab[] = []
  return {
    engine,
    marks,
    async lab(language, project = language) {
      await engine.client.call(routes.projects.create, { body: { name: project, description: '' } })
      const made = new Lab(engine, marks, language, project)
      labs.push(made)
      return made
    },
    async remove() {
      for (const lab of labs) await lab.close()
      await engine.remove()
      await rm(marks, { recursive: true, force: true })
    },
  }
}

/** One language in one project of an engine: starts runs, and looks at what became of them. */
export class Lab {
  readonly engine: EngineProcess
  readonly language: Language
  readonly project: string
  private readonly marks: string
  private readonly workers: WorkerProcess[] = []
  private readonly folders: string[] = []
  private names = 0

  constructor(engine: EngineProcess, marks: string, language: Language, project: string) {
    this.engine = engine
    this.marks = marks
    this.language = language
    this.project = project
  }

  /** The same project, for workers of another language. */
  with(language: Language): Lab {
    return new Lab(this.engine, this.marks, language, this.project)
  }

  get inProject(): { params: { project: string } } {
    return { params: { project: this.project } }
  }

  /** `calls.py`, `calls.ts` */
  file(module: string): string {
    return `${module}.${SUFFIX[this.language]}`
  }

  /** The class of an error in this language. */
  type(python: string, typescript: string): string {
    return this.language === 'python' ? python : typescript
  }

  /** Starts a worker in the folder of the language, or in another one, and waits until it hosts its modules. */
  async worker(modules: readonly string[], args: readonly string[] = ['--register'], folder?: string, env?: Env) {
    const worker = this.launch(modules, args, folder, env)
    await worker.says(/Hosts |Connected/)
    return worker
  }

  /** Starts a worker, and does not wait. */
  launch(modules: readonly string[], args: readonly string[], folder = join(CODE, this.language), env: Env = {}) {
    const { language, project, marks } = this
    const place = { language, folder, project, marks, env, engine: { data: this.engine.data } }
    const files = modules.map((module) => this.file(module))
    const worker = new WorkerProcess(place, ['--concurrency', CONCURRENCY, ...args, ...files])
    this.workers.push(worker)
    return worker
  }

  /** A copy of the language's folder, to be edited. */
  async copy(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-code-'))
    cpSync(join(CODE, this.language), folder, { recursive: true })
    this.folders.push(folder)
    return folder
  }

  /** Changes a file of a copy. */
  async edit(folder: string, module: string, change: (text: string) => string): Promise<void> {
    const path = join(folder, this.file(module))
    const before = await readFile(path, 'utf8')
    const after = change(before)
    if (after === before) throw new Error(`the edit changes nothing in ${path}`)
    await writeFile(path, after)
  }

  /** A name that no other case uses. */
  name(): string {
    this.names += 1
    return `${this.project}-${this.names}`
  }

  /** What code has left as a trace. */
  mark(name: string): Promise<string> {
    return readFile(join(this.marks, name), 'utf8').catch(() => '')
  }

  async marked(name: string, text: string): Promise<void> {
    await until(`the trace ${text} in ${name}`, async () => (await this.mark(name)) === text)
  }

  /** Lets code through that waits at a gate. */
  async open(name: string): Promise<void> {
    await writeFile(join(this.marks, `${name}.open`), '')
  }

  async start(workflow: string, params: Record<string, Json> = {}, workspace = 'main'): Promise<string> {
    const body = { workflow, params, workspace }
    return (await this.engine.client.call(routes.runs.start, { ...this.inProject, body })).id
  }

  run(run: string): Promise<Run> {
    return this.engine.client.call(routes.runs.get, { params: { project: this.project, run } })
  }

  /** The run, once it has ended. */
  async ended(run: string): Promise<Run> {
    const last = await until(`the end of run ${run}`, async () => {
      const now: RunSummary | null = await this.engine.client
        .call(routes.runs.get, { params: { project: this.project, run }, query: { steps: 'none' } })
        .catch(() => null) // the engine is just starting again
      return now !== null && ENDED.includes(now.status) ? now : null
    })
    return this.run(last.id)
  }

  /** The result of a run that succeeds. */
  async value(run: string): Promise<Json> {
    const { status, result, steps } = await this.ended(run)
    if (status === 'succeeded') return result?.outputs?.['result'] ?? null
    throw new Error(`run ${run} ${status}: ${JSON.stringify(result?.error)}, ${steps.map(brief).join(', ')}`)
  }

  /** Starts a run, and answers its result. */
  async result(workflow: string, params: Record<string, Json> = {}, workspace?: string): Promise<Json> {
    return this.value(await this.start(workflow, params, workspace))
  }

  async step(run: string, key: string): Promise<RunStep> {
    const { steps } = await this.run(run)
    const found = steps.find((one) => one.key === key)
    if (found === undefined) throw new Error(`there is no step ${key}, but ${steps.map(brief).join(', ')}`)
    return found
  }

  /** Waits until a step has come so far. */
  reaches(run: string, key: string, status: RunStep['status']): Promise<RunStep> {
    return until(`${key} being ${status}`, async () => {
      const { steps } = await this.run(run)
      return steps.find((one) => one.key === key && one.status === status)
    })
  }

  async keys(run: string): Promise<string[]> {
    return (await this.run(run)).steps.map(({ key }) => key)
  }

  async logs(run: string, query: { step?: string; tail?: number } = {}): Promise<LogLine[]> {
    const lines: LogLine[] = []
    const call = { params: { project: this.project, run }, query }
    for await (const line of this.engine.client.lines(routes.runs.logs, call)) lines.push(line)
    return lines
  }

  async connected(): Promise<Worker[]> {
    const { items } = await this.engine.client.call(routes.workers.list, this.inProject)
    return items.filter((one) => one.connected)
  }

  async workspace(base = 'main'): Promise<string> {
    const name = this.name()
    await this.engine.client.call(routes.workspaces.create, { ...this.inProject, body: { name, base } })
    return name
  }

  /** Ends its workers and deletes its copies. */
  async close(): Promise<void> {
    for (const worker of this.workers) await worker.kill()
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true })
  }
}

const brief = ({ key, status }: RunStep): string => `${key} ${status}`
