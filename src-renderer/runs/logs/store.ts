import type { LogStream } from '../../../src-shared/contract/index.ts'
import { bytesColumn, floatColumn, integerColumn } from './columns.ts'

/** Text is kept in pieces of this size; a line lies in one piece. */
const CHUNK_BYTES = 4 * 1024 * 1024
/** Most text that one window holds: beyond it, memory of the browser would be the next limit, and that one is not polite. */
export const MAX_TEXT_BYTES = 1536 * 1024 * 1024

const STREAMS: readonly LogStream[] = ['stdout', 'stderr', 'system', 'log']
const STREAM_BITS = 0b11
const PARTIAL = 0b100
const SPECIAL = 0b1000
const LEVEL_SHIFT = 4
const LEVEL_BITS = 0b11

/** How much a line that code logged matters: its place in this list. */
export const LEVELS = ['debug', 'info', 'warning', 'error'] as const
export type Level = (typeof LEVELS)[number]

/** Who wrote a line. */
export interface Source {
  readonly step: string
  readonly attempt: number
}

export interface LineHead {
  /** ms since 1970 */
  readonly at: number
  /** Number of its source, from {@link LogStore.sourceOf} */
  readonly source: number
  readonly stream: LogStream
  readonly partial: boolean
  /** Holds control characters, e.g. colours: what is shown is not what is written */
  readonly special: boolean
  /** Of stream `log` */
  readonly level?: Level | undefined
}

export class LogFull extends Error {
  override readonly name = 'LogFull'
}

/** Lines as they came: UTF-8 in large pieces, everything else as numbers in columns. No object and no string a line. */
export class LogStore {
  readonly #chunks: Uint8Array[] = []
  #free = 0
  #textBytes = 0
  readonly #chunk = integerColumn()
  readonly #offset = integerColumn()
  readonly #size = integerColumn()
  readonly #at = floatColumn()
  readonly #source = integerColumn()
  readonly #flags = bytesColumn()
  readonly #sources: Source[] = []
  readonly #sourceNumbers = new Map<string, number>()
  readonly #decoder = new TextDecoder()
  readonly #limit: number

  constructor(limit = MAX_TEXT_BYTES) {
    this.#limit = limit
  }

  get count(): number {
    return this.#size.length
  }

  /** Bytes of text, without line ends */
  get textBytes(): number {
    return this.#textBytes
  }

  /** Bytes of memory that it holds */
  get memory(): number {
    const columns = [this.#chunk, this.#offset, this.#size, this.#at, this.#source, this.#flags]
    return [...this.#chunks, ...columns].reduce(
      (sum, part) => sum + ('byteLength' in part ? part.byteLength : part.bytes),
      0,
    )
  }

  get sources(): readonly Source[] {
    return this.#sources
  }

  sourceOf(step: string, attempt: number): number {
    const key = `${step}:${attempt}`
    const known = this.#sourceNumbers.get(key)
    if (known !== undefined) return known
    this.#sources.push({ step, attempt })
    this.#sourceNumbers.set(key, this.#sources.length - 1)
    return this.#sources.length - 1
  }

  /** Copies the text from `bytes[from..to)`. */
  append(bytes: Uint8Array, from: number, to: number, head: LineHead): void {
    const size = to - from
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || this.#free + size > chunk.length) {
      if (this.#textBytes + size > this.#limit) throw new LogFull('The log is larger than a window can hold.')
      chunk = new Uint8Array(Math.max(size, this.#chunks.length === 0 ? CHUNK_BYTES >> 4 : CHUNK_BYTES))
      this.#chunks.push(chunk)
      this.#free = 0
    }
    chunk.set(bytes.subarray(from, to), this.#free)
    this.#chunk.push(this.#chunks.length - 1)
    this.#offset.push(this.#free)
    this.#size.push(size)
    this.#at.push(head.at)
    this.#source.push(head.source)
    const level = head.level === undefined ? 0 : LEVELS.indexOf(head.level) << LEVEL_SHIFT
    const marks = (head.partial ? PARTIAL : 0) | (head.special ? SPECIAL : 0)
    this.#flags.push(STREAMS.indexOf(head.stream) | marks | level)
    this.#free += size
    this.#textBytes += size
  }

  at(line: number): number {
    return this.#at.get(line)
  }

  source(line: number): number {
    return this.#source.get(line)
  }

  stream(line: number): LogStream {
    return STREAMS[this.#flags.get(line) & STREAM_BITS] ?? 'stdout'
  }

  /** Of a line of stream `log`. */
  level(line: number): number {
    return (this.#flags.get(line) >> LEVEL_SHIFT) & LEVEL_BITS
  }

  isPartial(line: number): boolean {
    return (this.#flags.get(line) & PARTIAL) !== 0
  }

  isSpecial(line: number): boolean {
    return (this.#flags.get(line) & SPECIAL) !== 0
  }

  /** The piece that the line lies in, and where: for those who look at bytes without making a text of them. */
  chunkOf(line: number): Uint8Array {
    return this.#chunks[this.#chunk.get(line)] ?? EMPTY
  }

  offset(line: number): number {
    return this.#offset.get(line)
  }

  size(line: number): number {
    return this.#size.get(line)
  }

  text(line: number): string {
    const from = this.offset(line)
    return this.#decoder.decode(this.chunkOf(line).subarray(from, from + this.size(line)))
  }

  /** Whether the line goes on in the next one: a line over 64 KiB comes in pieces. */
  goesOn(line: number): boolean {
    return (
      this.isPartial(line) &&
      line + 1 < this.count &&
      this.source(line + 1) === this.source(line) &&
      this.stream(line + 1) === this.stream(line)
    )
  }
}

const EMPTY = new Uint8Array(0)
