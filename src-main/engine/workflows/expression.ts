import {
  TypeError as CelTypeError,
  EvaluationError,
  ParseError,
  type ParseResult,
  serialize,
} from '@marcbachmann/cel-js'
import type { Json } from '../../../src-shared/contract/index.ts'
import { BoundedCache } from './bounded-cache.ts'
import { evaluating, parseIn, runParsed } from './cel.ts'
import { MAX_CACHED_PROGRAMS, MAX_EXPRESSION_LENGTH } from './limits.ts'
import type { ExpressionContext } from './plan.ts'
import { type Read, type ReferenceFault, referencesOf } from './references.ts'
import { meant } from './suggest.ts'
import { type CelValue, hasMisleadingKey, toJson, withMaps } from './values.ts'

/** An expression that cannot be read. `offset` is the place in its text. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError'
  readonly offset: number
  readonly fix: string
  constructor(message: string, offset: number, fix: string) {
    super(message)
    this.offset = offset
    this.fix = fix
  }
}

/** An expression that failed while a run evaluated it: what, where, why, what to do. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code = 'expression_failed'
  readonly expression: string
  /** Place in the definition, e.g. `steps.fit.inputs.rate` */
  readonly place: string
  readonly fix: string
  constructor(expression: string, place: string, reason: string, fix: string, cause?: unknown) {
    super(`\`${expression.trim()}\` in ${place}: ${reason}`, cause === undefined ? undefined : { cause })
    this.expression = expression
    this.place = place
    this.fix = fix
  }
}

/** A compiled expression: what it reads, and how to run it. */
export interface Program {
  readonly text: string
  readonly reads: readonly Read[]
  readonly faults: readonly ReferenceFault[]
  readonly parsed: ParseResult
}

const programs = new BoundedCache<string, Program>(MAX_CACHED_PROGRAMS)

/**
 * Compiles an expression; the same text is compiled once.
 * @throws ExpressionSyntaxError
 */
export function compile(text: string): Program {
  const known = programs.get(text)
  if (known) return known
  if (text.length > MAX_EXPRESSION_LENGTH) {
    const message = `the expression has ${text.length} characters, more than ${MAX_EXPRESSION_LENGTH}`
    throw new ExpressionSyntaxError(message, 0, 'Compute it in a step instead.')
  }
  if (text.trim() === '')
    throw new ExpressionSyntaxError('the expression is empty', 0, 'Write one between `${{` and `}}`.')
  const parsed = parse(text)
  const program = { text, parsed, ...referencesOf(parsed.ast) }
  programs.set(text, program)
  return program
}

function parse(text: string): ParseResult {
  try {
    return parseIn(evaluating, text)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    throw new ExpressionSyntaxError(syntaxMessage(error), error.range?.start ?? 0, syntaxFix(error, text))
  }
}

function syntaxMessage(error: ParseError): string {
  const summary = error.summary.replace(/^Unexpected token: EOF$/, 'the expression ends too early')
  return summary.charAt(0).toLowerCase() + summary.slice(1)
}

function syntaxFix(error: ParseError, text: string): string {
  const at = error.range?.start ?? 0
  if (error.code === 'limit_exceeded') return 'Split the expression, or compute the value in a step.'
  if (/[^=!<>]=[^=]/.test(` ${text} `) && text[at] === '=') return 'Compare with `==`.'
  if (/^(and|or|not)\b/.test(text.slice(at))) return 'Write `&&`, `||` and `!`.'
  return 'Expressions are written in CEL, e.g. `params.year > 2000 && size(item.files) > 0`.'
}

/** Evaluates an expression. `place` names where it stands, for the error. @throws ExpressionError */
export function evaluate(text: string, context: ExpressionContext, place: string): Json {
  let program: Program
  try {
    program = compile(text)
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error
    throw new ExpressionError(text, place, error.message, error.fix, error)
  }
  try {
    return run(program, context)
  } catch (error) {
    const { reason, fix } = explain(error, context)
    throw new ExpressionError(text, place, reason, fix, error)
  }
}

/** Records are as they came, at first: one with a key `constructor` is seldom, and fails in CEL's library. */
function run({ parsed }: Program, context: ExpressionContext): Json {
  try {
    return toJson(runParsed(parsed, context) as CelValue)
  } catch (error) {
    if (!hasMisleadingKey(context)) throw error
    return toJson(runParsed(parsed, withMaps(context as unknown as Json) as object) as CelValue)
  }
}

function explain(error: unknown, context: ExpressionContext): { reason: string; fix: string } {
  if (error instanceof RangeError) return { reason: 'it needs too much memory or depth', fix: 'Use smaller values.' }
  if (!(error instanceof EvaluationError) && !(error instanceof CelTypeError)) {
    return { reason: error instanceof Error ? error.message : String(error), fix: 'Mend the expression or its values.' }
  }
  if (error.code === 'no_such_key' || error.code === 'unknown_variable') return missing(error, context)
  if (error.code === 'no_such_overload' || error.code === 'no_matching_overload') {
    return { reason: plainTypes(error.summary), fix: typeFix(error.summary) }
  }
  return {
    reason: error.summary.charAt(0).toLowerCase() + error.summary.slice(1),
    fix: 'Mend the expression or its values.',
  }
}

/** `no such overload: dyn<string> + dyn<double>` as a person says it. */
export const plainTypes = (summary: string): string =>
  summary
    .replace(/dyn<([^<>]*)>/g, '$1')
    .replace('no such overload: ', 'there is no operation ')
    .replace('found no matching overload for ', 'there is no function ')
    .replaceAll(/\bdouble\b/g, 'number')
    .replaceAll(/\bint\b/g, 'number')
    .replaceAll(/\bdyn\b/g, 'any')

/** What to do about operands that do not fit. */
export function typeFix(summary: string): string {
  if (summary.includes('null'))
    return 'The value is null: give it a value, or test it first with `x == null ? other : x`.'
  if (/string.*\+|\+.*string/.test(summary)) return 'Make it a text first, with `string(x)`.'
  return 'Convert with `int(x)`, `double(x)` or `string(x)`; the functions are listed in docs/expressions.md.'
}

/** A key that is not there: says what is, by evaluating what stands before it. */
function missing(error: EvaluationError | CelTypeError, context: ExpressionContext) {
  const key = error.summary.replace(/^[^:]*: /, '')
  const general = { reason: `there is no \`${key}\``, fix: 'Test it first with `has(…)`.' }
  const node = error.node
  if (node?.op !== '.' && node?.op !== '[]') return general
  try {
    const parent = serialize(node.args[0])
    const value = runParsed(parseIn(evaluating, parent), context) as CelValue
    const named = `\`${parent}\``
    if (value === null) return { reason: `${named} is null, so it has no \`${key}\``, fix: general.fix }
    if (typeof value !== 'object' || Array.isArray(value)) return { reason: `${named} has no fields`, fix: general.fix }
    return { reason: `${named} has no \`${key}\``, fix: meant(key, Object.keys(value), 'field') }
  } catch {
    // What stands before depends on a loop's variable and cannot be evaluated alone: the general words must do.
    return general
  }
}
