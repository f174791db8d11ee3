import type { Json } from '../../../src-shared/contract/index.ts'
import type { LogStreamName } from './log-index.ts'
import { maskText } from './mask.ts'

/** Longest line that is handed out whole, in bytes; a longer one comes in pieces, all but the last marked partial. */
export const MAX_LINE_BYTES = 64 * 1024
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
/** One UTF-16 unit takes at most three bytes in UTF-8: texts up to this many units need no closer look. */
const SURELY_SHORT = Math.floor(MAX_LINE_BYTES / 3)

export interface LogText {
  /** ms since 1970: when the end of the line arrived */
  readonly at: number
  readonly stream: LogStreamName
  readonly text: string
  /** True when the line has no end (yet), or was cut at 64 KiB */
  readonly partial?: boolean
  /** Of a structured line */
  readonly level?: 'debug' | 'info' | 'warning' | 'error'
  readonly fields?: Readonly<Record<string, Json>>
}

/**
 * Makes lines of one stream's bytes, whatever the borders of the chunks: a line or a character may span several.
 * Bytes that are not UTF-8 become U+FFFD. `secrets` as made by secretTexts.
 */
export class LineSplitter {
  readonly #stream: LogStreamName
  readonly #secrets: readonly string[]
  readonly #secretBytes: readonly Buffer[]
  /** How far behind a cut a secret may reach that begins before it */
  readonly #slack: number
  /** What came after the last newline, in chunks; `#carried` is their length and stays near MAX_LINE_BYTES. */
  #carry: Buffer[] = []
  #carried = 0
  #at = 0
  /** How many bytes of a line whose beginning was not read are still to be passed over */
  #skip: number

  constructor(stream: LogStreamName, secrets: readonly string[], startsInsideLine: boolean) {
    this.#stream = stream
    this.#secrets = secrets
    this.#secretBytes = secrets.map((secret) => Buffer.from(secret, 'utf8'))
    this.#slack = Math.max(0, ...this.#secretBytes.map((secret) => secret.length))
    this.#skip = startsInsideLine ? MAX_LINE_BYTES : 0
  }

  /** Adds to `out` the lines that `bytes` completes. The bytes may be overwritten by the caller afterwards. */
  push(bytes: Buffer, at: number, out: LogText[]): void {
    const chunk = this.#skip > 0 ? this.#passOver(bytes) : bytes
    if (chunk.length === 0) return
    this.#at = at
    const first = chunk.indexOf(NEWLINE)
    if (first === -1) {
      this.#keep(chunk, out)
      return
    }
    let start = 0
    if (this.#carried > 0) {
      this.#endCarried(chunk.subarray(0, first), out)
      start = first + 1
    }
    const last = chunk.lastIndexOf(NEWLINE)
    if (last >= start) this.#wholeLines(chunk.subarray(start, last), out)
    if (last + 1 < chunk.length) this.#keep(chunk.subarray(last + 1), out)
  }

  /** Adds what has no newline, when nothing follows any more. */
  flush(out: LogText[]): void {
    if (this.#carried === 0) return
    this.#emitLong(this.#takeCarry(), false, out)
  }

  #passOver(bytes: Buffer): Buffer {
    const newline = bytes.indexOf(NEWLINE)
    const end = newline === -1 ? bytes.length : newline + 1
    if (newline !== -1 && end <= this.#skip) {
      this.#skip = 0
      return bytes.subarray(end)
    }
    const passed = Math.min(this.#skip, end)
    this.#skip -= passed
    return bytes.subarray(passed)
  }

  #keep(bytes: Buffer, out: LogText[]): void {
    this.#carry.push(Buffer.from(bytes))
    this.#carried += bytes.length
    if (this.#carried <= MAX_LINE_BYTES + this.#slack) return
    let rest: Buffer = this.#takeCarry()
    while (rest.length > MAX_LINE_BYTES + this.#slack) {
      const cut = this.#cutAt(rest)
      this.#emit(rest.subarray(0, cut), true, out)
      rest = rest.subarray(cut)
    }
    this.#carry = [rest]
    this.#carried = rest.length
  }

  #takeCarry(): Buffer {
    const [only, second] = this.#carry
    const bytes = only !== undefined && second === undefined ? only : Buffer.concat(this.#carry)
    this.#carry = []
    this.#carried = 0
    return bytes
  }

  #endCarried(end: Buffer, out: LogText[]): void {
    this.#carry.push(end)
    this.#emitLong(this.#takeCarry(), true, out)
  }

  /** One line of any length. `ended` tells whether its newline was seen. */
  #emitLong(line: Buffer, ended: boolean, out: LogText[]): void {
    let rest = line
    while (rest.length > MAX_LINE_BYTES) {
      const cut = this.#cutAt(rest)
      if (cut >= rest.length) break
      this.#emit(rest.subarray(0, cut), true, out)
      rest = rest.subarray(cut)
    }
    this.#emit(ended && rest.at(-1) === CARRIAGE_RETURN ? rest.subarray(0, -1) : rest, !ended, out)
  }

  /** Several complete lines at once, without the last newline: decoding them together is what makes reading fast. */
  #wholeLines(bytes: Buffer, out: LogText[]): void {
    const at = this.#at
    const stream = this.#stream
    for (const line of maskText(bytes.toString('utf8'), this.#secrets).split('\n')) {
      if (line.length > SURELY_SHORT && Buffer.byteLength(line) > MAX_LINE_BYTES) {
        this.#emitLong(Buffer.from(line, 'utf8'), true, out)
      } else {
        out.push({ at, stream, text: line.endsWith('\r') ? line.slice(0, -1) : line })
      }
    }
  }

  #emit(bytes: Buffer, partial: boolean, out: LogText[]): void {
    const text = maskText(bytes.toString('utf8'), this.#secrets)
    out.push({ at: this.#at, stream: this.#stream, text, ...(partial ? { partial } : {}) })
  }

  /** Where to cut a long line: at most MAX_LINE_BYTES, but neither inside a character nor inside a secret. */
  #cutAt(bytes: Buffer): number {
    let cut = MAX_LINE_BYTES
    for (let back = 0; back < 3 && isContinuation(bytes[cut]); back++) cut--
    for (const secret of this.#secretBytes) {
      const found = bytes.indexOf(secret, Math.max(0, cut - secret.length + 1))
      if (found !== -1 && found < cut && found + secret.length > cut) cut = found > 0 ? found : secret.length
    }
    return cut
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80
