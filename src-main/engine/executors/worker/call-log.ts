import { constants } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { executionFolder } from '../folder.ts'
import { countStructured, encodeStructured } from '../log-structured.ts'
import { LogWriter } from '../log-writer.ts'
import type { LogLines, MetricValues } from './incoming.ts'
import { unseen } from './unseen.ts'
import { lengthOf } from './words.ts'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
/** The index has 48 bits for a moment. */
const LATEST_MS = 2 ** 48 - 1

type FileStream = 'stdout' | 'stderr' | 'log'

/**
 * Writes what a call logs and measures into the folder of its execution. Files are made when there is something to write:
 * most calls are quick and silent. Writes follow each other; whoever waits for them bounds what is in memory.
 *
 * What is said again after a break is written once. How far it had come follows from the files, so that an engine that takes the
 * execution over knows it, too: bytes of output and number of lines with fields; number of measured values.
 */
export class CallLog {
  readonly #root: string
  readonly #failed: (error: unknown) => void
  #writer: LogWriter | null = null
  #metrics: FileHandle | null = null
  #queue: Promise<void> = Promise.resolve()
  #pending = 0
  /** How far is written; null until the first is */
  #logged: number | null = null
  #measured: number | null = null

  constructor(root: string, failed: (error: unknown) => void) {
    this.#root = root
    this.#failed = failed
  }

  /** Whether all that was handed over has been written, or could not be */
  get isIdle(): boolean {
    return this.#pending === 0
  }

  /** Resolves when the lines are written. A disk that refuses is reported, and the lines are given up. */
  lines(lines: LogLines, from?: number): Promise<void> {
    return this.#then(() => this.#writeLines(lines, from))
  }

  /** Resolves when all that was handed over has been written, or could not be. */
  settled(): Promise<void> {
    return this.#queue
  }

  metrics(values: MetricValues, from?: number): Promise<void> {
    return this.#then(() => this.#writeMetrics(values, from))
  }

  /** Waits for what was handed over and closes the files. */
  close(): Promise<void> {
    return this.#then(() => this.#giveUp())
  }

  #then(act: () => Promise<void>): Promise<void> {
    this.#pending += 1
    this.#queue = this.#queue
      .then(act)
      .catch(async (error: unknown) => {
        this.#failed(error)
        // Opened anew by the next write: a disk that was full may have room again.
        await this.#giveUp().catch(() => undefined)
      })
      .finally(() => {
        this.#pending -= 1
      })
    return this.#queue
  }

  async #writeLines(said: LogLines, from?: number): Promise<void> {
    const writer = await this.#openWriter()
    const { items: lines, position, missing } = unseen(said, from, this.#logged ?? 0, lengthOf)
    this.#logged = position
    if (missing > 0) {
      const what = `bytes of output, or lines with fields, are missing here: they were on their way when a connection broke.`
      await writer.note(`${missing} ${what}`, Math.min(lines[0]?.[0] ?? 0, LATEST_MS))
    }
    let done: Promise<void> = Promise.resolve()
    for (let from = 0; from < lines.length; ) {
      const to = endOfPiece(lines, from)
      const [at, stream] = lines[from] ?? [0, 'stdout']
      const moment = Math.min(at, LATEST_MS)
      done = writer.append(fileOf(stream), Buffer.from(textOf(lines, from, to), 'utf8'), moment)
      // Told by `done`, or by the write that failed before.
      done.catch(() => undefined)
      from = to
    }
    await done
  }

  async #openWriter(): Promise<LogWriter> {
    if (this.#writer === null) {
      const isNew = (await mkdir(this.#root, { recursive: true, mode: FOLDER_MODE })) !== undefined
      // An engine before this one may have written into a folder that is there.
      this.#writer = isNew ? LogWriter.fresh(this.#root) : await LogWriter.open(this.#root)
      this.#logged ??= isNew ? 0 : await loggedBefore(this.#root, this.#writer)
    }
    return this.#writer
  }

  async #writeMetrics(said: MetricValues, from?: number): Promise<void> {
    if (this.#metrics === null) {
      await mkdir(this.#root, { recursive: true, mode: FOLDER_MODE })
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND
      this.#metrics = await open(executionFolder(this.#root).metrics, flags, FILE_MODE)
      this.#measured ??= await wholeLines(this.#metrics)
    }
    const { items: values, position, missing } = unseen(said, from, this.#measured ?? 0, () => 1)
    this.#measured = position
    if (missing > 0) {
      const note = `${missing} measured values are missing: they were on their way when a connection broke.`
      await (await this.#openWriter()).note(note, Math.min(values[0]?.[0] ?? 0, LATEST_MS))
    }
    await this.#metrics.appendFile(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
  }

  async #giveUp(): Promise<void> {
    const [writer, metrics] = [this.#writer, this.#metrics]
    this.#writer = null
    this.#metrics = null
    await Promise.all([writer?.close(), metrics?.close()])
  }
}

/** How far the log of an engine before this one had come. */
async function loggedBefore(root: string, writer: LogWriter): Promise<number> {
  const { stdout, stderr, log } = writer.recorded()
  return stdout + stderr + (log === 0 ? 0 : await countStructured(executionFolder(root).log, log))
}

const NEWLINE = 0x0a
const READ_BYTES = 1024 * 1024

/** Number of lines in a file; cuts off the last one when a crash has torn it. */
async function wholeLines(file: FileHandle): Promise<number> {
  const chunk = Buffer.allocUnsafe(READ_BYTES)
  let [count, at, end] = [0, 0, 0]
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, READ_BYTES, at)
    if (bytesRead === 0) break
    for (let place = chunk.indexOf(NEWLINE); place !== -1 && place < bytesRead; ) {
      count += 1
      end = at + place + 1
      place = chunk.indexOf(NEWLINE, place + 1)
    }
    at += bytesRead
  }
  if (end < at) await file.truncate(end)
  return count
}

/** Structured lines of all levels are in one file. */
const fileOf = (stream: LogLines[number][1]): FileStream =>
  stream === 'stdout' || stream === 'stderr' ? stream : 'log'

/** Number of the first line that is of another moment or another file: lines before it are recorded together. */
function endOfPiece(lines: readonly LogLines[number][], from: number): number {
  const [at, stream] = lines[from] ?? [0, 'stdout']
  let to = from + 1
  for (; to < lines.length; to++) {
    const line = lines[to]
    if (line === undefined || line[0] !== at || fileOf(line[1]) !== fileOf(stream)) break
  }
  return to
}

function textOf(lines: readonly LogLines[number][], from: number, to: number): string {
  let text = ''
  for (let index = from; index < to; index++) {
    const [, stream, piece, fields] = lines[index] ?? [0, 'stdout', '', null]
    text += stream === 'stdout' || stream === 'stderr' ? piece : encodeStructured(stream, piece, fields)
  }
  return text
}
