import type { Json } from '../../../src-shared/contract/index.ts'
import { textOf } from './cel-functions.ts'
import { ExpressionError, evaluate } from './expression.ts'
import type { ExpressionContext } from './plan.ts'
import { quoteFor, ShellScanner } from './shell.ts'
import { type ExpressionPart, parseTemplate, type Template, TemplateError } from './template.ts'

function templateOf(text: string, place: string): Template {
  try {
    return parseTemplate(text)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new ExpressionError(
      text,
      place,
      error.message,
      'Close it, or write `$${{` for the characters themselves.',
      error,
    )
  }
}

/** A template as text: each expression's value stands in it as it is; null as nothing, lists and maps as JSON. */
export function renderText(template: string, context: ExpressionContext, place = 'template'): string {
  const { parts } = templateOf(template, place)
  return parts.map((part) => (typeof part === 'string' ? part : textOf(evaluate(part.text, context, place)))).join('')
}

/** A template as a value: exactly one expression yields its value, of any type; everything else a text. */
export function renderString(template: string, context: ExpressionContext, place: string): Json {
  const { single } = templateOf(template, place)
  return single ? evaluate(single.text, context, place) : renderText(template, context, place)
}

/** A value with templates in it, at any depth; keys are no templates. */
export function renderValue(value: Json, context: ExpressionContext, place: string): Json {
  if (typeof value === 'string') return renderString(value, context, place)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item, i) => renderValue(item, context, `${place}[${i}]`))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renderValue(item, context, `${place}.${key}`)]),
  )
}

/**
 * The command of a step. A shell text: every value is quoted for the place where it stands, so that it reaches the
 * program as it is and can never become code. A list: no shell, no quotes; an item that is exactly one expression and
 * yields a list becomes several arguments.
 * @throws ExpressionError
 */
export function renderCommand(
  command: string | readonly string[],
  context: ExpressionContext,
  place = 'run',
): string | string[] {
  if (typeof command === 'string') return renderShell(command, context, place)
  return command.flatMap((item, i) => renderArgument(item, context, `${place}[${i}]`))
}

function renderArgument(item: string, context: ExpressionContext, place: string): string[] {
  const { single } = templateOf(item, place)
  if (!single) return [withoutNul(renderText(item, context, place), item, place)]
  const value = evaluate(single.text, context, place)
  const values = Array.isArray(value) ? value : [value]
  return values.map((one) => withoutNul(textOf(one), single.text, place))
}

function renderShell(script: string, context: ExpressionContext, place: string): string {
  const { parts, hasExpressions } = templateOf(script, place)
  if (!hasExpressions) return parts.filter((part) => typeof part === 'string').join('')
  const scanner = new ShellScanner()
  let rendered = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      scanner.feed(part)
      rendered += part
    } else {
      rendered += quoted(part, scanner, context, place)
      scanner.value()
    }
  }
  return rendered
}

function quoted(part: ExpressionPart, scanner: ShellScanner, context: ExpressionContext, place: string): string {
  const text = withoutNul(textOf(evaluate(part.text, context, place)), part.text, place)
  const word = quoteFor(scanner.place, text)
  if (word !== null) return word
  if (scanner.place === 'arithmetic') {
    throw new ExpressionError(
      part.text,
      place,
      `in $(( )) only a number can stand, not \`${text}\``,
      'Hand in a number.',
    )
  }
  throw new ExpressionError(part.text, place, UNSAFE_PLACE, UNSAFE_PLACE_FIX)
}

export const UNSAFE_PLACE =
  "a value cannot be put safely inside a here-document, backquotes, ${…}, $'…' or after a backslash"
export const UNSAFE_PLACE_FIX = 'Hand it in as `env: {NAME: ${{ … }}}` and write "$NAME" in the script.'

function withoutNul(text: string, expression: string, place: string): string {
  if (!text.includes('\0')) return text
  throw new ExpressionError(expression, place, 'the value holds a NUL character, which no argument can', 'Remove it.')
}
