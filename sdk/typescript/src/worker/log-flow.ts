import { LOG_WINDOW_BYTES, type LogLine, type LogStream, type MetricValue, WINDOW_VALUES } from '../protocol.ts'

/** Longest line with fields; longer ones are cut. */
const MOST_TEXT = 256 * 1024
/** Lines are sent together when so much has come, or at the end of the turn. */
const BATCH_BYTES = 256 * 1024
const MOST_VALUES = 5000

export interface LogFlowParts {
  /** @param from how far the log had come before these lines */
  readonly send: (lines: LogLine[], from: number) => void
  /** @param from number of values before these */
  readonly sendValues: (values: MetricValue[], from: number) => void
  /** The engine has not written so much: what makes lines has to wait. */
  readonly hold: () => void
  readonly release: () => void
}

interface Sent {
  readonly lines: LogLine[]
  readonly bytes: number
}

/**
 * Lines and measured values of one execution on their way: never more than the window that the engine grants, and kept until it
 * has written them. What has no answer when the connection breaks is sent again, from where the engine's answers ended.
 */
export class LogFlow {
  private readonly parts: LogFlowParts
  private lines: LogLine[] = []
  private waiting = 0
  private sent: Sent[] = []
  private underWay = 0
  private confirmed = 0
  private place = 0
  private values: MetricValue[] = []
  private sentValues: MetricValue[] = []
  private valuesPlace = 0
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
    else this.plan()
    this.look()
  }

  measured(values: readonly MetricValue[]): void {
    this.values.push(...values)
    this.plan()
    this.look()
  }

  /** The engine has written so many bytes of lines, or so many values. */
  logged(bytes: number, values = 0): void {
    if (values > 0) this.sentValues = this.sentValues.slice(values)
    else this.confirm(bytes)
    this.flush()
    this.look()
  }

  /** The connection was made anew: what has no answer is said again. */
  reset(): void {
    const again = this.sent.flatMap(({ lines }) => lines)
    this.lines = [...again, ...this.lines]
    this.waiting += this.underWay
    this.place -= again.reduce((sum, line) => sum + lengthOf(line), 0)
    this.sent = []
    this.underWay = 0
    this.confirmed = 0
    this.valuesPlace -= this.sentValues.length
    this.values = [...this.sentValues, ...this.values]
    this.sentValues = []
    this.flush()
    this.look()
  }

  /** Sends what there is room for. */
  flush(): void {
    this.planned = false
    this.flushLines()
    this.flushValues()
  }

  /** Whether all is on its way. */
  get isEmpty(): boolean {
    return this.lines.length === 0 && this.values.length === 0
  }

  /** Whether the engine has written all. */
  get isConfirmed(): boolean {
    return this.isEmpty && this.sent.length === 0 && this.sentValues.length === 0
  }

  private plan(): void {
    if (this.planned) return
    this.planned = true
    setImmediate(() => this.flush())
  }

  private flushLines(): void {
    let count = 0
    let bytes = 0
    let length = 0
    for (const line of this.lines) {
      const size = Buffer.byteLength(line[2])
      if (this.underWay + bytes > 0 && this.underWay + bytes + size > LOG_WINDOW_BYTES) break
      bytes += size
      length += lengthOf(line)
      count += 1
    }
    if (count === 0) return
    const lines = this.lines.splice(0, count)
    this.waiting -= bytes
    this.underWay += bytes
    this.sent.push({ lines, bytes })
    this.parts.send(lines, this.place)
    this.place += length
  }

  private flushValues(): void {
    while (this.values.length > 0 && this.sentValues.length < WINDOW_VALUES) {
      const values = this.values.splice(0, Math.min(MOST_VALUES, WINDOW_VALUES - this.sentValues.length))
      this.sentValues.push(...values)
      this.parts.sendValues(values, this.valuesPlace)
      this.valuesPlace += values.length
    }
  }

  private confirm(bytes: number): void {
    this.confirmed += bytes
    for (let first = this.sent[0]; first !== undefined; first = this.sent[0]) {
      // Lines without text are confirmed by an answer of their own.
      if (first.bytes > this.confirmed || (this.confirmed === 0 && bytes > 0)) break
      this.sent.shift()
      this.confirmed -= first.bytes
      this.underWay -= first.bytes
      if (first.bytes === 0) break
    }
  }

  private look(): void {
    const isFull =
      this.underWay + this.waiting >= LOG_WINDOW_BYTES || this.sentValues.length + this.values.length >= WINDOW_VALUES
    if (isFull === this.isHeld) return
    this.isHeld = isFull
    if (isFull) this.parts.hold()
    else this.parts.release()
  }
}

/** How far a line leads: the bytes of output, 1 for a line with fields. */
const lengthOf = ([, stream, text]: LogLine): number =>
  stream === 'stdout' || stream === 'stderr' ? Buffer.byteLength(text) : 1
