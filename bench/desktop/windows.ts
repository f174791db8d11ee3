import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { type Display, openDisplay } from '../../e2e/desktop/display.ts'
import { type EngineHands, engineHands } from '../../e2e/desktop/engine-hands.ts'
import { ownEnvironment } from '../../e2e/desktop/environment.ts'

/** A window that is measured. */
export interface Opened {
  readonly app: ElectronApplication
  readonly window: Page
  /** ms from the start of the program until its heading was on the screen */
  readonly tookMs: number
  close(): Promise<void>
}

/** A screen, a data folder, and an Electron for the measurements of the desktop. */
export interface Desk {
  readonly engine: EngineHands
  readonly data: string
  openWeir(): Promise<Opened>
  openEmpty(): Promise<Opened>
  /** Reads an answer of the engine to its end from the engine's socket; answers its bytes. */
  read(path: string): Promise<number>
  close(): Promise<void>
}

const EMPTY = resolve('bench/empty-window')
/** Longer than any start; what takes this long is broken, not slow. */
const LIMIT_MS = 30_000

export async function openDesk(): Promise<Desk> {
  const program = process.env['WEIR_BENCH_ELECTRON']
  if (program === undefined) throw new Error('there is no Electron: start the measurements with "npm run bench"')
  const display = await openDisplay()
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  const data = join(folder, 'data')
  const engine = engineHands(data)
  const launch = (args: readonly string[]): Promise<Opened> => open(program, args, folder, display)
  return {
    engine,
    data,
    openWeir: () => connected(() => launch([resolve('.'), '--data', data])),
    openEmpty: () => connected(() => launch([EMPTY])),
    read: (path) => drained(join(data, 'engine.sock'), path),
    async close() {
      engine.close()
      await engine.stop()
      display.close()
      // What a run has left behind may still write for a moment.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/**
 * Playwright cannot hold back a program that it is given by its path, and then loses a page now and then that is made while
 * it connects: such a start is tried again, and measured from its own beginning.
 */
async function connected(start: () => Promise<Opened>): Promise<Opened> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await start()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}
const TRIES = 3

function drained(socketPath: string, path: string): Promise<number> {
  return new Promise((done, reject) => {
    const asked = get({ socketPath, path, headers: { accept: 'application/x-ndjson' } }, (answer) => {
      let bytes = 0
      if (answer.statusCode !== 200) reject(new Error(`the engine answered ${answer.statusCode} to ${path}`))
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.on('end', () => done(bytes))
      answer.on('error', reject)
    })
    asked.on('error', reject)
  })
}

async function open(program: string, args: readonly string[], folder: string, display: Display): Promise<Opened> {
  const start = performance.now()
  const app = await _electron.launch({
    executablePath: program,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--password-store=basic', ...args],
    env: {
      ...ownEnvironment(),
      XDG_CONFIG_HOME: join(folder, 'config'),
      ...(display.name === null ? {} : { DISPLAY: display.name }),
    },
    timeout: LIMIT_MS,
  })
  const window = await app.firstWindow()
  await window.locator('h1').first().waitFor({ timeout: LIMIT_MS })
  const tookMs = performance.now() - start
  const child = app.process()
  const ended = new Promise<void>((done) => void child.once('exit', () => done()))
  return {
    app,
    window,
    tookMs,
    async close() {
      // A signal asks nothing and keeps the engine.
      child.kill('SIGTERM')
      await ended
    },
  }
}
