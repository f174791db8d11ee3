import type { LogLines } from './incoming.ts'

/** What counts against the window of log text: the texts as UTF-8. */
export function bytesOf(lines: LogLines): number {
  let bytes = 0
  for (const [, , text] of lines) bytes += Buffer.byteLength(text)
  return bytes
}

/** How far a line leads: see docs/worker-protocol.md, "Logs". */
export const lengthOf = ([, stream, text]: LogLines[number]): number =>
  stream === 'stdout' || stream === 'stderr' ? Buffer.byteLength(text) : 1

/** `12 of 40: reads sample 12` */
export function progressText({
  done,
  total,
  text,
}: {
  done: number
  total: number | null
  text: string | null
}): string {
  const count = total === null ? String(done) : `${done} of ${total}`
  return text === null || text === '' ? count : `${count}: ${text}`
}
