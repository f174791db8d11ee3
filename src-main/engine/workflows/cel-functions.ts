import type { Environment } from '@marcbachmann/cel-js'
import { canonicalJson } from '../../../src-shared/definition/index.ts'
import { spend } from './budget.ts'
import { MAX_ITEMS } from './limits.ts'
import { compilePattern } from './regex.ts'
import { type CelValue, toJson } from './values.ts'

type Numeric = number | bigint

const asNumber = (value: Numeric): number => Number(value)

/**
 * A JSON number is a `double` for CEL and a literal such as `1` an `int`: these overloads let them meet. Mixed arithmetic
 * is done in doubles, so `params.year + 1` is what a person expects; two literals keep CEL's whole numbers (7 / 2 is 3).
 */
function registerNumbers(environment: Environment): void {
  const operators: Record<string, (a: Numeric, b: Numeric) => number> = {
    '+': (a, b) => Number(a) + Number(b),
    '-': (a, b) => Number(a) - Number(b),
    '*': (a, b) => Number(a) * Number(b),
    '/': (a, b) => Number(a) / Number(b),
    '%': (a, b) => Number(a) % Number(b),
  }
  for (const [operator, compute] of Object.entries(operators)) {
    environment.registerOperator(`int ${operator} double: double`, compute)
    environment.registerOperator(`double ${operator} int: double`, compute)
  }
  environment.registerOperator('double % double: double', operators['%'] ?? (() => Number.NaN))
  environment.registerOperator('int == double: bool', (a: Numeric, b: Numeric) => Number(a) === Number(b))
  for (const type of ['string', 'bool', 'int', 'double', 'list', 'map']) {
    environment.registerOperator(`null == ${type}: bool`, () => false)
  }
}

const sync = { async: false }

/** Registers a function for several lists of argument types. */
function define(
  environment: Environment,
  name: string,
  signatures: readonly string[],
  returns: string,
  description: string,
  handler: (...values: never[]) => CelValue,
): void {
  for (const types of signatures) {
    environment.registerFunction(`${name}(${types}): ${returns}`, handler, { ...sync, description })
  }
}

/** The functions that Weir adds to CEL; docs/expressions.md lists the same. */
export function registerFunctions(environment: Environment): void {
  registerNumbers(environment)
  registerLists(environment)
  registerTexts(environment)
  registerMaps(environment)
}

function registerLists(environment: Environment): void {
  const add = define.bind(null, environment)
  add('range', ['int', 'double'], 'list', 'Numbers from 0 up to, not including, n', (n: Numeric) => range(0, n))
  add(
    'range',
    ['int, int', 'int, double', 'double, int', 'double, double'],
    'list',
    'Numbers from the first up to, not including, the second',
    range,
  )
  add('flatten', ['list'], 'list', 'A list of lists as one list', (list: CelValue[]) => list.flat(1))
  add('sort', ['list'], 'list', 'Numbers by size, texts by code points', sort)
  add('sum', ['list'], 'dyn', 'Sum of numbers, 0 for none', (list: CelValue[]) =>
    list.reduce<number>((total, value) => total + numberIn(value, 'sum'), 0),
  )
  for (const [name, pick] of [
    ['min', Math.min],
    ['max', Math.max],
  ] as const) {
    add(name, ['list'], 'dyn', `The ${name}imum of a list of numbers`, (list: CelValue[]) => {
      if (list.length === 0) throw new Error(`${name} of an empty list`)
      return list.reduce<number>((best, value) => pick(best, numberIn(value, name)), numberIn(list[0] ?? null, name))
    })
    const pairs = ['int, int', 'int, double', 'double, int', 'double, double']
    add(name, pairs, 'dyn', `The ${name}imum of two`, (a: Numeric, b: Numeric) => pick(asNumber(a), asNumber(b)))
  }
  add(
    'join',
    ['list, string'],
    'string',
    'The texts of a list with a separator between',
    (list: CelValue[], by: string) => list.map(textOf).join(by),
  )
}

function registerTexts(environment: Environment): void {
  const add = define.bind(null, environment)
  add('basename', ['string'], 'string', 'What follows the last slash', (path: string) =>
    path.slice(path.lastIndexOf('/') + 1),
  )
  for (const types of ['double', 'double, double', 'int, double', 'double, int']) {
    environment.registerFunction(`string.substring(${types}): string`, substring, sync)
  }
  add('json', ['dyn'], 'string', 'A value as compact JSON', (value: CelValue) => JSON.stringify(toJson(value)))
  add('parseJson', ['string'], 'dyn', 'The value of a JSON text', parseJson)
  // Takes the place of CEL's own `matches`, whose engine can be made to backtrack for ever.
  environment.registerFunction(
    'string.matchesPattern(string): bool',
    (text: string, pattern: string) => compilePattern(pattern).test(text),
    sync,
  )
}

function registerMaps(environment: Environment): void {
  const add = define.bind(null, environment)
  add('keys', ['map'], 'list<string>', 'The keys of a map, sorted', (map: AnyMap) => [...entriesOf(map).keys()].sort())
  add('values', ['map'], 'list', 'The values of a map, in the order of the sorted keys', (map: AnyMap) => {
    const entries = entriesOf(map)
    return [...entries.keys()].sort().map((key) => entries.get(key) ?? null)
  })
}

type AnyMap = Readonly<Record<string, CelValue>> | ReadonlyMap<string, CelValue>

const entriesOf = (map: AnyMap): ReadonlyMap<string, CelValue> =>
  map instanceof Map ? map : new Map(Object.entries(map))

function range(from: Numeric, to: Numeric): number[] {
  const [start, end] = [Number(from), Number(to)]
  if (!Number.isInteger(start) || !Number.isInteger(end)) throw new Error('range needs whole numbers')
  if (end - start > MAX_ITEMS) throw new Error(`range makes at most ${MAX_ITEMS} numbers`)
  spend(Math.max(0, end - start))
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
}

function numberIn(value: CelValue, name: string): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  throw new Error(`${name} needs numbers, and one item is ${canonicalJson(toJson(value))}`)
}

function sort(list: CelValue[]): CelValue[] {
  const numeric = list.every((value) => typeof value === 'number' || typeof value === 'bigint')
  if (!numeric && !list.every((value) => typeof value === 'string')) {
    throw new Error('sort needs only numbers or only texts')
  }
  return list.toSorted((a, b) => (numeric ? Number(a) - Number(b) : byCodePoint(String(a), String(b))))
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A value as it stands in a text: strings as they are, null as nothing, lists and maps as JSON. */
export function textOf(value: CelValue): string {
  if (typeof value === 'string') return value
  const json = toJson(value)
  if (json === null) return ''
  return typeof json === 'string' ? json : JSON.stringify(json)
}

function substring(text: string, from: Numeric, to: Numeric = text.length): string {
  const [start, end] = [Number(from), Number(to)]
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length)) {
    throw new Error(`substring: ${start} to ${end} is not inside a text of ${text.length} characters`)
  }
  return text.slice(start, end)
}

function parseJson(text: string): CelValue {
  try {
    return JSON.parse(text) as CelValue
  } catch (error) {
    throw new Error(`parseJson: ${error instanceof Error ? error.message : String(error)}`)
  }
}
