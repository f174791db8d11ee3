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

/** A target as far as its arguments go. */
interface Callee {
  /** `module/target` */
  readonly path: string
  readonly parameters: readonly (Pick<TargetParameter, 'name' | 'kind'> & { readonly required?: boolean })[]
}

/**
 * Whether a step gives a target what it takes, by the names of its inputs.
 * @throws ProblemError call_invalid for an input that the target does not know, or one that it needs
 */
export function checkInputs(callee: Callee, given: readonly string[]): void {
  const { path, parameters } = callee
  const names = inputNames(parameters)
  const isNeeded = (i: number): boolean => parameters[i]?.kind === 'positional' && parameters[i]?.required === true
  const lacking = names.find((name, i) => isNeeded(i) && !given.includes(name))
  if (lacking !== undefined) throw missing(path, lacking)
  const takesNames = parameters.some(({ kind }) => kind === 'named')
  const strange = given.filter((name) => !names.includes(name))
  if (strange.length > 0 && !takesNames) throw unknown(path, strange, names)
}

/**
 * The arguments of a call from the inputs of a step. What is not given is left out (`ABSENT`), and so are such ones at the end. The
 * input of a parameter that takes all further arguments is a list, or a map.
 * @throws ProblemError call_invalid
 */
export function argumentsOf(callee: Callee, inputs: Readonly<Record<string, Json>>): Arguments {
  const { path, parameters } = callee
  checkInputs(
    { path, parameters },
    Object.keys(inputs).filter((name) => !isAbsent(inputs[name])),
  )
  const names = inputNames(parameters)
  const args: Json[] = []
  let further: readonly Json[] = []
  let named: Record<string, Json> | null = null
  for (const [i, parameter] of parameters.entries()) {
    const key = names[i] ?? parameter.name
    const value = Object.hasOwn(inputs, key) ? (inputs[key] ?? null) : ABSENT
    if (parameter.kind === 'variadic') further = listOf(path, key, value)
    else if (parameter.kind === 'named') named = mapOf(path, key, value)
    else args.push(value)
  }
  // What takes all further named arguments takes the inputs that are left, too.
  const left = Object.entries(inputs).filter(([name, value]) => !names.includes(name) && !isAbsent(value))
  const extra = named === null ? [] : [...Object.entries(named), ...left]
  args.push(...further)
  while (args.length > 0 && isAbsent(args.at(-1))) args.pop()
  // Not by assignment: a name may be `__proto__`.
  return extra.length === 0 ? { args } : { args, named: Object.fromEntries(extra) }
}

/** The inputs that stand for the arguments of a call: what `argumentsOf` puts into places, by name again. */
export function inputsOf(
  parameters: Callee['parameters'],
  { args, named }: { readonly args: readonly Json[]; readonly named?: Readonly<Record<string, Json>> },
): Record<string, Json> {
  const names = inputNames(parameters)
  const places = parameters.filter(({ kind }) => kind === 'positional').length
  const entries = parameters.flatMap(({ kind }, i): [string, Json][] => {
    const name = names[i] ?? ''
    if (kind === 'variadic') return args.length > places ? [[name, args.slice(places)]] : []
    if (kind === 'named') return named === undefined ? [] : [[name, { ...named }]]
    const value = args[i]
    return value === undefined || isAbsent(value) ? [] : [[name, value]]
  })
  return Object.fromEntries(entries)
}

function listOf(path: string, name: string, value: Json): readonly Json[] {
  if (isAbsent(value) || value === null) return []
  if (Array.isArray(value)) return value
  throw new ProblemError('call_invalid', `The input ${name} of ${path} stands for several arguments.`, {
    field: name,
    fix: 'Give it a list.',
  })
}

function mapOf(path: string, name: string, value: Json): Record<string, Json> {
  if (isAbsent(value) || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new ProblemError('call_invalid', `The input ${name} of ${path} stands for named arguments.`, {
    field: name,
    fix: 'Give it a map.',
  })
}

const missing = (path: string, name: string): ProblemError =>
  new ProblemError('call_invalid', `${path} needs the argument ${name}.`, {
    field: name,
    fix: `Add the input \`${name}\`.`,
  })

function unknown(path: string, given: readonly string[], known: readonly string[]): ProblemError {
  const has = known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`
  return new ProblemError('call_invalid', `${path} has no parameter ${given.join(', ')}.`, {
    field: given[0] ?? '',
    fix: has,
  })
}
