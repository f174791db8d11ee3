import { pathToFileURL } from 'node:url'
import { Handle } from './handle.ts'
import { type Scope, scope, scopeFor } from './host.ts'
import { checkTarget, checkText, checkWhole, LIMITS } from './limits.ts'
import { type Options, type RetryOptions, wireOptions } from './options.ts'
import type { Json, JsonObject, WireCall, WireOptions } from './protocol.ts'
import { pack, packAtOnce } from './values/travel.ts'

/** An argument of a call: the value, or the handle of a step whose result it will be. */
export type Arg<T> = T | Handle<T>
/** Arguments of a call, each may be a handle. */
export type Args<P extends readonly unknown[]> = { [K in keyof P]: Arg<P[K]> }

/** What calls of a target look like, whoever hosts it. */
export interface Callable<P extends unknown[], R> {
  /**
   * Calls it as a step of this run and waits for the result.
   *
   * @throws the error of the step, see `Handle.result`
   */
  (...args: Args<P>): Promise<R>
  /** Calls it and goes on: the handle stands for the result. */
  submit(...args: Args<P>): Handle<R>
  /** The same target with other options for the calls that are made through it. */
  with(options: Options): Callable<P, R>
}

/** A function that the engine knows: its calls are steps. */
export interface Target<P extends unknown[], R> extends Callable<P, R> {
  readonly kind: 'task' | 'workflow'
  readonly options: Options
  /** The function itself, for tests that need no step around it. */
  readonly fn: (...args: P) => R | Promise<R>
}

/** What was exported as a target, before its types are known. */
export interface AnyTarget {
  readonly kind: 'task' | 'workflow'
  readonly options: Options
  readonly fn: (...args: unknown[]) => unknown
}

const TARGET = Symbol.for('weir-sdk.target')
const LEFT_OUT = { $weir: 'absent' }

/** Where targets are said to be, once their module is loaded: `module/target`. Global, for two copies of the package. */
const PATHS = Symbol.for('weir-sdk.paths')
const shared = globalThis as { [PATHS]?: WeakMap<object, string> }
shared[PATHS] ??= new WeakMap<object, string>()
const paths: WeakMap<object, string> = shared[PATHS]

export const isTarget = (value: unknown): value is AnyTarget & object =>
  (typeof value === 'function' || typeof value === 'object') && value !== null && TARGET in value

/** Says under which path a target is hosted. The first path stays. */
export function nameTarget(target: object, path: string): void {
  if (!paths.has(target)) paths.set(target, path)
}

/** Stack of the definition of each target, to find its file when somebody asks. */
const definitions = new WeakMap<object, Error>()
const FRAME = /\(?((?:file:\/\/)?[^\s()]+?):\d+:\d+\)?$/

/** Address of the file that defined a target; null when the stack does not tell. */
export function definedIn(target: object): string | null {
  const [, ...frames] = definitions.get(target)?.stack?.split('\n') ?? []
  const file = FRAME.exec(frames[0] ?? '')?.[1]
  if (file === undefined) return null
  return file.startsWith('file:') ? file : pathToFileURL(file).href
}

export const pathOf = (target: object): string | undefined => paths.get(target)

type Fn<P extends unknown[], R> = (...args: P) => R | Promise<R>

/**
 * The target that a function becomes. `F` is no more than an object where it is declared: a signature there would keep the
 * compiler from reading the type of `folds = 3` from its default.
 */
export type TargetOf<F extends object> = F extends (...args: infer P) => infer R ? Target<P, Awaited<R>> : never

/**
 * A task: a function whose calls become steps. The name of the export is its name.
 *
 * @example export const train = task({ retries: 3, cache: true }, async (x: number, folds = 3) => …)
 */
export function task<F extends object>(fn: F): TargetOf<F>
export function task<F extends object>(options: Options, fn: F): TargetOf<F>
export function task(first: object, second?: object): unknown {
  return define('task', first, second)
}

/** A workflow: a function that can be started as a run. Called from code it is a run of its own. */
export function workflow<F extends object>(fn: F): TargetOf<F>
export function workflow<F extends object>(options: Options, fn: F): TargetOf<F>
export function workflow(first: object, second?: object): unknown {
  return define('workflow', first, second)
}

function define(kind: 'task' | 'workflow', first: object, second: object | undefined): Target<unknown[], unknown> {
  const fn = second ?? first
  const options: Options = second === undefined ? {} : first
  if (!isFunction(fn)) throw new TypeError(`${kind}(options, function): the function is missing.`)
  wireOptions(options) // says now what is wrong with them
  const self: Target<unknown[], unknown> = Object.assign(
    callable<unknown[], unknown>(() => pathFor(self, kind), {}),
    { kind, options, fn },
  )
  Object.defineProperty(self, TARGET, { value: true })
  const place = new Error('defined here')
  Error.captureStackTrace(place, kind === 'task' ? task : workflow)
  definitions.set(self, place)
  return self
}

const isFunction = (value: object): value is Fn<unknown[], unknown> => typeof value === 'function'

/**
 * A target that another worker hosts, in any language.
 *
 * @param path `module/target`
 * @throws TypeError when no target can have this path
 * @example const train = target<(x: number, folds?: number) => Score>('digits/train')
 */
export function target<F extends (...args: never[]) => unknown>(
  path: string,
): Callable<Parameters<F>, Awaited<ReturnType<F>>> {
  const checked = checkTarget(path)
  return callable<Parameters<F>, Awaited<ReturnType<F>>>(() => checked, {})
}

/**
 * Starts a run of any workflow, drawn or of code, by its name.
 *
 * @param params by name
 * @example const outputs = await runWorkflow('seattle-weather', { year: 2015 }).result()
 */
export function runWorkflow<R = { [output: string]: unknown }>(
  name: string,
  params: { readonly [name: string]: unknown } = {},
  options: { readonly priority?: number } = {},
): Handle<R> {
  const current = scopeFor('runWorkflow()')
  const workflow = checkText(name, 'runWorkflow', 'workflow')
  const { priority } = options
  if (priority !== undefined) checkWhole(priority, 'priority', -LIMITS.priority, LIMITS.priority)
  return callStep<R>(current, async () => ({
    workflow,
    params: (await packFor(current, params, 'params')) as JsonObject,
    ...(priority === undefined ? {} : { options: { priority } }),
  }))
}

/** Adds a call to the lane of its execution; the group is that of the place where it was made. */
export function callStep<R>(current: Scope, make: () => Promise<WireCall>): Handle<R> {
  const { group } = current
  const key = current.lane.add(async () => ({ ...(await make()), ...(group === null ? {} : { group }) }))
  return new Handle<R>(current.context.run, key)
}

function callable<P extends unknown[], R>(path: () => string, options: WireOptions): Callable<P, R> {
  const submit = (...args: unknown[]): Handle<R> => {
    const name = path()
    const current = scopeFor(`Calling ${name}`)
    return callStep<R>(current, () => targetCall(current, name, args, options))
  }
  const self = Object.assign((...args: unknown[]) => submit(...args).result(), {
    submit,
    with: (changed: Options) => {
      if (typeof changed.retries === 'object' && changed.retries.when !== undefined) {
        throw new TypeError('retries.when runs where the target is hosted: give it there, not in with().')
      }
      return callable<P, R>(path, { ...options, ...wireOptions(changed) })
    },
  })
  return self
}

async function targetCall(current: Scope, name: string, args: unknown[], options: WireOptions): Promise<WireCall> {
  const values = withoutTrailing(args)
  const packed: Json[] = []
  for (const [at, value] of values.entries()) {
    packed.push(value === undefined ? LEFT_OUT : await packFor(current, value, `${name}: argument ${at + 1}`))
  }
  return { target: name, args: packed, ...(Object.keys(options).length === 0 ? {} : { options }) }
}

async function packFor(current: Scope, value: unknown, place: string): Promise<Json> {
  const simple = packAtOnce(value, place)
  return simple === null ? pack(value, place, current.host.blobs, () => current.lane.flush()) : simple.json
}

function withoutTrailing(args: readonly unknown[]): readonly unknown[] {
  let count = args.length
  while (count > 0 && args[count - 1] === undefined) count -= 1
  return args.slice(0, count)
}

function pathFor(self: object, kind: string): string {
  const path = pathOf(self) ?? scope()?.host.nameOf?.(self)
  if (path !== undefined) return path
  throw new Error(
    `This ${kind} has no name yet: export it from a module that the worker hosts (weir-sdk worker start MODULE.ts…), and call it only while a workflow or task runs.`,
  )
}

/** The rule of a target that decides whether an error is worth another attempt. */
export function retryRule(options: Options): RetryOptions['when'] {
  return typeof options.retries === 'object' ? options.retries.when : undefined
}
