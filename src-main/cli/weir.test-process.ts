import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const PROGRAM = join(import.meta.dirname, '../../resources/bin/weir.cjs')
const POLL_MS = 25
const DEADLINE_MS = 60_000

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What it has written so far, both streams */
  text(): string
  /** Waits until it has written something */
  says(pattern: RegExp): Promise<void>
}

/** The built command line on a data folder of its own. */
export class Weir {
  readonly folder: string
  readonly data: string

  private constructor(folder: string) {
    this.folder = folder
    this.data = join(folder, 'data')
  }

  static async create(): Promise<Weir> {
    return new Weir(await mkdtemp(join(tmpdir(), 'weir-cli-')))
  }

  start(args: readonly string[], input?: string): Started {
    return watch(
      spawn(process.execPath, [PROGRAM, '--data', this.data, ...args], { cwd: this.folder, env: environment() }),
      input,
    )
  }

  /** Without `--data`. */
  async bare(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return await watch(
      spawn(process.execPath, [PROGRAM, ...args], { cwd: this.folder, env: { ...environment(), ...env } }),
    ).ended
  }

  /** Against an address instead of the data folder. */
  async at(url: string, token: string | null, args: readonly string[]): Promise<Ended> {
    return await this.bare(['--engine', url, ...args], token === null ? {} : { WEIR_TOKEN: token })
  }

  /** In a pseudo terminal, made by script(1); what is typed goes to stdin. */
  startInTerminal(args: readonly string[]): Started {
    const command = [process.execPath, PROGRAM, '--data', this.data, ...args].map((word) => `'${word}'`).join(' ')
    const env = { ...environment(), TERM: 'xterm', COLUMNS: '100', LINES: '30' }
    return watch(
      spawn('script', ['-qefc', `stty cols 100 rows 30; exec ${command}`, '/dev/null'], { cwd: this.folder, env }),
    )
  }

  async run(args: readonly string[], input?: string): Promise<Ended> {
    return await this.start(args, input).ended
  }

  /** Runs with `-o json` and reads the one document on stdout. */
  async json(args: readonly string[]): Promise<unknown> {
    const { out, err, code } = await this.run([...args, '-o', 'json'])
    if (out === '') throw new Error(`weir ${args.join(' ')} printed nothing (exit code ${String(code)}): ${err}`)
    return JSON.parse(out)
  }

  async remove(): Promise<void> {
    await this.run(['boot', 'down'])
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Tests decide about folders, engines and colours, not the machine that they run on. */
function environment(): NodeJS.ProcessEnv {
  const {
    WEIR_DATA: _data,
    WEIR_ENGINE: _engine,
    WEIR_TOKEN: _token,
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    ...env
  } = process.env
  return { ...env, LC_ALL: 'C.UTF-8' }
}

function watch(child: ChildProcess, input?: string): Started {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  if (input !== undefined) child.stdin?.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  const text = (): string => out + err
  const says = (pattern: RegExp): Promise<void> =>
    until(
      () => pattern.test(text()),
      () => `${String(pattern)} in: ${text()}`,
    )
  return { child, ended, text, says }
}

/** Waits for a condition. */
export async function until(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const end = performance.now() + DEADLINE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what()}`)
    await delay(POLL_MS)
  }
}
