import { once } from 'node:events'
import pico from 'picocolors'

export type Colors = ReturnType<typeof pico.createColors>
export const formats = ['table', 'json', 'yaml'] as const
export type Format = (typeof formats)[number]

const JSON_INDENT = 2

/** The environment that decides about colours and characters. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** https://no-color.org and its counterpart FORCE_COLOR win over what the stream is. */
export function wantsColor(isTerminal: boolean, { env }: Surroundings): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0'
  return isTerminal && env['TERM'] !== 'dumb'
}

/** Whether the locale can show the status glyphs. */
export function wantsUnicode({ env, platform }: Surroundings): boolean {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] === 'vscode'
  if (env['TERM'] === 'linux') return false
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return locale === '' ? platform === 'darwin' : /utf-?8/i.test(locale)
}

/**
 * Where everything goes: what was asked for to stdout, in the chosen format; everything else to stderr.
 * So `weir … -o json` always leaves one JSON document (for streams: one a line) on stdout.
 */
export class Output {
  readonly format: Format
  readonly quiet: boolean
  /** Whether a person looks at stdout / stderr */
  readonly terminal: { readonly out: boolean; readonly err: boolean }
  /** Whether a person can answer questions */
  readonly interactive: boolean
  readonly colors: Colors
  readonly errColors: Colors
  readonly unicode: boolean
  /** Lines that are drawn in place now: they make room for others */
  live: { suspend(): void; resume(): void } | null = null
  private documents = 0

  constructor(format: Format, quiet: boolean, surroundings: Surroundings = process) {
    this.format = format
    this.quiet = quiet
    this.terminal = { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true }
    this.interactive = process.stdin.isTTY === true && this.terminal.err
    this.colors = pico.createColors(wantsColor(this.terminal.out, surroundings))
    this.errColors = pico.createColors(wantsColor(this.terminal.err, surroundings))
    this.unicode = wantsUnicode(surroundings)
  }

  /** Columns that a table on stdout may take; Infinity in a pipe. */
  get width(): number {
    return this.terminal.out ? (process.stdout.columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  }

  /** The answer of the command: the value as JSON or YAML, or the text that `human` makes of it. */
  async result(value: unknown, human: () => string | Promise<string>): Promise<void> {
    this.write(await this.render(value, human))
  }

  /** One of many answers: JSON takes one line each, YAML one document each. */
  async item(value: unknown, human: () => string | Promise<string>): Promise<void> {
    if (this.format === 'json') this.write(JSON.stringify(value))
    else if (this.format === 'yaml')
      this.write(`${this.documents++ > 0 ? '---\n' : ''}${await this.render(value, human)}`)
    else this.write(await human())
  }

  private async render(value: unknown, human: () => string | Promise<string>): Promise<string> {
    if (this.format === 'json') return JSON.stringify(value, null, JSON_INDENT)
    if (this.format === 'table') return await human()
    const { stringify } = await import('yaml')
    return stringify(value, { lineWidth: 0 }).trimEnd()
  }

  /** Bytes or text on stdout, as they are; waits when the reader is slow, so that memory stays flat. */
  async raw(text: string | Uint8Array): Promise<void> {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain')
  }

  /** Lines on stdout. */
  write(text: string): void {
    if (text !== '') process.stdout.write(`${text}\n`)
  }

  /** What helps but was not asked for: to stderr, and nowhere with --quiet. */
  note(text: string): void {
    if (!this.quiet) this.error(text)
  }

  /** What must be read, even with --quiet. */
  error(text: string): void {
    this.live?.suspend()
    process.stderr.write(`${text}\n`)
    this.live?.resume()
  }
}
