import { BoundedCache } from './bounded-cache.ts'
import { MAX_CACHED_PROGRAMS } from './limits.ts'

/** A text with `${{ }}` expressions, cut into its parts. */
export interface Template {
  readonly parts: readonly TemplatePart[]
  /** The expression when the text is exactly one: it yields the value itself, not a text */
  readonly single: ExpressionPart | null
  readonly hasExpressions: boolean
}
export type TemplatePart = string | ExpressionPart
export interface ExpressionPart {
  /** CEL text as typed, with the spaces around it */
  readonly text: string
  /** Index of this `${{` among all in the text, escaped ones too: finds the place in the YAML source again */
  readonly ordinal: number
}

/** `${{` without an end: its ordinal among all `${{` of the text. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly ordinal: number
  constructor(ordinal: number) {
    super('`${{` is never closed by `}}`')
    this.ordinal = ordinal
  }
}

const OPEN = '${{'
const templates = new BoundedCache<string, Template>(MAX_CACHED_PROGRAMS)

/**
 * Cuts a text into literals and expressions. `$${{` stands for a literal `${{`.
 * @throws TemplateError when an expression is not closed
 */
export function parseTemplate(text: string): Template {
  const known = templates.get(text)
  if (known) return known
  const template = text.includes(OPEN) ? cut(text) : { parts: [text], single: null, hasExpressions: false }
  templates.set(text, template)
  return template
}

function cut(text: string): Template {
  const parts: TemplatePart[] = []
  let literal = ''
  let at = 0
  let ordinal = 0
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at), ordinal++) {
    if (text[open - 1] === '$' && open > at) {
      literal += text.slice(at, open - 1) + OPEN
      at = open + OPEN.length
      continue
    }
    const end = endOfExpression(text, open + OPEN.length)
    if (end < 0) throw new TemplateError(ordinal)
    literal += text.slice(at, open)
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push({ text: text.slice(open + OPEN.length, end), ordinal })
    at = end + 2
  }
  literal += text.slice(at)
  if (literal !== '') parts.push(literal)
  const first = parts[0]
  const single = parts.length === 1 && typeof first === 'object' ? first : null
  return { parts, single, hasExpressions: parts.some((part) => typeof part === 'object') }
}

/** Position of the closing `}}`: not inside a string, not one that closes a map of CEL; -1 when there is none. */
function endOfExpression(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const char = text[i]
    if (char === '"' || char === "'") {
      i = endOfString(text, i)
      if (i < 0) return -1
    } else if (char === '{') depth++
    else if (char === '}' && depth > 0) depth--
    else if (char === '}' && text[i + 1] === '}') return i
  }
  return -1
}

/** Position of the last quote of a CEL string that starts at `start`; -1 when it has no end. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? ''
  const raw = /[rR]/.test(text[start - 1] ?? '') && !/\w/.test(text[start - 2] ?? ' ')
  const delimiter = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote
  for (let i = start + delimiter.length; i < text.length; i++) {
    if (text[i] === '\\' && !raw) i++
    else if (text.startsWith(delimiter, i)) return i + delimiter.length - 1
  }
  return -1
}

/** The expression of a field such as `when`, written with or without the braces; null when it is empty. */
export function bareExpression(text: string): ExpressionPart | null {
  const template = text.includes(OPEN) ? parseTemplate(text.trim()) : null
  if (template) return template.single
  return text.trim() === '' ? null : { text, ordinal: -1 }
}
