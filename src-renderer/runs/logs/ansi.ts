/** What of a line is shown, and how: colours and styles of terminals (SGR), nothing else of what a terminal can do. */
export interface Style {
  /** 0–15: colours of the theme; `#rrggbb` otherwise */
  readonly color?: number | string
  readonly background?: number | string
  readonly bold?: boolean
  readonly faint?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly strike?: boolean
  readonly inverse?: boolean
}

export interface Span {
  readonly text: string
  readonly style: Style | null
  /** A character that cannot be seen: drawn as a sign of what it is */
  readonly isControl: boolean
}

export interface Rendered {
  readonly spans: readonly Span[]
  /** How often a carriage return went back to the beginning and wrote over what stood there, as progress bars do */
  readonly overwritten: number
}

const CARRIAGE_RETURN = 0x0d
const ESCAPE = '\u001b'
/* What follows the escape. CSI … final byte; OSC, DCS, SOS, PM, APC … up to a control (BEL, or ESC \); other short ones. */
const SEQUENCE = /\[[0-?]*[ -/]*[@-~]|[\]PX^_]\P{Cc}*(?:\p{Cc}\\?|$)|[ -/]*[0-Z\\^-~]/uy
/** Controls but tab, and characters that turn the direction of text or take no room: they must not hide or reorder text. */
const UNSEEN = /(?!\t)[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u

/** Only the last thing that was written to the line, as a terminal shows it. */
export function lastWritten(text: string): { readonly text: string; readonly overwritten: number } {
  let end = text.length
  while (text.charCodeAt(end - 1) === CARRIAGE_RETURN) end -= 1
  const trimmed = text.slice(0, end)
  const at = trimmed.lastIndexOf('\r')
  if (at === -1) return { text: trimmed, overwritten: 0 }
  return { text: trimmed.slice(at + 1), overwritten: trimmed.split('\r').length - 1 }
}

/** The characters that are shown and searched: without sequences, but with unseen characters. */
export function plainText(text: string): string {
  const { text: shown } = lastWritten(text)
  if (!shown.includes(ESCAPE)) return shown
  let plain = ''
  let from = 0
  for (let at = shown.indexOf(ESCAPE); at !== -1; at = shown.indexOf(ESCAPE, from)) {
    plain += shown.slice(from, at)
    const length = sequenceLength(shown, at)
    if (length === 0) plain += ESCAPE
    from = at + Math.max(1, length)
  }
  return plain + shown.slice(from)
}

function sequenceLength(text: string, at: number): number {
  SEQUENCE.lastIndex = at + 1
  const found = SEQUENCE.exec(text)
  return found === null ? 0 : found[0].length + 1
}

/** Spans of a line. The texts of all spans together are its {@link plainText}. */
export function render(text: string): Rendered {
  const { text: shown, overwritten } = lastWritten(text)
  const spans: Span[] = []
  let style: Style | null = null
  let from = 0
  for (let at = shown.indexOf(ESCAPE); at !== -1; at = shown.indexOf(ESCAPE, from)) {
    addText(spans, shown.slice(from, at), style)
    const length = sequenceLength(shown, at)
    const sequence = shown.slice(at, at + length)
    if (length === 0) spans.push({ text: ESCAPE, style, isControl: true })
    else if (/^.\[[\d;:]*m$/s.test(sequence)) style = withCodes(style, sequence.slice(2, -1))
    from = at + Math.max(1, length)
  }
  addText(spans, shown.slice(from), style)
  return { spans, overwritten }
}

function addText(spans: Span[], text: string, style: Style | null): void {
  let rest = text
  for (let at = rest.search(UNSEEN); at !== -1; at = rest.search(UNSEEN)) {
    if (at > 0) spans.push({ text: rest.slice(0, at), style, isControl: false })
    spans.push({ text: rest.charAt(at), style, isControl: true })
    rest = rest.slice(at + 1)
  }
  if (rest !== '') spans.push({ text: rest, style, isControl: false })
}

const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f

/** A visible sign for an unseen character: `␛`, or its number. */
export function signOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code)
  if (code === DELETE) return '␡'
  return `‹${code.toString(16).toUpperCase().padStart(4, '0')}›`
}

const FLAGS: Readonly<Record<number, keyof Style>> = {
  1: 'bold',
  2: 'faint',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
}
const UNSET: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'faint'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['color'],
  49: ['background'],
}

/** The style after a sequence such as `1;31` or `38;2;255;0;0`. Null: nothing is set. */
export function withCodes(before: Style | null, list: string): Style | null {
  const codes = list.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)))
  let style: { -readonly [K in keyof Style]: Style[K] } = { ...before }
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0
    const flag = FLAGS[code]
    if (code === 0) style = {}
    else if (flag !== undefined) style = { ...style, [flag]: true }
    else if (UNSET[code] !== undefined) for (const name of UNSET[code]) delete style[name]
    else if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes, index + 1)
      if (color !== null) style[code === 38 ? 'color' : 'background'] = color
      index += used
    } else if (code >= 30 && code <= 37) style.color = code - 30
    else if (code >= 90 && code <= 97) style.color = code - 90 + 8
    else if (code >= 40 && code <= 47) style.background = code - 40
    else if (code >= 100 && code <= 107) style.background = code - 100 + 8
  }
  return Object.keys(style).length === 0 ? null : style
}

/** `5;n` or `2;r;g;b` from `at` on, and how many codes it took. */
function extendedColor(codes: readonly number[], at: number): [number | string | null, number] {
  if (codes[at] === 5) return [indexedColor(codes[at + 1] ?? 0), 2]
  if (codes[at] !== 2) return [null, codes.length]
  return [hex(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4]
}

const THEME_COLORS = 16
const CUBE_END = 232

function indexedColor(number: number): number | string | null {
  if (number < 0 || number > 255) return null
  if (number < THEME_COLORS) return number
  if (number >= CUBE_END) {
    const grey = 8 + (number - CUBE_END) * 10
    return hex(grey, grey, grey)
  }
  const cube = number - THEME_COLORS
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40)
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

const hex = (...parts: number[]): string =>
  `#${parts.map((part) => Math.min(255, part).toString(16).padStart(2, '0')).join('')}`
