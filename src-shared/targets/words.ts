import type { Json, TargetOptions, TargetParameter } from '../contract/index.ts'

/*
 * Targets in words, for screens and command line alike.
 */

const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
]

/** A span as a person says it: `1 h 30 min`, `250 ms`. */
export function spanText(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [size, unit] of UNITS) {
    const count = Math.floor(rest / size)
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`)
    rest -= count * size
  }
  return parts.length === 0 ? 'no time' : parts.join(' ')
}

/** A rule of a target: what it is about, and what it says. */
export interface OptionWords {
  readonly name: string
  readonly text: string
}

/** The options of a target, each in a sentence; those that are not set are left out. */
export function optionWords(options: TargetOptions): OptionWords[] {
  const { timeoutMs, delayMs, memo, defer, recurrent, requires, priority, isolation } = options
  const said: readonly (OptionWords | null)[] = [
    retriesWords(options.retries),
    timeoutMs === undefined
      ? null
      : { name: 'Timeout', text: `An attempt that takes longer than ${spanText(timeoutMs)} is ended.` },
    cacheWords(options.cache),
    memo === undefined
      ? null
      : {
          name: 'Memo',
          text: `A second call in the same run with the same ${valuesOf(memo.parameters)} gets the first one's step.`,
        },
    delayMs === undefined || delayMs === 0
      ? null
      : { name: 'Delay', text: `Waits ${spanText(delayMs)} before it begins.` },
    defer === undefined
      ? null
      : {
          name: 'Defer',
          text: `Waits ${spanText(defer.delayMs)}; when a call with the same ${valuesOf(defer.parameters)} comes meanwhile, that one runs for both.`,
        },
    recurrent === undefined
      ? null
      : {
          name: 'Recurrent',
          text: `Runs again${recurrent.delayMs === 0 ? '' : ` after ${spanText(recurrent.delayMs)}`} until it returns something.`,
        },
    requires === undefined || requires.length === 0
      ? null
      : { name: 'Needs', text: `Only on workers that offer ${requires.join(', ')}.` },
    priority === undefined || priority === 0
      ? null
      : {
          name: 'Priority',
          text: `${priority > 0 ? `+${priority}` : `−${-priority}`} to that of the run; higher goes first.`,
        },
    concurrencyWords(options.concurrency),
    isolation === 'shared' ? { name: 'Isolation', text: 'Shares a warm process with others.' } : null,
  ]
  return said.filter((one) => one !== null)
}

const valuesOf = (parameters: readonly string[] | undefined): string =>
  parameters === undefined ? 'arguments' : parameters.length === 0 ? 'name' : parameters.join(', ')

function retriesWords(retries: TargetOptions['retries']): OptionWords | null {
  if (retries === undefined || retries.limit === 0) return null
  const { limit, minDelayMs, maxDelayMs = minDelayMs, backoff } = retries
  const often =
    limit === null
      ? 'As often as it takes'
      : limit === 1
        ? 'Once more after a failure'
        : `Up to ${limit} times after failures`
  const same = minDelayMs >= maxDelayMs
  const wait = same
    ? minDelayMs === 0
      ? 'at once'
      : `after ${spanText(minDelayMs)}`
    : backoff === 'random'
      ? `after ${spanText(minDelayMs)} to ${spanText(maxDelayMs)}, at random`
      : `after ${spanText(minDelayMs)}, growing to ${spanText(maxDelayMs)}`
  return { name: 'Retries', text: `${often}, ${wait}.` }
}

function cacheWords(cache: TargetOptions['cache']): OptionWords | null {
  if (cache === undefined) return null
  const age = cache.maxAgeMs === undefined ? '' : `, not older than ${spanText(cache.maxAgeMs)}`
  const code = cache.code ? ' and code' : ''
  const shared = cache.namespace === undefined ? '' : ` Shares results with all targets of ${cache.namespace}.`
  return {
    name: 'Cache',
    text: `Uses an earlier result with the same ${valuesOf(cache.parameters)}${code}${age}.${shared}`,
  }
}

function concurrencyWords(concurrency: TargetOptions['concurrency']): OptionWords | null {
  if (concurrency === undefined) return null
  const { limit, parameters = [], key } = concurrency
  const which = parameters.length === 0 ? '' : ` with the same ${parameters.join(', ')}`
  const others = key === undefined ? '' : ` among all that name ${key}`
  return { name: 'Concurrency', text: `At most ${limit} at once${which}${others}.` }
}

/** What a parameter takes, in a word or two: `integer`, `string or null`, `list of number`, `one of a, b`. */
export function schemaText(schema: { readonly [key: string]: Json }): string {
  return typeText(schema, schema, 0)
}

/** How deep a type is spelled out. */
const DEEPEST = 3
/** Values of an enum that are named. */
const MOST_VALUES = 6

function typeText(schema: Json, root: Json, depth: number): string {
  const map = mapOf(schema)
  if (depth > DEEPEST) return '…'
  const reference = map['$ref']
  if (typeof reference === 'string') return referenceText(reference, root, depth)
  if ('const' in map) return JSON.stringify(map['const'])
  if (Array.isArray(map['enum'])) return enumText(map['enum'])
  const union = map['anyOf'] ?? map['oneOf']
  if (Array.isArray(union)) return [...new Set(union.map((branch) => typeText(branch, root, depth + 1)))].join(' or ')
  const { type } = map
  if (Array.isArray(type)) return type.map((one) => typeText({ ...map, type: one }, root, depth)).join(' or ')
  if (type === 'array')
    return map['items'] === undefined ? 'list' : `list of ${typeText(map['items'], root, depth + 1)}`
  if (type === 'object') return objectText(map, root, depth)
  if (type === 'string' && typeof map['format'] === 'string') return map['format']
  return typeof type === 'string' ? type : 'anything'
}

function referenceText(reference: string, root: Json, depth: number): string {
  const path = reference.replace(/^#\//, '').split('/')
  const found = path.reduce<Json>((at, key) => mapOf(at)[key] ?? null, root)
  const { title } = mapOf(found)
  if (typeof title === 'string') return title
  return found === null ? (path.at(-1) ?? 'anything') : typeText(found, root, depth + 1)
}

function enumText(values: readonly Json[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return `one of ${shown.join(', ')}${values.length > MOST_VALUES ? ', …' : ''}`
}

function objectText(map: { readonly [key: string]: Json }, root: Json, depth: number): string {
  const { title, additionalProperties: values } = map
  if (typeof title === 'string') return title
  const isOpen = values !== undefined && typeof values === 'object' && values !== null
  return isOpen ? `map of ${typeText(values, root, depth + 1)}` : 'object'
}

const mapOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

/** What holds when an argument is left out; null for one that must be given. */
export function defaultText({ required, kind, default: value }: TargetParameter): string | null {
  if (kind === 'variadic') return 'none or more'
  if (kind === 'named') return 'any names'
  if (required) return null
  return value === undefined ? 'as the code says' : typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
}

/** The first paragraph of a doc comment, on one line. */
export const firstParagraph = (text: string): string => (text.trim().split(/\n\s*\n/)[0] ?? '').replaceAll(/\s+/g, ' ')
