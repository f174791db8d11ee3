import type { Json } from '../../../../src-shared/contract/index.ts'
import type { Manifest, Target, TargetOptions } from '../../../../src-shared/contract/targets.ts'
import type { Call, EngineMessage, StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import type { WorkerHub } from '../../executors/index.ts'
import { TestWorker } from '../../executors/worker/testing/client.ts'

type Execute = Extract<EngineMessage, { type: 'execute' }>

/** What a function of a test may do while it runs. */
export interface Code {
  readonly execution: Execute
  /** Calls and gets the keys of the steps */
  submit(...calls: Call[]): Promise<string[]>
  select(
    steps: readonly string[],
    fields?: { mode?: 'any' | 'all'; timeoutMs?: number; cancelRemaining?: boolean },
  ): Promise<StepEnd[]>
  /** Calls, waits and returns the value; throws what the step failed with */
  call(call: Call): Promise<Json>
  secret(name: string): Promise<string>
  /** Value of a step that an argument refers to */
  resolve(argument: Json): Json
}

/** Thrown by a function to give up its process. */
export class Suspend extends Error {
  readonly steps: readonly string[]
  readonly delayMs: number | undefined
  constructor(steps: readonly string[], delayMs?: number) {
    super('suspended')
    this.steps = steps
    this.delayMs = delayMs
  }
}

export type Body = (code: Code, ...args: Json[]) => Promise<Json> | Json

export interface TestTarget {
  readonly kind?: Target['kind']
  readonly parameters?: readonly string[]
  /** How many of them must be given; all when absent */
  readonly required?: number
  readonly options?: TargetOptions
  readonly code?: string
  readonly body: Body
}

export function manifestOf(module: string, targets: Readonly<Record<string, TestTarget>>): Manifest {
  return {
    module,
    language: 'typescript',
    targets: Object.entries(targets).map(
      ([name, { kind = 'task', parameters = [], required, options = {}, code }]) => ({
        name,
        kind,
        parameters: parameters.map((parameter, position) => ({
          name: parameter,
          kind: 'positional',
          schema: {},
          required: position < (required ?? parameters.length),
        })),
        code: code ?? null,
        options,
      }),
    ),
  }
}

/** A worker of a test, whose functions run in this process. What an SDK does around them is done in the simplest way. */
export class CodeWorker {
  readonly worker: TestWorker
  /** Executions in the order in which they began, as `target:attempt` */
  readonly began: string[] = []
  private readonly targets: Readonly<Record<string, TestTarget>>
  private readonly module: string
  private request = 1
  private seen = 0
  private over = false

  private constructor(worker: TestWorker, module: string, targets: Readonly<Record<string, TestTarget>>) {
    this.worker = worker
    this.module = module
    this.targets = targets
  }

  static async connect(
    hub: WorkerHub,
    module: string,
    targets: Readonly<Record<string, TestTarget>>,
    hello: Parameters<TestWorker['hello']>[0] = {},
    connection = nextConnection++,
  ): Promise<CodeWorker> {
    const test = new TestWorker({ manifests: [manifestOf(module, targets)], concurrency: 100, shared: 100, ...hello })
    const code = new CodeWorker(test, module, targets)
    sockets.set(connection, test)
    test.attach({
      send: (text) => hub.hear({ type: 'worker.frame', connection, text }),
      close: (closeCode) => hub.hear({ type: 'worker.closed', connection, isOver: closeCode === 1000 }),
    })
    hub.hear({ type: 'worker.opened', connection })
    await test.greet()
    void code.serve()
    return code
  }

  close(): void {
    this.over = true
    this.worker.leave()
  }

  private async serve(): Promise<void> {
    while (!this.over) {
      await this.worker
        .until('an execution', () => this.over || this.worker.heard.length > this.seen)
        .catch(() => undefined)
      while (this.seen < this.worker.heard.length) {
        const message = this.worker.heard[this.seen++]
        if (message?.type === 'execute') void this.run(message)
        if (message?.type === 'abort') this.worker.say({ type: 'aborted', token: message.token })
      }
    }
  }

  private async run(execution: Execute): Promise<void> {
    const { token, target, args, attempt } = execution
    const name = target.slice(this.module.length + 1)
    this.began.push(`${name}:${attempt}`)
    this.worker.say({ type: 'started', token })
    try {
      const value = await this.targets[name]?.body(this.code(execution), ...args)
      this.worker.say({ type: 'result', token, value: value ?? null })
    } catch (error) {
      if (this.over) return
      if (error instanceof Suspend) {
        const { steps, delayMs } = error
        this.worker.say({ type: 'suspend', token, steps, mode: 'all', ...(delayMs === undefined ? {} : { delayMs }) })
        return
      }
      const { name: type, message, stack } = error as Error
      this.worker.say({ type: 'error', token, error: { type, message, stack } })
    }
  }

  private async ask<T extends EngineMessage['type']>(
    message: object,
    _answer: T,
  ): Promise<Extract<EngineMessage, { type: T }>> {
    const id = this.request++
    this.worker.say({ id, ...message })
    let found: EngineMessage | undefined
    await this.worker.until(`the answer to ${JSON.stringify(message).slice(0, 80)}`, () => {
      found = this.worker.heard.find((one) => 'id' in one && one.id === id)
      return found !== undefined
    })
    if (found?.type === 'refused') throw Object.assign(new Error(found.problem.message), { name: found.problem.code })
    return found as Extract<EngineMessage, { type: T }>
  }

  private code(execution: Execute): Code {
    const { token } = execution
    const submit: Code['submit'] = async (...calls) =>
      (await this.ask({ type: 'submit', token, calls }, 'submitted')).steps
    const select: Code['select'] = async (steps, fields = {}) =>
      (await this.ask({ type: 'select', token, steps, mode: 'all', ...fields }, 'selected')).steps
    return {
      execution,
      submit,
      select,
      async call(call) {
        const [end] = await select(await submit(call))
        if (end?.outcome === 'succeeded') return end.value ?? null
        throw Object.assign(new Error(end?.error?.message ?? 'cancelled'), { name: end?.error?.type ?? 'Cancelled' })
      },
      secret: async (name) => (await this.ask({ type: 'secret', token, name }, 'secret')).value,
      resolve: (argument) => {
        const step = (argument as { step?: string } | null)?.step
        return step === undefined ? argument : (execution.steps?.[step]?.value ?? null)
      },
    }
  }
}

let nextConnection = 1
const sockets = new Map<number, TestWorker>()

/** Brings what a hub posts to the workers of {@link CodeWorker.connect}. */
export function deliver(message: {
  type: string
  connection: number
  text?: string
  code?: number
  reason?: string
}): void {
  const worker = sockets.get(message.connection)
  if (message.type === 'worker.send') worker?.receive(message.text ?? '[]')
  else if (message.type === 'worker.close') worker?.ended(message.code ?? 0, message.reason ?? '')
}
