import { Calls } from '../calls.ts'
import { EngineRefusal, wireError } from '../errors.ts'
import { handleOf } from '../handle.ts'
import { type Host, runInScope, type Scope } from '../host.ts'
import type { Execute, Json, JsonObject, WireError, WireParameter } from '../protocol.ts'
import { retryRule } from '../target.ts'
import type { StepRef } from '../values/classes.ts'
import { coerce } from '../values/coerce.ts'
import { decode, neededBodies } from '../values/decode.ts'
import { loadBodies, pack, packAtOnce } from '../values/travel.ts'
import { GatheredSuspension } from '../waiting.ts'
import type { LoadedTarget } from './load.ts'

/** How the function of an execution ended. */
export type Outcome = { readonly value: Json } | { readonly error: WireError; readonly thrown?: unknown }

/**
 * Runs one execution: arguments as the function wants them, the function in its scope, its result as it travels.
 * Never throws.
 */
export async function execute(job: Execute, loaded: LoadedTarget, host: Host, signal: AbortSignal): Promise<Outcome> {
  const calls = new Calls((batch) => host.submit(batch))
  const current: Scope = {
    context: {
      execution: job.execution,
      run: job.run,
      step: job.execution.split(':')[1] ?? '',
      attempt: job.attempt,
      workspace: job.workspace,
      target: job.target,
      resumed: job.resumed ?? false,
      signal,
    },
    host,
    lane: calls,
    suspension: new GatheredSuspension(host, () => calls.settled()),
    group: null,
    patienceMs: null,
  }
  try {
    const given = argumentsOf(job, loaded.parameters, host)
    const args = given instanceof Promise ? await given : given
    const value = await runInScope(current, () => loaded.target.fn(...args))
    await calls.settled()
    return { value: await packResult(value ?? null, host, current) }
  } catch (error) {
    return { error: failureOf(error, loaded, host), thrown: error }
  }
}

function packResult(value: unknown, host: Host, current: Scope): Json | Promise<Json> {
  const simple = packAtOnce(value, 'result')
  if (simple !== null) return simple.json
  return runInScope(current, () => pack(value, 'result', host.blobs, () => current.lane.flush()))
}

function failureOf(error: unknown, loaded: LoadedTarget, host: Host): WireError {
  const wire = withoutSecrets(wireError(error), host)
  const rule = retryRule(loaded.target.options)
  if (rule === undefined || error instanceof EngineRefusal) return wire
  try {
    return rule(error) ? wire : { ...wire, retry: false }
  } catch (fault) {
    const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
    host.log([Date.now(), 'warning', `retries.when failed itself, so the error is retried: ${text}`, null])
    return wire
  }
}

function withoutSecrets(error: WireError, host: Host): WireError {
  const mask = (text: string): string => host.masked?.(text) ?? text
  return { ...error, message: mask(error.message), ...(error.stack === undefined ? {} : { stack: mask(error.stack) }) }
}

/** Arguments by position; undefined where one is left out. */
function argumentsOf(job: Execute, parameters: readonly WireParameter[], host: Host): unknown[] | Promise<unknown[]> {
  const given = byPosition(job, parameters)
  const ends = Object.values(job.steps ?? {}).map(({ value }) => value ?? null)
  const all: Json = [...given.filter((value) => value !== undefined), ...ends]
  const finish = (bodies: ReadonlyMap<string, Buffer>): unknown[] =>
    given.map((json, at) => (json === undefined ? undefined : argument(json, job, bodies, parameterAt(parameters, at))))
  return neededBodies(all).length === 0 ? finish(new Map()) : loadBodies(all, host.blobs).then(finish)
}

function argument(json: Json, job: Execute, bodies: ReadonlyMap<string, Buffer>, parameter?: WireParameter): unknown {
  const resolve = (ref: StepRef): unknown => {
    const end = ref.run === job.run ? job.steps?.[ref.step] : undefined
    if (end?.outcome === 'succeeded') return decode(end.value ?? null, { bodies, resolve })
    return ref.run === job.run ? handleOf(ref) : ref
  }
  const value = decode(json, { bodies, resolve })
  if (parameter === undefined) return value
  return coerce(value, parameter.schema, parameter.name)
}

function parameterAt(parameters: readonly WireParameter[], at: number): WireParameter | undefined {
  if (at < parameters.length) return parameters[at]
  const last = parameters.at(-1)
  return last?.kind === 'variadic' ? last : undefined
}

function byPosition(job: Execute, parameters: readonly WireParameter[]): (Json | undefined)[] {
  const args: (Json | undefined)[] = job.args.map((json) => (isAbsent(json) ? undefined : json))
  for (const [name, value] of Object.entries(job.named ?? {})) {
    const at = parameters.findIndex((parameter) => parameter.name === name)
    if (at === -1) throw new TypeError(`${job.target} has no parameter "${name}".`)
    if (parameters[at]?.kind === 'variadic' && Array.isArray(value)) args.splice(at, value.length, ...value)
    else args[at] = isAbsent(value) ? undefined : value
  }
  return Array.from(args)
}

const isAbsent = (json: Json): boolean =>
  json !== null && typeof json === 'object' && (json as JsonObject)['$weir'] === 'absent'
