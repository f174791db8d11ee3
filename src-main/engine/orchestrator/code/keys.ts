import type { Json } from '../../../../src-shared/contract/index.ts'
import { digestOf, type PlanStep, type TargetRules } from '../../workflows/index.ts'
import { asRecord, type CacheState } from '../core/index.ts'
import { ABSENT, type Arguments, chosen, joinArguments } from './arguments.ts'

/** Path of a step's target without its version. */
export const pathOf = ({ target }: PlanStep): string => (target == null ? '' : `${target.module}/${target.name}`)

/** Key under which a second call with the same arguments finds the first in a run. */
export function memoKey(step: PlanStep, args: Arguments): string | null {
  const { memo, code } = step.rules ?? {}
  return memo === undefined ? null : digestOf({ path: pathOf(step), code: code ?? null, args: chosen(args, memo) })
}

/** Key under which a newer call replaces one that still waits. Results never cross workspaces this way. */
export function deferKey(step: PlanStep, workspace: string, args: Arguments): string | null {
  const { defer } = step.rules ?? {}
  return defer === undefined ? null : digestOf({ path: pathOf(step), workspace, args: chosen(args, defer) })
}

/** Key of those that may run only so many at once. */
export function concurrencyKeyOf({ concurrency, rules }: PlanStep, args: Arguments): string | null {
  if (concurrency === null) return null
  const { locked = [] } = rules ?? {}
  if (locked?.length === 0) return concurrency.key
  return `${concurrency.key} ${digestOf(chosen(args, locked)).slice(0, 16)}`
}

/**
 * The cache key of a call: namespace, version, code, and the arguments by position, so that a parameter can be renamed. Its parts
 * carry the names, to explain a miss.
 * @param args with the values of the steps that they refer to in the place of the references
 */
export function callCacheKey(step: PlanStep, rules: TargetRules, args: Arguments): Omit<CacheState, 'reason'> {
  const { cached = null, namespace, code, parameters } = rules
  const parts: Record<string, string> = {
    namespace: digestOf(namespace),
    version: digestOf(step.cache?.version ?? ''),
    code: digestOf(code),
  }
  const places = cached ?? args.args.map((_, position) => position)
  for (const position of places) {
    const name = parameters[position]?.name ?? String(position)
    parts[`input.${name}`] = digestOf(identityOf(args.args[position] ?? ABSENT))
  }
  if (cached === null && args.named !== undefined) parts['input.**'] = digestOf(identityOf({ ...args.named }))
  const key = digestOf({
    namespace,
    version: step.cache?.version ?? '',
    code,
    args:
      cached === null ? identityOf(joinArguments(args)) : places.map((place) => identityOf(args.args[place] ?? ABSENT)),
  })
  return { key, parts }
}

/** A value without what does not change its meaning: names of assets. */
function identityOf(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(identityOf)
  if (value['kind'] === 'asset' && Array.isArray(value['files'])) {
    return {
      asset: value['files'].map((file) => ({
        path: asRecord(file)['path'] ?? null,
        digest: asRecord(file)['digest'] ?? null,
      })),
    }
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, identityOf(inner)]))
}
