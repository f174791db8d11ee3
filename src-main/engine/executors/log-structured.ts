import { createReadStream } from 'node:fs'
import type { Json } from '../../../src-shared/contract/index.ts'
import type { LogText } from './log-lines.ts'
import { maskText } from './mask.ts'

/**
 * Lines with a level and fields, as code writes them: `log.jsonl` holds one JSON array a line, `[level, text, fields]`, with
 * a fourth item when the line goes on in the next one. Each is shorter than what readers hand out whole (64 KiB).
 */

export type LogLevel = 'debug' | 'info' | 'warning' | 'error'
const LEVELS: ReadonlySet<unknown> = new Set<LogLevel>(['debug', 'info', 'warning', 'error'])

type Fields = Record<string, Json>

/** Of a text, in UTF-16 units: written with escapes, 6 bytes each at worst. */
const PIECE_UNITS = 8 * 1024
/** Of fields as JSON, in UTF-16 units, 3 bytes each at worst; longer ones become text. */
const FIELDS_UNITS = 4 * 1024

/** The line as it is written, with its newline. */
export function encodeStructured(level: LogLevel, text: string, fields: Fields | null): string {
  const told = fields === null ? '' : JSON.stringify(fields)
  const kept = told.length <= FIELDS_UNITS ? fields : null
  const whole = kept === fields ? text : `${text} ${told}`
  if (whole.length <= PIECE_UNITS) return `${JSON.stringify([level, whole, kept])}\n`
  const pieces = piecesOf(whole)
  const last = pieces.pop() ?? ''
  const begun = pieces.map((piece) => `${JSON.stringify([level, piece, null, 1])}\n`).join('')
  return `${begun}${JSON.stringify([level, last, kept])}\n`
}

function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + PIECE_UNITS
    const cut = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end
    pieces.push(text.slice(at, cut))
    at = cut
  }
  return pieces
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** What a piece ends with that goes on in the next line; a whole line ends with its fields. */
const GOES_ON = ',1]\n'

/** Number of lines, each with all its pieces, in the first `end` bytes of a `log.jsonl`. */
export async function countStructured(path: string, end: number): Promise<number> {
  let [count, rest] = [0, '']
  for await (const chunk of createReadStream(path, { end: end - 1, encoding: 'latin1' })) {
    const text = rest + String(chunk)
    for (let at = text.indexOf('\n', rest.length); at !== -1; at = text.indexOf('\n', at + 1)) {
      if (!text.endsWith(GOES_ON, at + 1)) count += 1
    }
    rest = text.slice(1 - GOES_ON.length)
  }
  return count
}

/** Turns lines of `log.jsonl` from number `from` on into what they say. `secrets` as made by secretTexts. */
export function decodeStructured(lines: LogText[], from: number, secrets: readonly string[]): void {
  for (let index = from; index < lines.length; index++) {
    const line = lines[index]
    if (line !== undefined) lines[index] = decodeLine(line, secrets)
  }
}

function decodeLine(line: LogText, secrets: readonly string[]): LogText {
  const { at, stream } = line
  const [level, text, fields, goesOn] = parse(line.text)
  if (typeof text !== 'string' || !isLevel(level)) return { ...line, text: maskText(line.text, secrets) }
  return {
    at,
    stream,
    text: maskText(text, secrets),
    level,
    ...(fields === null || fields === undefined ? {} : { fields: masked(fields, secrets) as Fields }),
    ...(goesOn === undefined ? {} : { partial: true }),
  }
}

const isLevel = (value: unknown): value is LogLevel => LEVELS.has(value)

/** Nothing for a line that was cut off by a crash. */
function parse(text: string): readonly Json[] {
  try {
    const parsed = JSON.parse(text) as Json
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return [] // shown as it stands
  }
}

function masked(value: Json, secrets: readonly string[]): Json {
  if (secrets.length === 0) return value
  if (typeof value === 'string') return maskText(value, secrets)
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, secrets)]))
}
