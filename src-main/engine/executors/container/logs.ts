import type { Readable } from 'node:stream'
import type { LogWriter } from '../log-writer.ts'
import { dockerError } from './errors.ts'
import { BrokenLog, FrameParser, type LogPiece, pieceOf, splitFrames } from './frames.ts'

/**
 * Copies the log of one container, which Docker hands out from its beginning, behind what is recorded already: bytes that
 * an engine (or a connection) before this one recorded are skipped, stream by stream, so that nothing is lost and
 * nothing stands there twice. Reads no further than it has written: memory stays flat however long the log is.
 */
export class LogCopy {
  readonly #log: LogWriter
  #last: Buffer | null = null

  constructor(log: LogWriter) {
    this.#log = log
  }

  /**
   * A log from its beginning to the end of the stream.
   * @throws DockerUnreachable when the connection breaks; BrokenLog; errors of the disk
   */
  async copy(source: Readable, signal: AbortSignal): Promise<void> {
    const { stdout, stderr } = this.#log.recorded()
    const skip = { stdout, stderr }
    const frames = new FrameParser()
    for await (const chunk of unbroken(source, signal)) {
      let written: Promise<void> = Promise.resolve()
      for (const piece of frames.push(chunk)) {
        const bytes = beyond(piece, skip)
        if (bytes.length > 0) written = this.#log.append(piece.stream, bytes, piece.at)
      }
      this.#last = frames.last ?? this.#last
      await written
    }
  }

  /**
   * Docker before 23 can end a followed log without its last lines. Takes the last frames of the complete log and writes
   * those that come after the last one that was copied. False when that one is not among them: then everything has to be
   * copied once more. (A frame begins with a time in nanoseconds, so no two are alike.)
   */
  async addMissing(tail: Readable, signal: AbortSignal): Promise<boolean> {
    const chunks: Buffer[] = []
    for await (const chunk of unbroken(tail, signal)) chunks.push(chunk)
    const frames = splitFrames(Buffer.concat(chunks))
    const last = this.#last
    const known = last === null ? -1 : frames.findLastIndex((frame) => frame.equals(last))
    if (known < 0) return frames.length === 0
    for (const frame of frames.slice(known + 1)) {
      const { stream, bytes, at } = pieceOf(frame)
      this.#last = frame
      await this.#log.append(stream, bytes, at)
    }
    return true
  }
}

/** Only what Docker's stream throws is an error of Docker; what happens to the reader of these chunks is not. */
async function* unbroken(source: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      let next: IteratorResult<unknown>
      try {
        next = await chunks.next()
      } catch (error) {
        signal.throwIfAborted()
        throw dockerError(error)
      }
      if (next.done === true) return
      if (Buffer.isBuffer(next.value)) yield next.value
    }
  } finally {
    source.destroy()
  }
}

function beyond(piece: LogPiece, skip: { stdout: number; stderr: number }): Uint8Array {
  const skipped = Math.min(skip[piece.stream], piece.bytes.length)
  skip[piece.stream] -= skipped
  return piece.bytes.subarray(skipped)
}

export const isBrokenLog = (error: unknown): error is BrokenLog => error instanceof BrokenLog
