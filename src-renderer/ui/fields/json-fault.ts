/** Where a text stops being JSON. Lines and columns count from 1. */
export interface JsonFault {
  readonly message: string
  readonly line: number
  readonly column: number
}

/** What is wrong with a JSON text, and where; null when it is good. */
export function jsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const place = placeIn(said, text)
    return { ...place, message: plain(said) }
  }
}

/** Chromium says `at position 12 (line 2 column 3)`, Firefox `at line 2 column 3 of the JSON data`, or nothing at the end. */
function placeIn(said: string, text: string): { line: number; column: number } {
  const spoken = /line (\d+) column (\d+)/.exec(said)
  if (spoken !== null) return { line: Number(spoken[1]), column: Number(spoken[2]) }
  const position = /position (\d+)/.exec(said)
  const before = text.slice(0, position === null ? offsetOfToken(said, text) : Number(position[1]))
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

/** Short texts are quoted instead of counted: `Unexpected token 'x', "{x}" is not valid JSON`. */
function offsetOfToken(said: string, text: string): number {
  const token = /Unexpected token '(.)'/u.exec(said)?.[1]
  const at = token === undefined ? -1 : text.indexOf(token)
  return at < 0 ? text.length : at
}

function plain(said: string): string {
  if (/end of|unterminated/i.test(said)) return 'the text ends too early: a bracket or a quote is open'
  const cut = said.replace(/ (in JSON )?at (position|line) .*$/, '').replace(/, .* is not valid JSON$/, '')
  return cut.replace(/^JSON\.parse: /, '').replace(/^./, (first) => first.toLowerCase())
}
