/** How many messages wait before the sender is asked to pause. */
const HIGH_WATER = 256

/**
 * Messages that came and were not yet taken. `onFull` and `onRoom` pause and resume the sender, so that a slow reader
 * holds the connection back instead of filling memory.
 */
export class MessageQueue implements AsyncIterable<string> {
  readonly #items: string[] = []
  readonly #flow: { onFull(): void; onRoom(): void }
  #wake: (() => void) | null = null
  #end: { error: Error | null } | null = null

  constructor(flow: { onFull(): void; onRoom(): void }) {
    this.#flow = flow
  }

  push(item: string): void {
    this.#items.push(item)
    if (this.#items.length === HIGH_WATER) this.#flow.onFull()
    this.#wake?.()
  }

  /** Nothing more comes: what is there is still handed out, then the loop ends or throws. */
  end(error: Error | null): void {
    this.#end ??= { error }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) {
        if (this.#items.length === HIGH_WATER - 1) this.#flow.onRoom()
        yield item
      } else if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = null
      }
    }
  }
}
