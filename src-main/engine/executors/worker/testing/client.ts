import { randomBytes } from 'node:crypto'
import type { Manifest } from '../../../../../src-shared/contract/targets.ts'
import {
  EngineMessage,
  WORKER_PROTOCOL,
  type WorkerMessage,
} from '../../../../../src-shared/contract/worker-protocol.ts'

/** How a test's worker reaches an engine: over a WebSocket, or straight into a hub. */
export interface Transport {
  send(text: string): void
  close(code: number): void
}

type Of<T extends EngineMessage['type']> = Extract<EngineMessage, { type: T }>
export type Hello = Extract<WorkerMessage, { type: 'hello' }>

const DEADLINE_MS = 10_000

/** For tests: a worker that says exactly what it is told to, and keeps all that it hears, checked against the schema. */
export class TestWorker {
  readonly session: string
  readonly heard: EngineMessage[] = []
  /** How the engine ended the connection */
  closed: { code: number; reason: string } | null = null
  #transport: Transport | null = null
  #seen = 0
  readonly #waiting = new Set<() => void>()
  readonly #hello: Partial<Hello>

  constructor(hello: Partial<Hello> = {}) {
    this.session = hello.session ?? randomBytes(32).toString('hex')
    this.#hello = hello
  }

  /** Uses a connection; what was heard before stays. */
  attach(transport: Transport): this {
    this.#transport = transport
    this.closed = null
    return this
  }

  // Called by the transport

  receive(text: string): void {
    for (const message of JSON.parse(text) as unknown[]) this.heard.push(EngineMessage.parse(message))
    this.#wake()
  }

  ended(code: number, reason: string): void {
    this.#transport = null
    this.closed = { code, reason }
    this.#wake()
  }

  // Called by tests

  say(...messages: (WorkerMessage | object)[]): void {
    this.sayText(JSON.stringify(messages))
  }

  sayText(text: string): void {
    if (this.#transport === null) throw new Error('the worker is not connected')
    this.#transport.send(text)
  }

  hello(over: Partial<Hello> = {}): Hello {
    return {
      type: 'hello',
      protocol: WORKER_PROTOCOL,
      session: this.session,
      workspace: 'main',
      name: 'tester',
      host: 'here',
      pid: 4711,
      sdk: 'test 0.1.0',
      runtime: 'none 1',
      concurrency: 4,
      shared: 0,
      tags: [],
      manifests: [manifest('digits')],
      register: 'once',
      earlier: {},
      executions: [],
      ...this.#hello,
      ...over,
    }
  }

  /** Says hello and waits for the welcome. */
  async greet(over: Partial<Hello> = {}): Promise<Of<'welcome'>> {
    this.say(this.hello(over))
    return this.next('welcome')
  }

  /** The next message of a type; others that come before it are passed over. */
  async next<T extends EngineMessage['type']>(type: T, fits: (message: Of<T>) => boolean = () => true): Promise<Of<T>> {
    let found: Of<T> | undefined
    await this.until(`a message "${type}"`, () => {
      while (found === undefined && this.#seen < this.heard.length) {
        const message = this.heard[this.#seen++]
        if (message?.type === type && fits(message as Of<T>)) found = message as Of<T>
      }
      return found !== undefined
    })
    return found as Of<T>
  }

  /** Waits until something holds; looked at whenever something was heard. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS
    while (!holds()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`waited in vain for ${what}; closed: ${JSON.stringify(this.closed)}`)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          this.#waiting.delete(done)
          resolve()
        }
        const timer = setTimeout(done, left)
        this.#waiting.add(done)
      })
    }
  }

  async closing(): Promise<{ code: number; reason: string }> {
    await this.until('the end of the connection', () => this.closed !== null)
    return this.closed ?? { code: 0, reason: '' }
  }

  /** Breaks the connection, or closes it as one that leaves. */
  leave(code = 1000): void {
    const transport = this.#transport
    this.#transport = null
    transport?.close(code)
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

/** A module with a workflow `main` and a task `train`. */
export const manifest = (module: string, over: Partial<Manifest> = {}): Manifest => ({
  module,
  language: 'test',
  targets: [
    { name: 'main', kind: 'workflow', parameters: [], code: null, options: {} },
    {
      name: 'train',
      kind: 'task',
      parameters: [{ name: 'x', kind: 'positional', schema: {}, required: true }],
      code: null,
      options: {},
    },
  ],
  ...over,
})
