/**
 * Docker's log stream is a sequence of frames: stream (1 stdout, 2 stderr, 3 an error of Docker), 3 zero bytes, length as
 * u32, then `2026-11-21T10:28:36.382681864Z ` and the bytes that were written, up to one line or 16 KiB of a longer one.
 */
const HEADER_BYTES = 8
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

interface Group {
  readonly stream: 'stdout' | 'stderr'
  readonly stamp: string
  readonly parts: Uint8Array[]
}

/** Takes a log stream apart, whatever its chunks. Holds at most one unfinished frame. */
export class FrameParser {
  #rest: Buffer = Buffer.alloc(0)

  /** The pieces that this chunk completes; neighbours of the same stream and millisecond come as one. */
  push(chunk: Buffer): LogPiece[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const groups: Group[] = []
    let offset = 0
    while (offset + HEADER_BYTES <= bytes.length) {
      const end = offset + HEADER_BYTES + bytes.readUInt32BE(offset + 4)
      if (end > bytes.length) break
      addFrame(groups, bytes.readUInt8(offset), bytes.subarray(offset + HEADER_BYTES, end))
      offset = end
    }
    // A copy, because the rest would otherwise keep the whole chunk in memory.
    this.#rest = Buffer.from(bytes.subarray(offset))
    return groups.map(({ stream, stamp, parts }) => ({ stream, at: Date.parse(`${stamp}Z`), bytes: joined(parts) }))
  }
}

function addFrame(groups: Group[], type: number, frame: Buffer): void {
  if (type !== STDOUT && type !== STDERR) throw new BrokenLog(frame.toString('utf8').trim())
  const stream = type === STDOUT ? 'stdout' : 'stderr'
  const stamp = frame.toString('latin1', 0, MILLISECONDS_CHARS)
  const body = frame.subarray(frame.indexOf(SPACE) + 1)
  const last = groups.at(-1)
  if (last?.stream === stream && last.stamp === stamp) last.parts.push(body)
  else groups.push({ stream, stamp, parts: [body] })
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}
