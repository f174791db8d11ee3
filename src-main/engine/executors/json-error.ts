/** How much of the text around the fault is quoted on each side. */
const QUOTED = 20

/**
 * Where and why a text is not JSON, in words. JSON.parse tells the position only for some faults and runtimes, so the
 * text, which is known to be wrong, is read once more. `place` begins with a blank, or is empty.
 */
export function describeJsonError(text: string): { place: string; reason: string; fix: string } {
  if (text.trim() === '') return { place: '', reason: 'it is empty', fix: 'Write a value, e.g. null.' }
  const position = firstFault(text)
  const before = text.slice(0, position)
  const line = before.split('\n').length
  const column = position - (before.lastIndexOf('\n') + 1) + 1
  const near = text.slice(Math.max(0, position - QUOTED), position + QUOTED).replace(/\s+/g, ' ')
  const reason =
    position >= text.length
      ? 'it ends in the middle of a value'
      : `unexpected ${JSON.stringify(text[position])} in ${JSON.stringify(near)}`
  const fix = /^-?(NaN|Infinity)/.test(text.slice(position, position + 9))
    ? 'JSON has no NaN and no Infinity: write null or a text instead.'
    : 'Write the file with a JSON library, and nothing else into it.'
  return { place: ` (line ${line}, column ${column})`, reason, fix }
}

const WHITE = /[ \t\r\n]*/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

/** What may come next: a value, a key or the end of an object, a comma or an end, ... */
type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd'

/** Position of the first character that cannot stand where it does; the length of the text when it ends too early. */
function firstFault(text: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  for (let at = skip(WHITE, text, 0); at < text.length; at = skip(WHITE, text, at)) {
    const char = text[at]
    const inside = open.at(-1)
    const isValue: boolean = expected === 'value' || expected === 'valueOrEnd'
    if (isValue && (char === '{' || char === '[')) {
      open.push(char)
      expected = char === '{' ? 'keyOrEnd' : 'valueOrEnd'
      at++
    } else if (char === '"' && (isValue || expected === 'key' || expected === 'keyOrEnd')) {
      const end = endOfString(text, at)
      if (!end.closed) return end.at
      at = end.at
      expected = isValue ? 'commaOrEnd' : 'colon'
    } else if (isValue && skip(SCALAR, text, at) > at) {
      at = skip(SCALAR, text, at)
      expected = 'commaOrEnd'
    } else if (expected === 'colon' && char === ':') {
      expected = 'value'
      at++
    } else if (expected === 'commaOrEnd' && char === ',' && inside !== undefined) {
      expected = inside === '{' ? 'key' : 'value'
      at++
    } else if (endsHere(char, inside, expected)) {
      open.pop()
      expected = 'commaOrEnd'
      at++
    } else {
      return at
    }
  }
  return text.length
}

const endsHere = (char: string | undefined, inside: '{' | '[' | undefined, expected: Expected): boolean =>
  inside === '{'
    ? char === '}' && (expected === 'keyOrEnd' || expected === 'commaOrEnd')
    : inside === '[' && char === ']' && (expected === 'valueOrEnd' || expected === 'commaOrEnd')

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** Position behind the string that begins at `start`, or of what is wrong in it. */
function endOfString(text: string, start: number): { at: number; closed: boolean } {
  let at = start + 1
  while (at < text.length) {
    const char = text[at]
    if (char === '"') return { at: at + 1, closed: true }
    if (char === undefined || char < ' ') break
    if (char === '\\') {
      const end = skip(ESCAPE, text, at)
      if (end === at) break
      at = end
    } else {
      at++
    }
  }
  return { at, closed: false }
}
