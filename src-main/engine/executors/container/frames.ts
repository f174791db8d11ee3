/**
 * Docker's log stream is a sequence of frames: stream (1 stdout, 2 stderr, 3 an error of Docker), 3 zero bytes, length as
 * u32, then `2026-11-21T10:28:36.382681864Z ` and the bytes that were written, up to one line or 16 KiB of a longer one.
 */
const HEADER_BYTES = 8
const LENGTH_OFFSET = 4
/** Up to milliseconds: frames with the same beginning came at the same time for us. */
const MILLISECONDS_CHARS = 23
const STDOUT = 1
const STDERR = 2
const SPACE = 0x20

export interface LogPiece {
  readonly stream: 'stdout' | 'stderr'
  /** ms since 1970 */
  readonly at: number
  readonly bytes: Uint8Array
}

/** Docker reports that it cannot read its own log. */
export class BrokenLog extends Error {
  override readonly name = 'BrokenLog'
}

/** Takes a log stream apart, whatever its chunks. Holds at most one unfinished frame, and the last whole one. */
export class FrameParser {
  #rest: Buffer = Buffer.alloc(0)
  #last: Buffer | null = null

  /** The last frame that was whole, with its header; null before the first. */
  get last(): Buffer | null {
    return this.#last
  }

  /** The pieces that this chunk completes; neighbours of the same stream and millisecond come as one. */
  push(chunk: Buffer): LogPiece[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const groups: Group[] = []
    let [offset, end] = [0, frameEnd(bytes, 0)]
    for (; end !== null; [offset, end] = [end, frameEnd(bytes, end)]) {
      addFrame(groups, bytes.subarray(offset, end))
      // A copy, because a part would keep the whole chunk in memory; made once a chunk, for the last one.
      if (frameEnd(bytes, end) === null) this.#last = Buffer.from(bytes.subarray(offset, end))
    }
    this.#rest = Buffer.from(bytes.subarray(offset))
    return groups.map(({ stream, stamp, parts }) => ({ stream, at: Date.parse(`${stamp}Z`), bytes: joined(parts) }))
  }
}

/** All whole frames, with their headers. */
export function splitFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  let [offset, end] = [0, frameEnd(bytes, 0)]
  for (; end !== null; [offset, end] = [end, frameEnd(bytes, end)]) frames.push(bytes.subarray(offset, end))
  return frames
}

/** One frame, header included, as a piece. */
export function pieceOf(frame: Buffer): LogPiece {
  const { stream, stamp, body } = parts(frame)
  return { stream, at: Date.parse(`${stamp}Z`), bytes: body }
}

const frameEnd = (bytes: Buffer, offset: number): number | null => {
  if (offset + HEADER_BYTES > bytes.length) return null
  const end = offset + HEADER_BYTES + bytes.readUInt32BE(offset + LENGTH_OFFSET)
  return end > bytes.length ? null : end
}

interface Group {
  readonly stream: 'stdout' | 'stderr'
  readonly stamp: string
  readonly parts: Uint8Array[]
}

function addFrame(groups: Group[], frame: Buffer): void {
  const { stream, stamp, body } = parts(frame)
  const last = groups.at(-1)
  if (last?.stream === stream && last.stamp === stamp) last.parts.push(body)
  else groups.push({ stream, stamp, parts: [body] })
}

function parts(frame: Buffer): { stream: 'stdout' | 'stderr'; stamp: string; body: Buffer } {
  const type = frame.readUInt8(0)
  const content = frame.subarray(HEADER_BYTES)
  if (type !== STDOUT && type !== STDERR) throw new BrokenLog(content.toString('utf8').trim())
  return {
    stream: type === STDOUT ? 'stdout' : 'stderr',
    stamp: content.toString('latin1', 0, MILLISECONDS_CHARS),
    body: content.subarray(content.indexOf(SPACE) + 1),
  }
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}
