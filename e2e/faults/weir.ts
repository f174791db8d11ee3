import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = join('resources', 'bin', 'weir.cjs')
const POLL_MS = 50
/** Only a hang reaches it. */
const DEADLINE_MS = 60_000

export interface Answer {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The built command line on a data folder, and a folder for definitions. */
export interface CommandLine {
  readonly folder: string
  readonly data: string
  (...args: readonly string[]): Promise<Answer>
  /** Saves a file below `folder`; answers its path. */
  file(name: string, body: string | Uint8Array): Promise<string>
  /** Deletes `folder`, and stops the engine of `data`. */
  remove(): Promise<void>
}

export async function commandLine(data?: string): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-faults-'))
  const place = data ?? join(folder, 'data')
  const run = (...args: readonly string[]): Promise<Answer> => program(['--data', place, ...args])
  return Object.assign(run, {
    folder,
    data: place,
    async file(name: string, body: string | Uint8Array) {
      const path = join(folder, name)
      await writeFile(path, body)
      return path
    },
    async remove() {
      await run('boot', 'down')
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  })
}

function program(args: readonly string[]): Promise<Answer> {
  const { WEIR_DATA: _data, WEIR_ENGINE: _engine, WEIR_TOKEN: _token, ...env } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, LC_ALL: 'C.UTF-8', NO_COLOR: '1' },
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}

/** Waits until `look` answers something else than null, false or undefined. */
export async function until<T>(what: string, look: () => Promise<T | null | false | undefined>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const found = await look()
    if (found !== null && found !== false && found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await sleep(POLL_MS)
  }
}
