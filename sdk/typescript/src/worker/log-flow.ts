import { LOG_WINDOW_BYTES, type LogLine, type LogStream } from '../protocol.ts'

/** Longest line with fields; longer ones are cut. */
const MOST_TEXT = 256 * 1024
/** Lines are sent together when so much has come, or at the end of the turn. */
const BATCH_BYTES = 256 * 1024

export interface LogFlowParts {
  readonly send: (lines: LogLine[]) => void
  /** The engine has not written so much: what makes lines has to wait. */
  readonly hold: () => void
  readonly release: () => void
}

/** Log lines of one execution on their way: never more than the window that the engine grants. */
export class LogFlow {
  private readonly parts: LogFlowParts
  private lines: LogLine[] = []
  private waiting = 0
  private underWay = 0
  private planned = false
  private isHeld = false

  constructor(parts: LogFlowParts) {
    this.parts = parts
  }

  /** Output as it is. */
  output(stream: LogStream, text: string): void {
    this.add([Date.now(), stream, text, null])
  }

  add([at, stream, text, fields]: LogLine): void {
    const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}… (${text.length} characters)` : text
    this.lines.push([at, stream, short, fields])
    this.waiting += Buffer.byteLength(short)
    if (this.waiting >= BATCH_BYTES) this.flush()
    else if (!this.planned) {
      this.planned = true
      setImmediate(() => this.flush())
    }
    this.look()
  }

  /** The engine has written so many bytes. */
  logged(bytes: number): void {
    this.underWay = Math.max(0, this.underWay - bytes)
    this.flush()
    this.look()
  }

  /** The connection was made anew: what was under way is not answered any more. */
  reset(): void {
    this.logged(this.underWay)
  }

  /** Sends what there is room for. */
  flush(): void {
    this.planned = false
    let count = 0
    let bytes = 0
    for (const [, , text] of this.lines) {
      const size = Buffer.byteLength(text)
      if (this.underWay + bytes > 0 && this.underWay + bytes + size > LOG_WINDOW_BYTES) break
      bytes += size
      count += 1
    }
    if (count === 0) return
    const lines = this.lines.splice(0, count)
    this.waiting -= bytes
    this.underWay += bytes
    this.parts.send(lines)
  }

  get isEmpty(): boolean {
    return this.lines.length === 0
  }

  private look(): void {
    const isFull = this.underWay + this.waiting >= LOG_WINDOW_BYTES
    if (isFull === this.isHeld) return
    this.isHeld = isFull
    if (isFull) this.parts.hold()
    else this.parts.release()
  }
}
