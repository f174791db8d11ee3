import { RE2JS } from 're2js'
import { BoundedCache } from './bounded-cache.ts'
import { MAX_PATTERN_LENGTH, MAX_PATTERN_SUBJECT } from './limits.ts'

/** A compiled regular expression; `test` looks for it anywhere in the text. */
export interface Pattern {
  test(text: string): boolean
  /** The source: Ajv tells patterns apart by it */
  toString(): string
}

const patterns = new BoundedCache<string, Pattern>(1000)

/**
 * Compiles a regular expression that came from outside. RE2 matches in linear time, so that no pattern and no value can
 * hang the engine; in exchange there are no look-arounds and no back-references.
 * @throws Error whose message says what is wrong with the pattern
 */
export function compilePattern(source: string): Pattern {
  const known = patterns.get(source)
  if (known) return known
  if (source.length > MAX_PATTERN_LENGTH) {
    throw new Error(`the pattern has ${source.length} characters, more than ${MAX_PATTERN_LENGTH}`)
  }
  const compiled = RE2JS.compile(source)
  const pattern: Pattern = {
    test: (text) => text.length <= MAX_PATTERN_SUBJECT && compiled.matcher(text).find(),
    toString: () => source,
  }
  patterns.set(source, pattern)
  return pattern
}

/** What is wrong with a regular expression, in a few words; null when it is good. */
export function patternFault(source: string): string | null {
  try {
    compilePattern(source)
    return null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
  }
}
