import { type Scope, scope, scopeFor } from './host.ts'
import { checkFinite, LIMITS } from './limits.ts'
import type { Json, JsonObject, LogStream } from './protocol.ts'
import { packAtOnce } from './values/travel.ts'

/** Fields of a structured line. What cannot travel is written as text. */
export type Fields = { readonly [name: string]: unknown }

function write(stream: LogStream, text: string, fields: Fields | undefined): void {
  const current = scope()
  if (current === undefined) {
    // Code that also runs outside of Weir goes on saying what it says.
    const output = stream === 'error' || stream === 'warning' ? process.stderr : process.stdout
    output.write(`${text}${fields === undefined ? '' : ` ${JSON.stringify(plainFields(fields))}`}\n`)
    return
  }
  current.host.log([Date.now(), stream, text, fields === undefined ? null : plainFields(fields)])
}

function plainFields(fields: Fields): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): Json {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Error) return value.stack ?? value.message
  try {
    const simple = packAtOnce(value, 'field')
    if (simple !== null) return simple.json
  } catch {
    return String(value) // a log line must not fail for what it shows
  }
  return String(value)
}

/** Lines of this execution's log, with fields that can be searched. */
export const log = {
  /** @param fields e.g. `{ fold: 3, score: 0.97 }` */
  debug: (text: string, fields?: Fields): void => write('debug', text, fields),
  info: (text: string, fields?: Fields): void => write('info', text, fields),
  warning: (text: string, fields?: Fields): void => write('warning', text, fields),
  error: (text: string, fields?: Fields): void => write('error', text, fields),
} as const

/**
 * A number that changes while this runs, drawn as a curve.
 *
 * @param x its place on the x axis, e.g. an epoch; the time when absent
 * @throws TypeError when value or x are not finite
 */
export function metric(name: string, value: number, x?: number): void {
  const current: Scope = scopeFor('metric()')
  const drawn = checkFinite(value, `metric "${name}"`)
  const place = x === undefined ? null : checkFinite(x, `metric "${name}", its x`)
  current.host.metric([Date.now(), String(name).slice(0, LIMITS.metric), drawn, place])
}

/**
 * How far this execution is.
 *
 * @param done in whatever unit, e.g. files
 * @param total in the same unit; unknown when absent
 * @throws TypeError when one of them is not finite
 */
export function progress(done: number, total?: number, text?: string): void {
  const current = scopeFor('progress()')
  const known = total === undefined ? null : checkFinite(total, 'progress: total')
  const shown = text === undefined ? null : String(text).slice(0, LIMITS.progressText)
  current.host.progress(checkFinite(done, 'progress'), known, shown)
}
