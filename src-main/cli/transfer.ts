import type { Output } from './output.ts'
import { formatBytes, formatDuration } from './times.ts'

/** Smaller transfers are over before a line about them is read. */
const SHOWN_FROM_BYTES = 16_000_000
const REDRAW_MS = 200

/** Progress of an upload or download on stderr: in a terminal, and only when it is large. */
export class TransferMeter {
  private readonly title: string
  private readonly total: number | null
  private readonly shown: boolean
  private readonly began = performance.now()
  private done = 0
  private drawnAt = 0

  /** @param total bytes; null when it is not known */
  constructor(output: Output, title: string, total: number | null) {
    this.title = title
    this.total = total
    this.shown = output.terminal.err && !output.quiet && (total === null || total >= SHOWN_FROM_BYTES)
  }

  add(bytes: number): void {
    this.done += bytes
    const now = performance.now()
    if (!this.shown || now - this.drawnAt < REDRAW_MS) return
    this.drawnAt = now
    process.stderr.write(`\r${transferLine(this.title, this.done, this.total, now - this.began)}\u001b[K`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.shown && this.drawnAt > 0) process.stderr.write(`\r\u001b[K`)
  }
}

/** `Uploading data  1.2 GB of 4.0 GB  310 MB/s  9s left` */
export function transferLine(title: string, done: number, total: number | null, ms: number): string {
  const rate = ms > 0 ? done / (ms / 1000) : 0
  const left = total !== null && rate > 0 ? `  ${formatDuration(((total - done) / rate) * 1000)} left` : ''
  return `${title}  ${formatBytes(done)}${total === null ? '' : ` of ${formatBytes(total)}`}  ${formatBytes(rate)}/s${left}`
}
