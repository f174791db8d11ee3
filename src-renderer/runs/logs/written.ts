import type { Scan } from './scan.ts'
import type { LogStore } from './store.ts'

/** Bytes of one part of a file; a Blob takes any number of them. */
const PART_BYTES = 4 * 1024 * 1024
const NEWLINE = 0x0a

/** Rows as they were written, colours and all, in pieces of bytes. A line that came in pieces is one line again. */
export function* writtenParts(
  store: LogStore,
  scan: Scan,
  from: number,
  to: number,
): Generator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(PART_BYTES)
  let used = 0
  for (let row = from; row < to; row += 1) {
    const line = scan.lineOf(row)
    const size = store.size(line)
    if (used + size + 1 > part.length) {
      yield part.subarray(0, used)
      part = new Uint8Array(Math.max(PART_BYTES, size + 1))
      used = 0
    }
    const offset = store.offset(line)
    part.set(store.chunkOf(line).subarray(offset, offset + size), used)
    used += size
    const goesOn = store.goesOn(line) && row + 1 < to && scan.lineOf(row + 1) === line + 1
    if (!goesOn) part[used++] = NEWLINE
  }
  yield part.subarray(0, used)
}

export const writtenBlob = (store: LogStore, scan: Scan, from: number, to: number): Blob =>
  new Blob([...writtenParts(store, scan, from, to)], { type: 'text/plain;charset=utf-8' })
