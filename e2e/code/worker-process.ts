import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { ensurePython } from '../../scripts/python.mjs'
import { until } from '../faults/weir.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TYPESCRIPT = join(ROOT, 'sdk/typescript/bin/weir-sdk.mjs')

export const LANGUAGES = ['python', 'typescript'] as const
export type Language = (typeof LANGUAGES)[number]

/** How files of a language end. */
export const SUFFIX: Readonly<Record<Language, string>> = { python: 'py', typescript: 'ts' }

export interface WorkerPlace {
  readonly language: Language
  /** Folder that the modules are in */
  readonly folder: string
  /** Data folder of the engine, or an address of it */
  readonly engine: { readonly data: string } | { readonly url: string; readonly token: string }
  readonly project: string
  /** Folder of traces, see marks */
  readonly marks: string
  readonly env?: Readonly<Record<string, string>>
}

/** A worker of either SDK, as its own command starts it. */
export class WorkerProcess {
  output = ''
  private readonly child: ChildProcess
  private readonly ended: Promise<unknown>

  constructor({ language, folder, engine, project, marks, env: more }: WorkerPlace, args: readonly string[]) {
    const { WEIR_DATA: _data, WEIR_ENGINE: _engine, WEIR_TOKEN: _token, ...env } = process.env
    const where = 'data' in engine ? ['--data', engine.data] : ['--engine', engine.url]
    this.child = spawn(programOf(language), [...commandOf(language), '--project', project, ...where, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...env,
        MARKS: marks,
        PYTHONDONTWRITEBYTECODE: '1',
        ...more,
        ...('token' in engine ? { WEIR_TOKEN: engine.token } : {}),
      },
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.output += text.toString()
      })
    }
    this.ended = once(this.child, 'exit')
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Waits until it has said something so often; fails when it ends before. */
  async says(text: RegExp, times = 1): Promise<void> {
    const all = new RegExp(text, 'g')
    await until(`${times} × ${String(text)} of a worker`, async () => {
      if ([...this.output.matchAll(all)].length >= times) return true
      if (!this.isRunning) throw new Error(`the worker ended: ${this.output}`)
      return false
    })
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** Its exit code, once it has ended. */
  async exit(): Promise<number | null> {
    await this.ended
    return this.child.exitCode
  }

  /** SIGKILL: it says goodbye to nobody. */
  async kill(): Promise<void> {
    if (this.isRunning) this.child.kill('SIGKILL')
    await this.ended
  }
}

function programOf(language: Language): string {
  if (language === 'typescript') return process.execPath
  const python = ensurePython()
  if (python === null) throw new Error('there is no Python')
  return python
}

const commandOf = (language: Language): string[] =>
  language === 'typescript' ? [TYPESCRIPT, 'worker', 'start'] : ['-m', 'weir', 'worker', 'start']
