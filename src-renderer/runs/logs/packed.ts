import { plainText } from './ansi.ts'
import type { Packed, Tried, TryExpression } from './protocol.ts'
import { rangesOf } from './query.ts'
import type { LogStore } from './store.ts'

/** Text of a line that is shown otherwise than it is written, as it is shown. */
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The lines as they are shown, one behind the other. What lies together in the store is copied together. */
export function pack(store: LogStore, lines: readonly number[]): Packed {
  const shown = new Map<number, Uint8Array>()
  const ends = new Uint32Array(lines.length)
  let size = 0
  for (const [index, line] of lines.entries()) {
    if (store.isSpecial(line)) shown.set(line, encoder.encode(plainText(store.text(line))))
    size += shown.get(line)?.length ?? store.size(line)
    ends[index] = size
  }
  const bytes = new Uint8Array(size)
  let at = 0
  /** What lies together and is not copied yet */
  let run = { chunk: bytes, from: 0, to: 0 }
  const copy = (): void => {
    bytes.set(run.chunk.subarray(run.from, run.to), at)
    at += run.to - run.from
  }
  for (const line of lines) {
    const text = shown.get(line)
    const chunk = text ?? store.chunkOf(line)
    const from = text === undefined ? store.offset(line) : 0
    const to = text === undefined ? from + store.size(line) : text.length
    if (chunk === run.chunk && from === run.to) run.to = to
    else {
      copy()
      run = { chunk: chunk as Uint8Array<ArrayBuffer>, from, to }
    }
  }
  copy()
  return { bytes, ends }
}

/** What the worker for expressions answers. */
export function tried({ id, source, flags, texts, packed }: TryExpression): Tried {
  if (packed !== null) return { id, hits: hitsOf(new RegExp(source, flags.replace('g', '')), packed), ranges: null }
  const expression = new RegExp(source, flags)
  return { id, hits: new Uint8Array(0), ranges: texts.map((text) => rangesOf(expression, text)) }
}

/** For each line: 1 when the expression matches. */
function hitsOf(expression: RegExp, { bytes, ends }: Packed): Uint8Array<ArrayBuffer> {
  const hits = new Uint8Array(ends.length)
  const whole = decoder.decode(bytes)
  // Only then is a place in the bytes the same place in the text.
  const isAscii = whole.length === bytes.length
  let from = 0
  for (const [index, end] of ends.entries()) {
    const text = isAscii ? whole.slice(from, end) : decoder.decode(bytes.subarray(from, end))
    hits[index] = expression.test(text) ? 1 : 0
    from = end
  }
  return hits
}
