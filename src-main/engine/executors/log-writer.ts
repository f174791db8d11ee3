import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type ExecutionFolder, executionFolder } from './folder.ts'
import {
  countRecords,
  emptyLog,
  encodeRecord,
  LOG_RECORD_BYTES,
  LOG_STREAMS,
  type LogEnds,
  type LogStreamName,
  readRecords,
  streamFile,
} from './log-index.ts'

const FILE_MODE = 0o600

/** What is to be recorded; `bytes` null when they are in the file already. */
interface Entry {
  readonly stream: LogStreamName
  readonly bytes: Uint8Array | null
  readonly start: number
  readonly record: Buffer
}

/**
 * Writes the log of one execution. There is one writer at a time: the executor of the engine that holds the data folder.
 * Calls are carried out in the order in which they were made, also when nobody waits for them; whoever writes much
 * should wait, so that bytes do not pile up in memory. Files are made when there is something to write.
 *
 * After a crash the writer goes on behind the last sound record. Bytes that were appended but not recorded are written
 * again by `append`; for streams that the command writes itself, `grown` records them.
 */
export class LogWriter {
  readonly #folder: ExecutionFolder
  readonly #ends: LogEnds
  /** Records that are in the index */
  #written: number
  readonly #pending: Entry[] = []
  #index: FileHandle | null = null
  readonly #files = new Map<LogStreamName, FileHandle>()
  #queue: Promise<void> = Promise.resolve()

  private constructor(folder: ExecutionFolder, ends: LogEnds, records: number) {
    this.#folder = folder
    this.#ends = ends
    this.#written = records
  }

  /** For an execution that has no log yet: saves looking for one. */
  static fresh(root: string): LogWriter {
    return new LogWriter(executionFolder(root), emptyLog(), 0)
  }

  /** For an execution that may have one, written by an engine before this one. `root` is the execution's folder. */
  static async open(root: string): Promise<LogWriter> {
    const folder = executionFolder(root)
    let index: FileHandle
    try {
      index = await open(folder.index, 'r')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return LogWriter.fresh(root)
      throw error
    }
    try {
      const records = await countRecords(index, (await index.stat()).size)
      const [last] = records === 0 ? [] : await readRecords(index, records - 1, 1)
      return new LogWriter(folder, last === undefined ? emptyLog() : { ...last.ends }, records)
    } finally {
      await index.close()
    }
  }

  /** Bytes of each stream that are recorded, with those whose recording is under way. */
  recorded(): Readonly<LogEnds> {
    return { ...this.#ends }
  }

  /**
   * Appends bytes to a stream that the engine writes, and records them. `at` in ms since 1970. The bytes must not change
   * until the promise resolves. What is appended while a write is under way is written together.
   */
  append(stream: LogStreamName, bytes: Uint8Array, at: number): Promise<void> {
    if (bytes.length === 0) return this.#queue
    const start = this.#ends[stream]
    return this.#enqueue({ stream, bytes, start, record: this.#next(stream, bytes.length, at) })
  }

  /** A remark of the engine itself, shown between the lines of the command. */
  note(text: string, at: number): Promise<void> {
    return this.append('system', Buffer.from(`${text.trimEnd()}\n`, 'utf8'), at)
  }

  /** Records that a stream which the command writes itself has now `size` bytes. Nothing when that is known. */
  grown(stream: 'stdout' | 'stderr', size: number, at: number): Promise<void> {
    const start = this.#ends[stream]
    const length = size - start
    if (length <= 0) return this.#queue
    return this.#enqueue({ stream, bytes: null, start, record: this.#next(stream, length, at) })
  }

  /** Waits for what was asked and closes the files. */
  async close(): Promise<void> {
    try {
      await this.#queue
    } finally {
      const files = [...this.#files.values(), ...(this.#index === null ? [] : [this.#index])]
      this.#files.clear()
      this.#index = null
      await Promise.all(files.map((file) => file.close()))
    }
  }

  #next(stream: LogStreamName, length: number, at: number): Buffer {
    this.#ends[stream] += length
    return encodeRecord({ stream, at: Math.max(0, Math.round(at)), length, ends: this.#ends })
  }

  /** After one write failed (a full disk), the later ones fail too: a log with a hole would lie about what came when. */
  #enqueue(entry: Entry): Promise<void> {
    this.#pending.push(entry)
    if (this.#pending.length === 1) {
      this.#queue = this.#queue.then(() => this.#write(this.#pending.splice(0)))
      // Whoever waits hears of the failure; for calls that nobody waits for, close() tells it.
      this.#queue.catch(() => undefined)
    }
    return this.#queue
  }

  /** Bytes first, so that there is never a record without its bytes. */
  async #write(entries: readonly Entry[]): Promise<void> {
    for (const stream of LOG_STREAMS) {
      const own = entries.flatMap((entry) => (entry.stream === stream && entry.bytes !== null ? [entry] : []))
      const [first] = own
      if (first === undefined) continue
      const file = await this.#stream(stream, first.start)
      await writeFully(file, joined(own.map(({ bytes }) => bytes ?? NOTHING)), first.start)
    }
    await this.#writeRecords(entries.map(({ record }) => record))
  }

  async #writeRecords(records: readonly Uint8Array[]): Promise<void> {
    const position = this.#written * LOG_RECORD_BYTES
    if (this.#index === null) {
      this.#index = await open(this.#folder.index, constants.O_WRONLY | constants.O_CREAT, FILE_MODE)
      await this.#index.truncate(position)
    }
    await writeFully(this.#index, joined(records), position)
    this.#written += records.length
  }

  /** Opens a stream for writing at `end` and cuts off what was appended before a crash but never recorded. */
  async #stream(stream: LogStreamName, end: number): Promise<FileHandle> {
    const known = this.#files.get(stream)
    if (known !== undefined) return known
    const file = await open(streamFile(this.#folder, stream), constants.O_WRONLY | constants.O_CREAT, FILE_MODE)
    this.#files.set(stream, file)
    await file.truncate(end)
    return file
  }
}

const NOTHING = new Uint8Array()

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only, second] = parts
  return only !== undefined && second === undefined ? only : Buffer.concat(parts)
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten
  }
}
