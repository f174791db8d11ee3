import type { Readable } from 'node:stream'
import type { LogWriter } from '../log-writer.ts'
import { dockerError } from './errors.ts'
import { BrokenLog, FrameParser, type LogPiece } from './frames.ts'

/**
 * Copies a container's log, which is read from its beginning, behind what is recorded already: bytes that an engine (or
 * a connection) before this one has recorded are skipped, stream by stream, so that nothing is lost and nothing stands
 * there twice. Reads no further than it has written: memory stays flat however long the log is.
 * @throws DockerUnreachable when the connection breaks; errors of the disk.
 */
export async function copyLogs(source: Readable, log: LogWriter, signal: AbortSignal): Promise<void> {
  const { stdout, stderr } = log.recorded()
  const skip = { stdout, stderr }
  const frames = new FrameParser()
  for await (const chunk of unbroken(source, signal)) {
    let written: Promise<void> = Promise.resolve()
    for (const piece of frames.push(chunk)) {
      const bytes = beyond(piece, skip)
      if (bytes.length > 0) written = log.append(piece.stream, bytes, piece.at)
    }
    await written
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
