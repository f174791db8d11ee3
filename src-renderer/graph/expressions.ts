/** What expressions read, found without a parser of CEL: enough for a picture and for renaming; the engine judges. */

export interface Read {
  readonly root: 'steps' | 'params'
  /** Names after the root, as far as they are written out */
  readonly path: readonly string[]
  /** Where the first name after the root stands in the text: what a rename replaces */
  readonly start: number
  readonly end: number
}

const OPEN = '${{'

/** Where an expression stands in a text, without its braces. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** The expressions of a text; with `isBare` all of it is one, with or without braces (`when`). */
export function expressionsIn(text: string, isBare = false): Stretch[] {
  if (isBare && !text.includes(OPEN)) return [{ from: 0, to: text.length }]
  const found: Stretch[] = []
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, open + OPEN.length)) {
    // `$${{` stands for the characters themselves.
    if (open > 0 && text[open - 1] === '$') continue
    const from = open + OPEN.length
    const to = endOfExpression(text, from)
    found.push({ from, to })
    open = to - OPEN.length
  }
  return found
}

/** All reads in a text with `${{ }}`; with `isBare` the whole text is an expression, with or without braces (`when`). */
export const readsOf = (text: string, isBare = false): Read[] =>
  expressionsIn(text, isBare).flatMap(({ from, to }) => scan(text, from, to))

/** The read when a text is exactly one reference: `${{ steps.a.outputs.x }}` */
export function soleRead(text: string): Read | null {
  const trimmed = text.trim()
  if (!/^\$\{\{\s*(steps|params)(\.[A-Za-z_]\w*|\["[^"\\]*"\])+\s*\}\}$/.test(trimmed)) return null
  return readsOf(trimmed)[0] ?? null
}

/** The place of the closing braces, or the end of the text while they are not typed yet. */
function endOfExpression(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '"' || char === "'") at = endOfString(text, at, text.length)
    else if (char === '{') depth++
    else if (char === '}' && depth > 0) depth--
    else if (char === '}' && text[at + 1] === '}') return at
  }
  return text.length
}

/** The place of the quote that ends the string which starts at `start`, or the last one of the text. */
export function endOfString(text: string, start: number, end: number): number {
  const quote = text[start]
  for (let at = start + 1; at < end; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return end
}

const isNameStart = (char: string): boolean => /[A-Za-z_]/.test(char)
const NAME = /[A-Za-z_]\w*/y
const LINK = /\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])/y

function scan(text: string, from: number, to: number): Read[] {
  const reads: Read[] = []
  for (let at = from; at < to; at++) {
    const char = text[at] ?? ''
    if (char === '"' || char === "'") {
      at = endOfString(text, at, to)
      continue
    }
    if (!isNameStart(char)) continue
    NAME.lastIndex = at
    const name = NAME.exec(text)?.[0] ?? char
    const isField = /\.\s*$/.test(text.slice(Math.max(from, at - 20), at))
    at += name.length - 1
    if (isField || (name !== 'steps' && name !== 'params')) continue
    const read = chain(text, name, at + 1, to)
    if (read !== null) reads.push(read)
  }
  return reads
}

/** The names that follow a root: `.fit.outputs["rate"]` */
function chain(text: string, root: Read['root'], from: number, to: number): Read | null {
  const path: string[] = []
  let start = from
  let end = from
  LINK.lastIndex = from
  for (let link = LINK.exec(text); link !== null && LINK.lastIndex <= to; link = LINK.exec(text)) {
    const name = link[1] ?? link[2] ?? link[3] ?? ''
    if (path.length === 0) {
      start = link.index + link[0].lastIndexOf(name)
      end = start + name.length
    }
    path.push(name)
  }
  return path.length === 0 ? null : { root, path, start, end }
}
