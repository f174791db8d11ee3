/** What is looked for in a log. */
export interface Query {
  readonly text: string
  readonly isRegExp: boolean
  readonly matchCase: boolean
}

/** From and to, in characters of the plain text. */
export type Range = readonly [number, number]

/** Longest expression that is taken. */
const MAX_QUERY = 1000
/** Most places that are marked in one line. */
const MAX_RANGES = 500

/** The expression of a query, or why it is none, in words. */
export function expressionOf(query: Query): RegExp | string {
  if (query.text.length > MAX_QUERY) return `Search for at most ${MAX_QUERY} characters.`
  const flags = query.matchCase ? 'g' : 'gi'
  if (!query.isRegExp) return new RegExp(query.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), `${flags}u`)
  try {
    return new RegExp(query.text, flags)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: \/.*\/\w*: /s, '') : ''
    return `This is no regular expression: ${reason}.`
  }
}

export function rangesOf(expression: RegExp, text: string): Range[] {
  const ranges: Range[] = []
  for (const match of text.matchAll(expression)) {
    if (match[0] !== '') ranges.push([match.index, match.index + match[0].length])
    if (ranges.length >= MAX_RANGES) break
  }
  return ranges
}

/** Looks for ASCII text in bytes; null when the text needs more than comparing bytes. */
export function byteFinder(query: Query): ((bytes: Uint8Array, from: number, to: number) => boolean) | null {
  if (query.isRegExp || !/^\p{ASCII}*$/u.test(query.text)) return null
  const lower = new TextEncoder().encode(query.matchCase ? query.text : query.text.toLowerCase())
  const upper = new TextEncoder().encode(query.matchCase ? query.text : query.text.toUpperCase())
  const first = lower[0] ?? 0
  const firstUpper = upper[0] ?? 0
  const length = lower.length
  return (bytes, from, to) => {
    const last = to - length
    for (let at = from; at <= last; at += 1) {
      const byte = bytes[at]
      if (byte !== first && byte !== firstUpper) continue
      let matched = 1
      while (matched < length) {
        const next = bytes[at + matched]
        if (next !== lower[matched] && next !== upper[matched]) break
        matched += 1
      }
      if (matched === length) return true
    }
    return false
  }
}
