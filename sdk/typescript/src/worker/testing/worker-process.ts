import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from './scripted-engine.ts'

const COMMAND = fileURLToPath(new URL('../../../bin/weir-sdk.mjs', import.meta.url))

/** A folder with modules. */
export class ProjectFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'weir-sdk-project-'))

  write(files: { readonly [path: string]: string }): this {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, path)), { recursive: true })
      writeFileSync(join(this.path, path), text)
    }
    return this
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** `weir-sdk worker start …` as it is used. */
export class WorkerProcess {
  output = ''
  code: number | null = null
  readonly child: ChildProcess

  constructor(folder: ProjectFolder, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [COMMAND, 'worker', 'start', ...args], {
      cwd: folder.path,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
    this.child.once('exit', (code, signal) => {
      this.code = code ?? (signal === null ? 1 : 128)
    })
  }

  async says(text: string | RegExp): Promise<void> {
    const isThere = (): boolean => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output))
    await eventually(isThere, `text ${String(text)} of the worker; it said: ${this.output}`)
  }

  async exit(): Promise<number> {
    await eventually(() => this.code !== null, `end of the worker; it said: ${this.output}`)
    return this.code ?? 0
  }

  async kill(): Promise<void> {
    if (this.code === null) this.child.kill('SIGKILL')
    await this.exit()
  }
}
