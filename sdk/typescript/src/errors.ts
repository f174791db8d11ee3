import { LIMITS } from './limits.ts'
import type { StepEnd, WireError } from './protocol.ts'
import { codecNamed } from './values/codecs.ts'

/** A step failed with an error of a class that is not known here. */
export class StepError extends Error {
  override name = 'StepError'
  /** Its class, with the module: `builtins.ValueError`, `digits.BadFold` */
  readonly type: string
  /** `run:step:attempt` where it arose */
  readonly step: string

  constructor(type: string, message: string, step: string) {
    super(message)
    this.type = type
    this.step = step
  }
}

/** A step, or the run around it, was cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** Results did not come in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/** The engine did not carry out what was asked. The message says why and what to do. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  /** Stable name of the reason, e.g. `target_not_found` */
  readonly code: string
  readonly fix: string | null

  constructor(code: string, message: string, fix: string | null) {
    super(fix === null ? message : `${message} ${fix}`)
    this.code = code
    this.fix = fix
  }
}

/** Where an error of another process arose: `cause` of the error that is thrown here. */
class RemoteError extends Error {
  override readonly name = 'RemoteError'

  constructor(step: string, stack: string) {
    super(`It arose in ${step}`)
    this.stack = stack
  }
}

type ErrorClass = abstract new (...args: never[]) => Error

const BUILTIN: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((type) => [type.name, type]),
)

/** Error classes that the hosted modules export, by `module.Class`. */
const exported = new Map<string, ErrorClass>()
const names = new Map<unknown, string>()

/** Makes an exported error class of the project known under the name with which it travels. */
export function knowErrorClass(name: string, type: ErrorClass): void {
  exported.set(name, type)
  if (!names.has(type)) names.set(type, name)
}

export const isErrorClass = (value: unknown): value is ErrorClass =>
  typeof value === 'function' && value.prototype instanceof Error

/** What was thrown, as it travels; anything can be thrown. */
export function wireError(thrown: unknown): WireError {
  if (!(thrown instanceof Error))
    return { type: 'Error', message: `Thrown: ${textOf(thrown)}`.slice(0, LIMITS.errorMessage) }
  if (thrown instanceof StepError) return withStack(thrown.type, thrown)
  return withStack(names.get(thrown.constructor) ?? (thrown.name || thrown.constructor.name), thrown)
}

function withStack(type: string, error: Error): WireError {
  const stack = stackOf(error).slice(0, LIMITS.errorStack)
  return {
    type: type.slice(0, LIMITS.errorType),
    message: String(error.message).slice(0, LIMITS.errorMessage),
    ...(stack === '' ? {} : { stack }),
  }
}

/** Frames of this package and of Node tell the author nothing. */
const INNER_FRAME =
  /\((?:node:|.*\/weir-sdk\/dist\/|.*\/sdk\/typescript\/dist\/)|^\s+at (?:async )?(?:node:|new Promise)/

function stackOf(error: Error): string {
  const own = String(error.stack ?? '')
    .split('\n')
    .filter((line) => !INNER_FRAME.test(line))
    .join('\n')
  const { cause } = error
  return cause instanceof Error ? `${own}\nCaused by: ${stackOf(cause)}` : own
}

function textOf(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown))
  } catch {
    return Object.prototype.toString.call(thrown)
  }
}

/**
 * The error of a step, of its own class where that is known here: JavaScript's own ones, classes with a codec, and
 * error classes that a hosted module exports. Its constructor is not called.
 */
export function localError(error: NonNullable<StepEnd['error']>): Error {
  const local = instanceOf(error)
  local.cause = new RemoteError(error.step, error.stack ?? `${error.type}: ${error.message}`)
  return local
}

function instanceOf({ type, message, step }: NonNullable<StepEnd['error']>): Error {
  if (type === 'Cancelled') return new Cancelled(message)
  const known = BUILTIN.get(type) ?? exported.get(type) ?? codecNamed(type)?.type
  if (known === undefined || !isErrorClass(known)) return new StepError(type, message, step)
  // A real error first: what is made from the prototype alone is printed without its stack.
  const local = Object.setPrototypeOf(new Error(message), known.prototype as object) as Error
  if (local.name === 'Error' && type !== 'Error') {
    Object.defineProperty(local, 'name', { configurable: true, writable: true, value: classOf(type) })
  }
  Error.captureStackTrace(local, localError)
  return local
}

const classOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1)
