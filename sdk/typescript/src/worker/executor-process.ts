import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { RUNNER_FILE } from '../build/package.ts'
import { lineReader } from '../runner/lines.ts'
import type { FromRunner, Init, ToRunner } from '../runner/messages.ts'
import type { Guard } from './guard.ts'
import { Output } from './output.ts'

const KILL_AFTER_MS = 5000
const TAIL_CHARACTERS = 4096
const FOLDER_MODE = 0o700

/** What every executor of a worker has in common. */
export interface ExecutorHome {
  /** Folder of the worker: working folders are made in it */
  readonly folder: string
  readonly guard: Guard | null
}

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to standard error */
  readonly tail: string
}

let started = 0

/** A process that runs code of modules, in a process group and a working folder of its own. */
export class ExecutorProcess {
  readonly folder: string
  readonly stdout: Output
  readonly stderr: Output
  /** Resolves when it is gone, with all that it printed */
  readonly ended: Promise<ProcessEnd>
  private readonly child: ChildProcess
  private readonly messages: Readable
  private readonly guard: Guard | null
  private handler: ((message: FromRunner) => void) | null = null
  private early: FromRunner[] = []
  private tail = ''
  private isGone = false
  isReady = false

  constructor(home: ExecutorHome, init: Omit<Init, 'type' | 'marker'>) {
    started += 1
    this.folder = join(home.folder, String(started))
    mkdirSync(this.folder, { mode: FOLDER_MODE })
    this.guard = home.guard
    this.child = spawn(process.execPath, [RUNNER_FILE], {
      cwd: this.folder,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    })
    if (this.child.pid !== undefined) this.guard?.add(this.child.pid)
    const marker = `\0weir-end:${randomBytes(12).toString('hex')}\0`
    const [, stdout, stderr, , messages] = this.child.stdio as unknown as [null, Readable, Readable, Writable, Readable]
    this.stdout = new Output(stdout, marker)
    this.stderr = new Output(stderr, marker)
    stderr.on('data', (chunk: Buffer) => {
      this.tail = (this.tail + chunk.toString()).slice(-TAIL_CHARACTERS)
    })
    this.messages = messages
    messages.on(
      'data',
      lineReader((line) => this.take(JSON.parse(line) as FromRunner)),
    )
    messages.on('error', () => undefined) // its end says enough
    this.input.on('error', () => undefined)
    this.ended = this.watch()
    this.send({ type: 'init', marker, ...init })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  private get input(): Writable {
    return this.child.stdio[3] as Writable
  }

  /** From now on, and what has come already. */
  onMessage(handler: (message: FromRunner) => void): void {
    this.handler = handler
    const early = this.early
    this.early = []
    for (const message of early) handler(message)
  }

  send(message: ToRunner): void {
    if (!this.isGone) this.input.write(`${JSON.stringify(message)}\n`)
  }

  /** Stops reading what it says and prints: it blocks when the pipes are full. */
  pause(): void {
    for (const stream of [this.stdout, this.stderr, this.messages]) stream.pause()
  }

  resume(): void {
    for (const stream of [this.stdout, this.stderr, this.messages]) stream.resume()
  }

  /** Ends it with all its children: politely, and after 5 s by force. */
  terminate(): void {
    this.resume() // what holds it back must not keep it from ending
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), KILL_AFTER_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  kill(): void {
    this.resume()
    this.signal('SIGKILL')
  }

  private signal(signal: NodeJS.Signals): void {
    const { pid } = this.child
    if (pid === undefined) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // gone already
    }
  }

  private take(message: FromRunner): void {
    if (message.type === 'ready') this.isReady = true
    if (this.handler !== null) this.handler(message)
    else this.early.push(message)
  }

  private watch(): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      const finish = (end: ProcessEnd): void => {
        if (this.isGone) return
        this.isGone = true
        this.signal('SIGKILL') // what it has left behind
        if (this.child.pid !== undefined) this.guard?.remove(this.child.pid)
        void rm(this.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
        resolve(end)
      }
      this.child.once('error', (error) => finish({ code: null, signal: null, tail: error.message }))
      this.child.once('exit', (code, signal) => {
        this.signal('SIGKILL') // children that hold the pipes open would keep it from closing
        this.child.once('close', () => finish({ code, signal, tail: this.tail }))
      })
    })
  }
}
