import { LogStream } from '../../../src-shared/contract/index.ts'
import { LEVELS, type Level, type LineHead, type LogStore } from './store.ts'

/** An engine cuts its lines at 64 KiB: what is far longer is no line of an engine. */
const LINE_LIMIT = 16 * 1024 * 1024
const NEWLINE = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const CLOSE = 0x7d
const BEFORE_TEXT = '"text":"'
/** Any control but tab */
const CONTROL = /(?!\t)\p{Cc}/u

/**
 * Reads a stream of log lines into a store, from bytes to bytes. Neighbouring lines mostly begin alike (same step, same
 * millisecond): what was understood once is only compared, and a text without escapes is copied as it is. Every other
 * line is read as the JSON that it is.
 */
export class LogParser {
  readonly #store: LogStore
  readonly #decoder = new TextDecoder()
  readonly #encoder = new TextEncoder()
  #rest: Uint8Array[] = []
  #restSize = 0
  /** Bytes of the last line before its text, when the text was the last thing in it; and what they mean */
  #start = new Uint8Array(0)
  #head: LineHead | null = null

  constructor(store: LogStore) {
    this.#store = store
  }

  push(chunk: Uint8Array): void {
    let from = 0
    if (this.#restSize > 0) {
      const newline = chunk.indexOf(NEWLINE)
      this.#keep(newline === -1 ? chunk : chunk.subarray(0, newline))
      if (newline === -1) return
      this.end()
      from = newline + 1
    }
    while (from < chunk.length) {
      const next = this.#alike(chunk, from)
      if (next !== -1) {
        from = next
        continue
      }
      const newline = chunk.indexOf(NEWLINE, from)
      if (newline === -1) {
        this.#keep(chunk.slice(from))
        return
      }
      if (newline > from) this.#any(chunk.subarray(from, newline))
      from = newline + 1
    }
  }

  /** The stream has ended: what has no line end is a line, too. */
  end(): void {
    const parts = this.#rest
    if (this.#restSize === 0) return
    const line = new Uint8Array(this.#restSize)
    let at = 0
    for (const part of parts) {
      line.set(part, at)
      at += part.length
    }
    this.#rest = []
    this.#restSize = 0
    this.#any(line)
  }

  #keep(bytes: Uint8Array): void {
    this.#rest.push(bytes.slice())
    this.#restSize += bytes.length
    if (this.#restSize > LINE_LIMIT) throw new RangeError('The engine sent a line that has no end.')
  }

  /** Takes a line that begins like the last one and holds no escape; answers where the next begins, or -1. */
  #alike(chunk: Uint8Array, from: number): number {
    const start = this.#start
    const head = this.#head
    if (head === null || from + start.length >= chunk.length) return -1
    for (let index = 0; index < start.length; index += 1) if (chunk[from + index] !== start[index]) return -1
    const textFrom = from + start.length
    let at = textFrom
    let byte = chunk[at]
    while (byte !== undefined && byte !== QUOTE && byte !== BACKSLASH && byte !== NEWLINE) byte = chunk[++at]
    if (byte !== QUOTE || chunk[at + 1] !== CLOSE || chunk[at + 2] !== NEWLINE) return -1
    this.#store.append(chunk, textFrom, at, head)
    return at + 3
  }

  #any(bytes: Uint8Array): void {
    const json = this.#decoder.decode(bytes)
    const line = readLine(json)
    const head: LineHead = {
      at: Date.parse(line.at),
      source: this.#store.sourceOf(line.step, line.attempt),
      stream: line.stream,
      partial: line.partial,
      special: line.level !== undefined || CONTROL.test(line.text),
      level: line.level,
    }
    const text = this.#encoder.encode(shownText(line))
    this.#store.append(text, 0, text.length, head)
    this.#head = null
    if (!line.isTextLast || line.partial || line.level !== undefined) return
    // The first one is the key itself: inside a value its quotes would be escaped.
    const textFrom = json.indexOf(BEFORE_TEXT)
    if (textFrom === -1) return
    this.#start = this.#encoder.encode(json.slice(0, textFrom + BEFORE_TEXT.length))
    this.#head = { ...head, special: false }
  }
}

interface ReadLine {
  readonly at: string
  readonly step: string
  readonly attempt: number
  readonly stream: LogStream
  readonly text: string
  readonly partial: boolean
  readonly level: Level | undefined
  /** Fields of a line that code logged, as JSON; empty when it has none */
  readonly fields: string
  readonly isTextLast: boolean
}

const isStream = (value: unknown): value is LogStream => LogStream.options.some((one) => one === value)

/** Checked by hand: a schema would cost more than all the rest of the reading. */
function readLine(json: string): ReadLine {
  const value: unknown = parse(json)
  if (typeof value !== 'object' || value === null) throw new TypeError(NOT_A_LINE)
  const { at, step, attempt, stream, text, partial, level, fields } = value as Record<string, unknown>
  if (
    typeof at !== 'string' ||
    typeof step !== 'string' ||
    typeof attempt !== 'number' ||
    !isStream(stream) ||
    typeof text !== 'string'
  )
    throw new TypeError(NOT_A_LINE)
  return {
    at,
    step,
    attempt,
    stream,
    text,
    partial: partial === true,
    level: LEVELS.find((one) => one === level),
    fields: typeof fields === 'object' && fields !== null ? JSON.stringify(fields) : '',
    isTextLast: Object.keys(value).at(-1) === 'text',
  }
}

/** How the words for levels are coloured, as terminals have it: dim, blue, yellow, red. */
const LEVEL_CODES: Readonly<Record<Level, number>> = { debug: 2, info: 34, warning: 33, error: 31 }
const LONGEST_LEVEL = 7

/** A line that code logged is shown with its level before it and its fields behind it. */
function shownText({ level, text, fields }: ReadLine): string {
  if (level === undefined) return text
  const word = `\u001b[${LEVEL_CODES[level]}m${level.padEnd(LONGEST_LEVEL)}\u001b[0m ${text}`
  return fields === '' ? word : `${word} \u001b[2m${fields}\u001b[0m`
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new TypeError(NOT_A_LINE, { cause: error })
  }
}

const NOT_A_LINE =
  'The engine sent something that is not a line of a log. It may be of another version than these screens.'
