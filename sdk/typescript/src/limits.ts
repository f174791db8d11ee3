/**
 * What the engine accepts of what code gives, checked where it is given: the error then stands at the line that gave it. As
 * in sdk/vectors/limits.json, which a test holds against the engine's contract. Texts in UTF-16 units.
 */
export const LIMITS = {
  target: 200,
  tag: 100,
  tags: 50,
  parameter: 100,
  parameters: 100,
  cacheNamespace: 200,
  cacheVersion: 100,
  concurrencyKey: 200,
  workflow: 63,
  question: 10_000,
  questionKey: 200,
  group: 100,
  secret: 100,
  asset: 200,
  metric: 200,
  progressText: 500,
  errorType: 300,
  errorMessage: 100_000,
  errorStack: 1_000_000,
  priority: 100,
  whole: Number.MAX_SAFE_INTEGER,
} as const
export type Limit = keyof typeof LIMITS

const TARGET = /^[A-Za-z_][A-Za-z0-9_.-]*\/[A-Za-z][A-Za-z0-9_]*$/
const TAG = /^[A-Za-z0-9][A-Za-z0-9._-]*(=[A-Za-z0-9._:/-]+)?$/
/** Characters of a long value that an error repeats. */
const SHOWN = 40

/** @throws TypeError when it is no text, or longer than the engine takes */
export function checkText(value: unknown, name: string, limit: Limit): string {
  if (typeof value !== 'string') throw new TypeError(`${name}: ${shown(value)} is no text.`)
  const most = LIMITS[limit]
  if (value.length > most) {
    throw new TypeError(`${name}: ${shown(value)} has ${value.length} characters and may have ${most}. Shorten it.`)
  }
  return value
}

/** @throws TypeError when it is no list of texts, or longer than the engine takes */
export function checkTexts(values: unknown, name: string, limit: Limit, most: Limit): string[] {
  if (!Array.isArray(values)) throw new TypeError(`${name}: ${shown(values)} is no list of names.`)
  if (values.length > LIMITS[most])
    throw new TypeError(`${name} has ${values.length} names and may have ${LIMITS[most]}.`)
  return values.map((value: unknown) => checkText(value, name, limit))
}

/** @throws TypeError when it is no tag */
export function checkTags(values: unknown): string[] {
  const tags = checkTexts(values, 'requires', 'tag', 'tags')
  const odd = tags.find((tag) => !TAG.test(tag))
  if (odd === undefined) return tags
  throw new TypeError(`requires: ${shown(odd)} is no tag. A tag looks like gpu or region=eu.`)
}

/** @throws TypeError when it is not whole, or outside of what the engine takes */
export function checkWhole(value: unknown, name: string, least: number, most: number = LIMITS.whole): number {
  if (!Number.isInteger(value)) throw new TypeError(`${name}: ${shown(value)} is no whole number.`)
  const number = Number(value)
  if (number < least || number > most) {
    throw new TypeError(`${name}: ${number} is not from ${least} to ${most}.`)
  }
  return number
}

/** @throws TypeError when it is no number, or not finite */
export function checkFinite(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`${name}: ${shown(value)} is no finite number.`)
}

/** @throws TypeError when no target can have this path */
export function checkTarget(path: unknown): string {
  const text = checkText(path, 'target', 'target')
  if (TARGET.test(text)) return text
  throw new TypeError(`target: ${shown(text)} names no target. Write module and name, such as digits/train.`)
}

/** A value in an error: its beginning, when it is long. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`
}
