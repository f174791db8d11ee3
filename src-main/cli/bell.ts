/** Rings that nobody waits for are kept: whoever waits next goes on at once. */
export class Bell {
  private rung = false
  private urgent = false
  private wake: (() => void) | null = null

  /** @param urgent also ends a `pause` */
  ring(urgent = false): void {
    this.rung = true
    this.urgent ||= urgent
    this.wake?.()
  }

  /** Waits for a ring, at most so many ms. @throws the signal's reason */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    await this.sleep(ms, () => this.rung, signal)
    this.rung = false
    this.urgent = false
  }

  /** Waits so many ms, or until an urgent ring. @throws the signal's reason */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    await this.sleep(ms, () => this.urgent, signal)
  }

  private async sleep(ms: number, done: () => boolean, signal?: AbortSignal): Promise<void> {
    const end = performance.now() + ms
    signal?.throwIfAborted()
    while (!done()) {
      const left = end - performance.now()
      if (left <= 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal?.addEventListener('abort', this.wake, { once: true })
      })
      if (this.wake !== null) signal?.removeEventListener('abort', this.wake)
      this.wake = null
      signal?.throwIfAborted()
    }
  }
}
