import { ABSENT, isAbsent, type Json, ProblemError, type TargetParameter } from '../../../src-shared/contract/index.ts'

/** Names that expressions cannot read, or that objects of JavaScript have. */
const RESERVED = new Set(
  'in as true false null break const continue else for function if import let loop package namespace return var void while constructor prototype'.split(
    ' ',
  ),
)
const LONGEST_NAME = 63

/**
 * What the inputs of a step are called that stand for the parameters of a target, in their order. Mostly as they are; what is no
 * name in a definition (`_x`, `$from`, `in`) gets one that is.
 */
export function inputNames(parameters: readonly Pick<TargetParameter, 'name'>[]): string[] {
  const taken = new Set<string>()
  return parameters.map(({ name }) => {
    const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^[^A-Za-z]+/, '')
    const base = (plain === '' ? 'p' : RESERVED.has(plain) ? `${plain}_` : plain).slice(0, LONGEST_NAME)
    let free = base
    for (let n = 2; taken.has(free); n++) free = `${base.slice(0, LONGEST_NAME - String(n).length - 1)}_${n}`
    taken.add(free)
    return free
  })
}

/** Arguments as a worker takes them: by position, and for a parameter that takes all further named ones by name. */
export interface Arguments {
  readonly args: Json[]
  readonly named?: Record<string, Json>
}

/**
 * The arguments of a call from the inputs of a step. What is not given, and not needed, is left out (`ABSENT`), and so are such
 * ones at the end.
 * @throws ProblemError params_invalid for an input that the target does not know, or one that it needs
 */
export function argumentsOf(
  target: { readonly path: string; readonly parameters: readonly TargetParameter[] },
  inputs: Readonly<Record<string, Json>>,
): Arguments {
  const { path, parameters } = target
  const names = inputNames(parameters)
  const rest = new Map(Object.entries(inputs))
  const args: Json[] = []
  let further: readonly Json[] = []
  let named: Record<string, Json> | null = null
  for (const [i, parameter] of parameters.entries()) {
    const key = names[i] ?? parameter.name
    const value = rest.get(key) ?? (rest.has(key) ? null : ABSENT)
    rest.delete(key)
    if (parameter.kind === 'variadic') further = listOf(path, key, value)
    else if (parameter.kind === 'named') named = mapOf(path, key, value)
    else if (!isAbsent(value)) args[i] = value
    else if (parameter.required) throw missing(path, key)
    else args[i] = ABSENT
  }
  // What takes all further named arguments takes the inputs that are left, too.
  if (named !== null) for (const [name, value] of rest) named[name] = value
  else if (rest.size > 0) throw unknown(path, [...rest.keys()], names)
  args.push(...further)
  while (args.length > 0 && isAbsent(args.at(-1))) args.pop()
  return named === null || Object.keys(named).length === 0 ? { args } : { args, named }
}

function listOf(path: string, name: string, value: Json): readonly Json[] {
  if (isAbsent(value) || value === null) return []
  if (Array.isArray(value)) return value
  throw new ProblemError('params_invalid', `The input ${name} of ${path} stands for several arguments.`, {
    field: name,
    fix: 'Give it a list.',
  })
}

function mapOf(path: string, name: string, value: Json): Record<string, Json> {
  if (isAbsent(value) || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value }
  throw new ProblemError('params_invalid', `The input ${name} of ${path} stands for named arguments.`, {
    field: name,
    fix: 'Give it a map.',
  })
}

const missing = (path: string, name: string): ProblemError =>
  new ProblemError('params_invalid', `${path} needs the argument ${name}.`, {
    field: name,
    fix: `Add the input \`${name}\`.`,
  })

function unknown(path: string, given: readonly string[], known: readonly string[]): ProblemError {
  const has = known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`
  return new ProblemError('params_invalid', `${path} has no parameter ${given.join(', ')}.`, {
    field: given[0] ?? '',
    fix: has,
  })
}
