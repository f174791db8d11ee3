import type { CallLane } from './host.ts'
import { MAX_CALLS, type WireCall } from './protocol.ts'

/** A message of calls is not made longer than this, so that a frame holds it. */
const MESSAGE_BYTES = 1024 * 1024

interface Queued {
  readonly make: () => Promise<WireCall>
  readonly resolve: (step: string) => void
  readonly reject: (error: unknown) => void
}

interface Ready {
  readonly call: WireCall
  readonly queued: Queued
}

/**
 * Sends calls in the order in which they were made, those of one turn of the loop together. A resumed attempt finds
 * its steps by that order.
 */
export class Calls implements CallLane {
  private readonly submit: (calls: WireCall[]) => Promise<string[]>
  private queue: Queued[] = []
  private ready: Ready[] = []
  private readyBytes = 0
  private working: Promise<void> | null = null
  private readonly underWay = new Set<Promise<void>>()
  private unseen: unknown[] = []

  constructor(submit: (calls: WireCall[]) => Promise<string[]>) {
    this.submit = submit
  }

  /**
   * @param make encodes the call when it is its turn
   * @returns its step, once it is on record
   */
  add(make: () => Promise<WireCall>): Promise<string> {
    const step = new Promise<string>((resolve, reject) => {
      this.queue.push({ make, resolve, reject })
    })
    // A refusal that nobody waits for is thrown by `settled`, not by the process.
    step.catch((error: unknown) => this.unseen.push(error))
    this.working ??= this.work()
    return step
  }

  flush(): void {
    this.send()
  }

  async settled(): Promise<void> {
    while (this.working !== null || this.underWay.size > 0) await Promise.all([this.working, ...this.underWay])
    if (this.unseen.length > 0) throw this.unseen[0]
  }

  /** A refusal that the code has caught is its own affair. */
  seen(error: unknown): void {
    this.unseen = this.unseen.filter((one) => one !== error)
  }

  private async work(): Promise<void> {
    await Promise.resolve() // the other calls of this turn come with it
    for (let queued = this.queue.shift(); queued !== undefined; queued = this.queue.shift()) {
      try {
        this.keep(await queued.make(), queued)
      } catch (error) {
        queued.reject(error)
      }
    }
    this.working = null
    this.send()
  }

  private keep(call: WireCall, queued: Queued): void {
    this.readyBytes += sizeOf(call)
    this.ready.push({ call, queued })
    if (this.ready.length >= MAX_CALLS || this.readyBytes >= MESSAGE_BYTES) this.send()
  }

  private send(): void {
    const batch = this.ready
    if (batch.length === 0) return
    this.ready = []
    this.readyBytes = 0
    const sent = this.submit(batch.map(({ call }) => call)).then(
      (steps) => {
        for (const [at, { queued }] of batch.entries()) queued.resolve(steps[at] ?? '')
      },
      (error: unknown) => {
        for (const { queued } of batch) queued.reject(error)
      },
    )
    this.underWay.add(sent)
    void sent.finally(() => this.underWay.delete(sent))
  }
}

function sizeOf(call: WireCall): number {
  const values = 'args' in call ? call.args : 'params' in call ? call.params : call.schema
  return JSON.stringify(values).length + 200
}
