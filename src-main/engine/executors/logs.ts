import { type FSWatcher, watch } from 'node:fs'
import { LOG_STREAMS, type LogRecord, type LogStreamName } from './log-index.ts'
import { LineSplitter, type LogText, MAX_LINE_BYTES } from './log-lines.ts'
import { LogFiles, READ_WINDOW } from './log-reader.ts'
import { decodeStructured } from './log-structured.ts'
import { secretTexts } from './mask.ts'

export type { LogText } from './log-lines.ts'

/** Records that are read from the index at once. */
const RECORDS_AT_ONCE = 2048
/** Lines that are handed out together, so that a log of many small writes does not cost one turn a line. */
const LINES_AT_ONCE = 1024
/** While following: how long to wait at most before looking again, in ms. Also how soon the end is noticed. */
const SAFETY_POLL_MS = 250
const NEWLINE = 0x0a

export interface ReadLogOptions {
  /** Only this stream */
  readonly stream?: LogStreamName
  /** Only the last lines, and what follows them */
  readonly tail?: number
  /** Go on until the execution has ended (asked before each look) or the signal aborts. */
  readonly follow?: { ended(): boolean; readonly signal: AbortSignal }
  /** Values that are shown as `***` */
  readonly mask?: readonly string[]
}

/**
 * The log of an execution as lines in the order in which they arrived; within about 10 ms the order of stdout and stderr
 * is not known. Bytes that are not UTF-8 become U+FFFD; a line over 64 KiB comes in pieces, and so does the end of a log
 * without newline: both are marked partial. Memory does not grow with the log, and `tail` does not read it from its
 * beginning. No log yet is an empty log. `root` is the folder of the execution.
 */
export function readLog(root: string, options: ReadLogOptions): AsyncIterableIterator<LogText, undefined> {
  return new Lines(readLogBatches(root, options))
}

/** Hands out batches one by one; by hand, because an async generator takes several turns for each item. */
class Lines implements AsyncIterableIterator<LogText, undefined> {
  readonly #batches: AsyncGenerator<readonly LogText[], void, undefined>
  #batch: readonly LogText[] = []
  #next = 0

  constructor(batches: AsyncGenerator<readonly LogText[], void, undefined>) {
    this.#batches = batches
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<LogText, undefined>> {
    const value = this.#batch[this.#next++]
    return value === undefined ? this.#refill() : Promise.resolve({ done: false, value })
  }

  /** Called when the reader stops early: closes the files. */
  async return(): Promise<IteratorResult<LogText, undefined>> {
    await this.#batches.return()
    this.#batch = []
    return { done: true, value: undefined }
  }

  async #refill(): Promise<IteratorResult<LogText, undefined>> {
    for (;;) {
      const { done, value } = await this.#batches.next()
      if (done === true) return { done: true, value: undefined }
      this.#batch = value
      this.#next = 1
      const [first] = value
      if (first !== undefined) return { done: false, value: first }
    }
  }
}

/** The same in batches of up to a few thousand lines: several times faster where each line is not awaited. */
export async function* readLogBatches(
  root: string,
  options: ReadLogOptions,
): AsyncGenerator<readonly LogText[], void, undefined> {
  const files = new LogFiles(root)
  const changes = options.follow === undefined ? null : new Changes(root, options.follow.signal)
  try {
    const over = (): boolean => options.follow === undefined || options.follow.ended()
    const aborted = (): boolean => options.follow?.signal.aborted ?? false
    let atEnd = over()
    if (atEnd) await files.includeUnrecorded()
    const tail = options.tail === undefined ? null : await findTail(files, options, options.tail, atEnd)
    const pump = new Pump(files, options, tail?.from ?? BEGINNING)
    let drop = tail?.drop ?? 0
    while (!aborted()) {
      for await (const lines of pump.available(atEnd)) {
        if (aborted()) return
        const kept = drop === 0 ? lines : lines.slice(drop)
        drop = Math.max(0, drop - lines.length)
        if (kept.length > 0) yield kept
      }
      if (atEnd || changes === null) return
      await changes.next()
      // Asked before the next look: what is written after the end was announced is not waited for.
      atEnd = over()
      if (atEnd) await files.includeUnrecorded()
    }
  } finally {
    changes?.close()
    await files.close()
  }
}

/** A place in the log: a record, and how many of its bytes stand before the place. */
interface LogPosition {
  readonly record: number
  readonly bytes: number
}
const BEGINNING: LogPosition = { record: 0, bytes: 0 }

const wantedStreams = (options: ReadLogOptions): readonly LogStreamName[] =>
  options.stream === undefined ? LOG_STREAMS : [options.stream]

/** Makes lines of the records from a position on; keeps its place between calls. */
class Pump {
  readonly #files: LogFiles
  readonly #wanted: readonly LogStreamName[]
  readonly #secrets: readonly string[]
  readonly #splitters = new Map<LogStreamName, LineSplitter>()
  #next: number
  #skipBytes: number

  constructor(files: LogFiles, options: ReadLogOptions, from: LogPosition) {
    this.#files = files
    this.#wanted = wantedStreams(options)
    this.#secrets = secretTexts(options.mask ?? [])
    this.#next = from.record
    this.#skipBytes = from.bytes
  }

  /** All lines up to the end of the log as it is now, or up to record `until`; unfinished ones too with `atEnd`. */
  async *available(atEnd: boolean, until = Number.POSITIVE_INFINITY): AsyncGenerator<readonly LogText[]> {
    let out: LogText[] = []
    while (this.#next < until) {
      const records = await this.#files.records(this.#next, Math.min(RECORDS_AT_ONCE, until - this.#next))
      if (records.length === 0) break
      for (const record of records) {
        const skip = this.#skipBytes
        this.#next++
        this.#skipBytes = 0
        if (!this.#wanted.includes(record.stream)) continue
        let position = record.ends[record.stream] - record.length + skip
        const splitter = this.#splitters.get(record.stream) ?? (await this.#splitter(record.stream, position))
        while (position < record.ends[record.stream]) {
          const length = record.ends[record.stream] - position
          const bytes =
            this.#files.readAhead(record.stream, position, length) ??
            (await this.#files.read(record.stream, position, length))
          if (bytes.length === 0) break
          position += bytes.length
          const known = out.length
          splitter.push(bytes, record.at, out)
          if (record.stream === 'log') decodeStructured(out, known, this.#secrets)
          if (out.length >= LINES_AT_ONCE) {
            yield out
            out = []
          }
        }
      }
    }
    if (atEnd) this.#flush(out)
    if (out.length > 0) yield out
  }

  #flush(out: LogText[]): void {
    for (const [stream, splitter] of this.#splitters) {
      const known = out.length
      splitter.flush(out)
      if (stream === 'log') decodeStructured(out, known, this.#secrets)
    }
  }

  /**
   * A splitter for a stream that is entered at `position`. When that is inside a line, the line's beginning is read as
   * well: it may be among the last lines of the log although other streams wrote much in between. Only a line whose
   * beginning is further away than the longest line is passed over.
   */
  async #splitter(stream: LogStreamName, position: number): Promise<LineSplitter> {
    const from = Math.max(0, position - MAX_LINE_BYTES)
    const before = position === from ? Buffer.alloc(0) : await this.#files.read(stream, from, position - from)
    const newline = before.lastIndexOf(NEWLINE)
    const isKnown = newline !== -1 || from === 0
    // In a structured line a secret is written with escapes: it is looked for after they were read.
    const splitter = new LineSplitter(stream, stream === 'log' ? [] : this.#secrets, !isKnown)
    this.#splitters.set(stream, splitter)
    if (isKnown && newline + 1 < before.length) splitter.push(before.subarray(newline + 1), 0, [])
    return splitter
  }
}

/** Where to begin for the last `lines` lines, and how many lines from there to drop first. Reads backwards. */
async function findTail(
  files: LogFiles,
  options: ReadLogOptions,
  lines: number,
  atEnd: boolean,
): Promise<{ from: LogPosition; drop: number }> {
  const count = await files.count()
  // Each stream may begin inside a line, which is passed over, and may end with one that is not complete.
  const enough = lines + 2 * LOG_STREAMS.length
  const from = await lookBack(files, wantedStreams(options), count, enough)
  let total = 0
  const pump = new Pump(files, options, from)
  for await (const batch of pump.available(atEnd, count)) total += batch.length
  return { from, drop: Math.max(0, total - lines) }
}

/** The position behind which at least `enough` lines end (or the beginning of the log). */
async function lookBack(
  files: LogFiles,
  wanted: readonly LogStreamName[],
  count: number,
  enough: number,
): Promise<LogPosition> {
  let found = 0
  for (let end = count; end > 0; ) {
    const begin = Math.max(0, end - RECORDS_AT_ONCE)
    const records = await files.records(begin, end - begin)
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i]
      if (record === undefined || !wanted.includes(record.stream)) continue
      for (let rest = record.length; rest > 0; ) {
        const start = Math.max(0, rest - READ_WINDOW)
        found += await countLines(files, record, start, rest)
        if (found >= enough) return { record: begin + i, bytes: start }
        rest = start
      }
    }
    end = begin
  }
  return BEGINNING
}

/** Newlines in bytes [start, end) of a record; in a stretch without any, the pieces into which it will be cut. */
async function countLines(files: LogFiles, record: LogRecord, start: number, end: number): Promise<number> {
  const position = record.ends[record.stream] - record.length
  const bytes = await files.read(record.stream, position + start, end - start)
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines === 0 ? Math.floor(bytes.length / MAX_LINE_BYTES) : lines
}

/** Wakes a follower when something in the folder changed; at the latest after SAFETY_POLL_MS. */
class Changes {
  readonly #root: string
  readonly #signal: AbortSignal
  #watcher: FSWatcher | null = null
  #changed = false
  #wake: (() => void) | null = null
  readonly #notice = (): void => {
    this.#changed = true
    this.#wake?.()
  }

  constructor(root: string, signal: AbortSignal) {
    this.#root = root
    this.#signal = signal
    signal.addEventListener('abort', this.#notice, { once: true })
    this.#watch()
  }

  async next(): Promise<void> {
    if (this.#watcher === null) this.#watch()
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SAFETY_POLL_MS)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#wake = null
    this.#changed = false
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#notice)
    this.#watcher?.close()
    this.#watcher = null
  }

  /** The folder may not be there yet, or the system may have no watches left: the poll alone does then. */
  #watch(): void {
    try {
      this.#watcher = watch(this.#root, this.#notice)
      this.#watcher.on('error', () => {
        this.#watcher?.close()
        this.#watcher = null
      })
    } catch {
      this.#watcher = null
    }
  }
}
