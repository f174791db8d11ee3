import { type FileHandle, open } from 'node:fs/promises'
import { errnoOf } from './failure.ts'
import { type ExecutionFolder, executionFolder } from './folder.ts'
import {
  countRecords,
  emptyLog,
  LOG_STREAMS,
  type LogEnds,
  type LogRecord,
  type LogStreamName,
  readRecords,
  streamFile,
} from './log-index.ts'

/** Bytes of a stream that are read at once. */
export const READ_WINDOW = 256 * 1024

/** The files of one execution's log, opened when they are there. Reads only; any number of readers at once. */
export class LogFiles {
  readonly #folder: ExecutionFolder
  #index: FileHandle | null = null
  readonly #streams = new Map<LogStreamName, WindowedFile>()
  /** Bytes that are in the files but not in the index, as records behind those of the index */
  #extra: readonly LogRecord[] = []
  #extraFrom = Number.POSITIVE_INFINITY

  constructor(root: string) {
    this.#folder = executionFolder(root)
  }

  async count(): Promise<number> {
    const index = await this.#openIndex()
    const indexed = index === null ? 0 : await countRecords(index, (await index.stat()).size)
    return Math.max(indexed, this.#extra.length === 0 ? 0 : this.#extraFrom + this.#extra.length)
  }

  /** Up to `limit` records from number `from` on. */
  async records(from: number, limit: number): Promise<readonly LogRecord[]> {
    if (from >= this.#extraFrom) return this.#extra.slice(from - this.#extraFrom, from - this.#extraFrom + limit)
    const index = await this.#openIndex()
    return index === null ? [] : readRecords(index, from, Math.min(limit, this.#extraFrom - from))
  }

  /**
   * Takes bytes that nobody recorded (an engine that was killed, a full disk) as if they had just come. Called once,
   * when the caller reads to the end and will not follow.
   */
  async includeUnrecorded(): Promise<void> {
    const count = await this.count()
    const [last] = count === 0 ? [] : await this.records(count - 1, 1)
    const ends: LogEnds = last === undefined ? emptyLog() : { ...last.ends }
    const extra: LogRecord[] = []
    for (const stream of LOG_STREAMS) {
      const file = await this.#stream(stream)
      if (file === null) continue
      const { size, mtimeMs } = await file.handle.stat()
      const length = size - ends[stream]
      if (length <= 0) continue
      ends[stream] = size
      extra.push({ stream, at: Math.round(mtimeMs), length, ends: { ...ends } })
    }
    this.#extra = extra
    this.#extraFrom = count
  }

  /** What `read` would answer, when it was read ahead; null otherwise. Spares small records a turn of the event loop. */
  readAhead(stream: LogStreamName, position: number, length: number): Buffer | null {
    return this.#streams.get(stream)?.cached(position, length) ?? null
  }

  /** At most `length` bytes of a stream from `position` on; valid until the next read of the same stream. */
  async read(stream: LogStreamName, position: number, length: number): Promise<Buffer> {
    const file = await this.#stream(stream)
    return file === null ? Buffer.alloc(0) : file.read(position, length)
  }

  async close(): Promise<void> {
    const handles = [...this.#streams.values()].map((file) => file.handle)
    if (this.#index !== null) handles.push(this.#index)
    this.#streams.clear()
    this.#index = null
    await Promise.all(handles.map((handle) => handle.close()))
  }

  async #openIndex(): Promise<FileHandle | null> {
    this.#index ??= await openIfThere(this.#folder.index)
    return this.#index
  }

  async #stream(stream: LogStreamName): Promise<WindowedFile | null> {
    const known = this.#streams.get(stream)
    if (known !== undefined) return known
    const handle = await openIfThere(streamFile(this.#folder, stream))
    if (handle === null) return null
    const file = new WindowedFile(handle)
    this.#streams.set(stream, file)
    return file
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Reads ahead, so that many small records cost one read. */
class WindowedFile {
  readonly handle: FileHandle
  readonly #window = Buffer.allocUnsafeSlow(READ_WINDOW)
  #start = 0
  #end = 0

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  async read(position: number, length: number): Promise<Buffer> {
    const cached = this.cached(position, length)
    if (cached !== null) return cached
    const { bytesRead } = await this.handle.read(this.#window, 0, READ_WINDOW, position)
    this.#start = position
    this.#end = position + bytesRead
    return this.#window.subarray(0, Math.min(length, bytesRead))
  }

  /** Null when not all of it (up to a whole window) is at hand. */
  cached(position: number, length: number): Buffer | null {
    const from = position - this.#start
    const wanted = Math.min(length, READ_WINDOW)
    return from < 0 || position + wanted > this.#end ? null : this.#window.subarray(from, from + wanted)
  }
}
