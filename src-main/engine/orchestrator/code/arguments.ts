import { type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import type { TargetRules } from '../../workflows/index.ts'
import { asRecord } from '../core/index.ts'

/** Arguments of a call by position, as they are journalled; `named` are those that the target takes by any name. */
export interface Arguments {
  readonly args: readonly Json[]
  readonly named?: Readonly<Record<string, Json>>
}

export const ABSENT: Json = { $weir: 'absent' }

const isAbsent = (value: Json | undefined): boolean => value === undefined || asRecord(value)['$weir'] === 'absent'

/** Puts arguments that were given by name in their places. Throws a ProblemError that names the parameter at fault. */
export function bindArguments(
  path: string,
  { parameters }: Pick<TargetRules, 'parameters'>,
  args: readonly Json[],
  named: Readonly<Record<string, Json>>,
): Arguments {
  const fixed = parameters.filter(({ kind }) => kind === 'positional')
  const takesMore = parameters.some(({ kind }) => kind === 'variadic')
  const takesNames = parameters.some(({ kind }) => kind === 'named')
  if (args.length > fixed.length && !takesMore) {
    throw invalid(path, `it takes ${fixed.length} arguments and was given ${args.length}`)
  }
  const bound: Json[] = [...args]
  const extra: Record<string, Json> = {}
  for (const [name, value] of Object.entries(named)) {
    const position = fixed.findIndex((parameter) => parameter.name === name)
    if (position < 0 && takesNames) {
      Object.defineProperty(extra, name, { value, enumerable: true, writable: true, configurable: true })
      continue
    }
    if (position < 0)
      throw invalid(path, `it has no parameter ${name}; it has ${fixed.map((one) => one.name).join(', ') || 'none'}`)
    if (!isAbsent(bound[position])) throw invalid(path, `${name} was given twice`)
    while (bound.length < position) bound.push(ABSENT)
    bound[position] = value
  }
  while (bound.length > 0 && isAbsent(bound.at(-1))) bound.pop()
  return Object.keys(extra).length === 0 ? { args: bound } : { args: bound, named: extra }
}

/** Refuses a call that leaves out what has no default. */
export function refuseMissing(
  path: string,
  parameters: readonly { readonly name: string; readonly kind: string; readonly required: boolean }[],
  { args }: Arguments,
): void {
  const missing = parameters.find(
    ({ kind, required }, position) => kind === 'positional' && required && isAbsent(args[position]),
  )
  if (missing !== undefined) throw invalid(path, `the argument ${missing.name} is missing`)
}

const invalid = (path: string, message: string): ProblemError =>
  new ProblemError('call_invalid', `${path} cannot be called so: ${message}`)

/** As one value: a list where there are none by name. */
export const joinArguments = ({ args, named }: Arguments): Json =>
  named === undefined ? [...args] : { args: [...args], named: { ...named } }

export function splitArguments(value: Json): Arguments {
  if (Array.isArray(value)) return { args: value }
  const { args, named } = asRecord(value)
  return { args: Array.isArray(args) ? args : [], named: asRecord(named ?? null) }
}

/** Keys of the steps that a value refers to, each once. */
export function references(value: Json): string[] {
  const found = new Set<string>()
  const stack: Json[] = [value]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === null || typeof next !== 'object') continue
    if (Array.isArray(next)) {
      for (const item of next) stack.push(item)
      continue
    }
    const kind = next['$weir']
    if (kind === 'step' && typeof next['step'] === 'string') {
      found.add(next['step'])
    } else if (kind === 'stored') {
      // What is inside of a large part is told beside it.
      for (const step of listOf(next['steps'])) if (typeof step === 'string') found.add(step)
    } else {
      const inside = kind === 'escaped' ? asRecord(next['value'] ?? null) : next
      for (const inner of Object.values(inside)) stack.push(inner)
    }
  }
  return [...found]
}

/** Values of the arguments that count, by position. */
export function chosen({ args, named }: Arguments, positions: readonly number[] | null): Json {
  if (positions === null) return joinArguments(named === undefined ? { args } : { args, named })
  return positions.map((position) => args[position] ?? ABSENT)
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
