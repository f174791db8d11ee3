import type { Packed, Tried, TryExpression } from './protocol.ts'

/** An expression that has not answered for one batch of lines after this time is not going to be nice. */
const TIMEOUT_MS = 2_000

export class TooSlow extends Error {
  override readonly name = 'TooSlow'
}

/** What is needed of a worker; tests hand in their own. */
export interface Tryer {
  postMessage(message: TryExpression, transfer: Transferable[]): void
  onmessage: ((event: { data: Tried }) => void) | null
  terminate(): void
}

/** Runs regular expressions where they can be stopped. */
export class Expressions {
  readonly #make: () => Tryer
  readonly #timeoutMs: number
  #worker: Tryer | null = null
  #next = 0
  readonly #waiting = new Map<
    number,
    { resolve(tried: Tried): void; reject(error: Error): void; timer: ReturnType<typeof setTimeout> }
  >()

  constructor(make: () => Tryer, timeoutMs = TIMEOUT_MS) {
    this.#make = make
    this.#timeoutMs = timeoutMs
  }

  /** Which of the lines match. Takes their bytes away. */
  test(expression: RegExp, packed: Packed): Promise<Tried> {
    return this.#ask(expression, [], packed)
  }

  /** Places in each of the texts. */
  places(expression: RegExp, texts: readonly string[]): Promise<Tried> {
    return this.#ask(expression, texts, null)
  }

  #ask({ source, flags }: RegExp, texts: readonly string[], packed: Packed | null): Promise<Tried> {
    const worker = this.#started()
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.stop(new TooSlow('The expression takes too long.')), this.#timeoutMs)
      this.#waiting.set(id, { resolve, reject, timer })
      const transfer = packed === null ? [] : [packed.bytes.buffer, packed.ends.buffer]
      worker.postMessage({ id, source, flags, texts, packed }, transfer)
    })
  }

  /** Ends the worker; whoever waits for an answer gets the error. */
  stop(error: Error): void {
    this.#worker?.terminate()
    this.#worker = null
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(error)
    }
    this.#waiting.clear()
  }

  #started(): Tryer {
    if (this.#worker !== null) return this.#worker
    const worker = this.#make()
    worker.onmessage = ({ data }) => {
      const waiting = this.#waiting.get(data.id)
      if (waiting === undefined) return
      this.#waiting.delete(data.id)
      clearTimeout(waiting.timer)
      waiting.resolve(data)
    }
    this.#worker = worker
    return worker
  }
}
