import { type Span, toMs } from './durations.ts'
import { checkTags, checkText, checkTexts, checkWhole, LIMITS } from './limits.ts'
import type { WireOptions, WireRetries } from './protocol.ts'

/** How often and when a failed attempt is repeated. */
export interface RetryOptions {
  /** Further attempts after the first */
  readonly limit: number | 'unlimited'
  /** Wait before the first of them; 1 s when absent */
  readonly minDelay?: Span
  /** Wait before the last of them; the same as `minDelay` when absent */
  readonly maxDelay?: Span
  /** `linear` (default): from the shortest wait to the longest over the limit. `random`: anything between them */
  readonly backoff?: 'linear' | 'random'
  /** Whether this error is worth another attempt. It runs in the worker, right after the failure. */
  readonly when?: (error: unknown) => boolean
}

/** When the result of an earlier execution is used in place of a new one. */
export interface CacheOptions {
  /** Names of the parameters that count; all when absent */
  readonly parameters?: readonly string[]
  /** How old a result may be */
  readonly maxAge?: Span
  /** Targets that share one share results; `module/target` when absent */
  readonly namespace?: string
  /** Change it to make older results unusable */
  readonly version?: string
  /** Whether an edit of the code makes older results unusable; true when absent */
  readonly code?: boolean
}

export interface DeferOptions {
  /** Calls with the same values of these replace each other; all parameters when absent */
  readonly parameters?: readonly string[]
  readonly delay: Span
}

export interface ConcurrencyOptions {
  /** How many run at once, in all runs of the project */
  readonly limit: number
  /** Calls with the same values of these share the limit; none when absent */
  readonly parameters?: readonly string[]
  /** `module/target` when absent */
  readonly key?: string
}

/** How a target is executed. Spans are milliseconds, or texts such as `'30s'`. */
export interface Options {
  /** Further attempts after a failure: how many (1 s between them), or in detail. None when absent */
  readonly retries?: number | RetryOptions
  /** An attempt that runs longer is ended */
  readonly timeout?: Span
  /** Use results of earlier runs: `true`, or how */
  readonly cache?: boolean | CacheOptions
  /** A second call with the same arguments in the same run gets the step of the first: `true`, or by which parameters */
  readonly memo?: boolean | { readonly parameters?: readonly string[] }
  /** Wait before it may begin */
  readonly delay?: Span
  /** Wait; when another call with the same key comes meanwhile, that one runs and this one follows it */
  readonly defer?: Span | DeferOptions
  /** Run again after each attempt that returns nothing, until one returns something: `true`, or after which pause */
  readonly recurrent?: boolean | Span
  /** Tags that a worker must offer, e.g. `gpu` */
  readonly requires?: readonly string[]
  /** From −100 to 100, added to that of the run; higher goes first */
  readonly priority?: number
  readonly concurrency?: number | ConcurrencyOptions
  /**
   * `process` (default): a fresh process for each execution. `shared`: many in one warm process, for pure functions
   * that neither keep state nor block for long
   */
  readonly isolation?: 'process' | 'shared'
}

/**
 * Options as they travel.
 *
 * @throws TypeError when one has a value that it cannot have
 */
export function wireOptions(options: Options): WireOptions {
  const wire: WireOptions = {}
  if (options.retries !== undefined) wire.retries = retriesOf(options.retries)
  if (options.timeout !== undefined) wire.timeoutMs = Math.max(1, toMs(options.timeout, 'timeout'))
  if (options.cache !== undefined && options.cache !== false) wire.cache = cacheOf(options.cache)
  if (options.memo !== undefined && options.memo !== false) {
    wire.memo = options.memo === true ? {} : parametersOf(options.memo.parameters)
  }
  if (options.delay !== undefined) wire.delayMs = toMs(options.delay, 'delay')
  if (options.defer !== undefined) wire.defer = deferOf(options.defer)
  if (options.recurrent !== undefined && options.recurrent !== false) {
    wire.recurrent = options.recurrent === true ? {} : { delayMs: toMs(options.recurrent, 'recurrent') }
  }
  if (options.requires !== undefined) wire.requires = checkTags(options.requires)
  if (options.priority !== undefined)
    wire.priority = checkWhole(options.priority, 'priority', -LIMITS.priority, LIMITS.priority)
  if (options.concurrency !== undefined) wire.concurrency = concurrencyOf(options.concurrency)
  if (options.isolation !== undefined) wire.isolation = options.isolation
  return wire
}

function retriesOf(retries: number | RetryOptions): WireRetries {
  if (typeof retries === 'number') return { limit: checkWhole(retries, 'retries', 0) }
  const { limit, minDelay, maxDelay, backoff } = retries
  return {
    limit: limit === 'unlimited' ? null : checkWhole(limit, 'retries.limit', 0),
    ...(minDelay === undefined ? {} : { minDelayMs: toMs(minDelay, 'retries.minDelay') }),
    ...(maxDelay === undefined ? {} : { maxDelayMs: toMs(maxDelay, 'retries.maxDelay') }),
    ...(backoff === undefined ? {} : { backoff }),
  }
}

function cacheOf(cache: true | CacheOptions): NonNullable<WireOptions['cache']> {
  if (cache === true) return {}
  const { parameters, maxAge, namespace, version, code } = cache
  return {
    ...parametersOf(parameters),
    ...(maxAge === undefined ? {} : { maxAgeMs: toMs(maxAge, 'cache.maxAge') }),
    ...(namespace === undefined ? {} : { namespace: checkText(namespace, 'cache.namespace', 'cacheNamespace') }),
    ...(version === undefined ? {} : { version: checkText(version, 'cache.version', 'cacheVersion') }),
    ...(code === undefined ? {} : { code }),
  }
}

function deferOf(defer: Span | DeferOptions): NonNullable<WireOptions['defer']> {
  if (typeof defer === 'object' && 'delay' in defer) {
    return { ...parametersOf(defer.parameters), delayMs: toMs(defer.delay, 'defer.delay') }
  }
  return { delayMs: toMs(defer, 'defer') }
}

function concurrencyOf(concurrency: number | ConcurrencyOptions): NonNullable<WireOptions['concurrency']> {
  if (typeof concurrency === 'number') return { limit: atLeastOne(concurrency) }
  const { limit, parameters, key } = concurrency
  return {
    limit: atLeastOne(limit),
    ...parametersOf(parameters),
    ...(key === undefined ? {} : { key: checkText(key, 'concurrency.key', 'concurrencyKey') }),
  }
}

const parametersOf = (parameters: readonly string[] | undefined): { parameters?: string[] } =>
  parameters === undefined ? {} : { parameters: checkTexts(parameters, 'parameters', 'parameter', 'parameters') }

function atLeastOne(value: number): number {
  if (value === 0) throw new TypeError(`concurrency: ${value} would let nothing run. Use 1 or more.`)
  return checkWhole(value, 'concurrency', 1)
}
