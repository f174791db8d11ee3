import type { Json } from '../../../src-shared/contract/index.ts'
import { readsOf } from '../../graph/expressions.ts'
import { kindOf } from '../../graph/summary.ts'
import { textsIn } from '../../graph/values.ts'
import { freeName, mapOf, textOf } from './values.ts'

/** Something that an expression can read at a place: offered while typing, and by "Insert a value". */
export interface Readable {
  /** As it is written: `steps.fit.outputs.model` */
  readonly text: string
  readonly group: 'Parameters' | 'Item' | 'Inputs of this step' | 'Results of steps' | 'Run'
  /** What it is, in a word: `number`, `files` */
  readonly type: string
  readonly help: string
  /**
   * It is handed in: an input of the step reads it, and the text reads the input. Files have a path only so, and the
   * picture draws a line for what another step gives.
   */
  readonly asInput?: true
}

/** Where an expression stands: which fields may read what (docs/expressions.md, "What can be read"). */
export interface ExpressionPlace {
  /** Null: in the workflow itself */
  readonly step: string | null
  /** Field of the step or workflow: `run`, `env`, `inputs`, `when`, `forEach` … */
  readonly field: string
}

/** Fields in which a step reads its own inputs. */
const READS_INPUTS: ReadonlySet<string> = new Set([
  'run',
  'env',
  'image',
  'workdir',
  'sleep',
  'approval',
  'concurrency',
])
/** Fields that are texts for a program, in which files are paths. */
const WANTS_PATHS: ReadonlySet<string> = new Set(['run', 'env', 'image', 'workdir'])
/** Types of values that are files, alone or in lists. */
const FILES: ReadonlySet<string> = new Set(['file', 'directory', 'files', 'list of files'])
/** Fields that are looked at before there is an item. */
const BEFORE_ITEMS: ReadonlySet<string> = new Set(['forEach', 'when'])
/** Fields that may read secrets. */
const READS_SECRETS: ReadonlySet<string> = new Set(['run', 'env'])

/** Names of the outputs of child workflows, as far as they are known. */
export type ChildOutputs = ReadonlyMap<string, readonly string[]>

export function readableAt(
  definition: Json | undefined,
  place: ExpressionPlace,
  children: ChildOutputs = new Map(),
): Readable[] {
  const root = mapOf(definition)
  const step = place.step === null ? {} : mapOf(mapOf(root['steps'])[place.step])
  const isWorkflowEnv = place.step === null && place.field === 'env'
  const params = paramsAt(root, place)
  const results = isWorkflowEnv ? [] : resultsAt(root, place, children)
  const found = [
    ...(step['forEach'] !== undefined && !BEFORE_ITEMS.has(place.field) ? itemOf(step, [...params, ...results]) : []),
    ...params,
    ...(READS_INPUTS.has(place.field) ? inputsOf(step, [...params, ...results]) : []),
    ...results,
    ...RUN,
  ]
  if (!WANTS_PATHS.has(place.field)) return found
  // The environment of a workflow has no inputs to hand files in by.
  if (place.step === null) return found.filter((one) => !isFiles(one))
  return found.map((one) => (isHandedIn(one) ? { ...one, asInput: true } : one))
}

/** What stands beside a value in a menu. */
export function typeInWords({ type, asInput }: Readable): string {
  const known = type === 'any' ? '' : type
  if (asInput === undefined) return known
  return known === '' ? 'as an input' : `${known}, as an input`
}

export const isFiles = (one: Readable): boolean => FILES.has(one.type)

const isHandedIn = (one: Readable): boolean =>
  one.group !== 'Inputs of this step' && (isFiles(one) || /^steps\.\w+\.outputs\./.test(one.text))

/** The name of the input that reads a value, and whether it has to be added for that. */
export function inputReading(
  inputs: Readonly<Record<string, Json>>,
  text: string,
): { readonly name: string; readonly isNew: boolean } {
  const known = Object.entries(inputs).find(([, value]) => wholeRead(value) === text)
  if (known !== undefined) return { name: known[0], isNew: false }
  return { name: freeName(nameFor(text), Object.keys(inputs)), isNew: true }
}

/** What a value reads when it is nothing but that. */
const wholeRead = (value: Json | undefined): string | null =>
  /^\s*\$\{\{\s*([\w.]+)\s*\}\}\s*$/.exec(textOf(value))?.[1] ?? null

/** `steps.split.outputs.years` → `years`: what is read is called the same, unless that says nothing. */
export function nameFor(text: string): string {
  if (text === 'item') return 'file'
  const last = text.split('.').at(-1) ?? 'input'
  const step = /^steps\.(\w+)\.status$/.exec(text)?.[1]
  return step === undefined ? last : `${step}Status`
}

function itemOf(step: Readonly<Record<string, Json>>, known: readonly Readable[]): Readable[] {
  const forEach = step['forEach']
  const items = mapOf(forEach)['items'] ?? forEach
  const overFiles = FILES.has(known.find((one) => one.text === wholeRead(items))?.type ?? '')
  return [
    { text: 'item', group: 'Item', type: overFiles ? 'file' : 'any', help: 'The item that this execution is for.' },
    { text: 'index', group: 'Item', type: 'number', help: 'Number of the item, from 0.' },
  ]
}

const RUN: readonly Readable[] = [
  { text: 'run.id', group: 'Run', type: 'text', help: 'Identifier of the run, such as k3m9abcd.' },
  { text: 'run.workflow', group: 'Run', type: 'text', help: 'Name of the workflow.' },
  { text: 'run.workspace', group: 'Run', type: 'text', help: 'The workspace that the run belongs to.' },
]

function paramsAt(root: Readonly<Record<string, Json>>, { step, field }: ExpressionPlace): Readable[] {
  return Object.entries(mapOf(root['params'])).flatMap(([name, value]): Readable[] => {
    const param = mapOf(value)
    const type = textOf(param['type']) || 'any'
    const isHidden = type === 'secret' && !READS_SECRETS.has(field)
    if (isHidden || (type === 'secret' && step === null && field !== 'env')) return []
    return [{ text: `params.${name}`, group: 'Parameters', type, help: textOf(param['description']) }]
  })
}

const inputsOf = (step: Readonly<Record<string, Json>>, known: readonly Readable[]): Readable[] =>
  Object.entries(mapOf(step['inputs'])).map(([name, value]) => ({
    text: `inputs.${name}`,
    group: 'Inputs of this step',
    type:
      typeof value === 'string' ? (known.find((one) => one.text === wholeRead(value))?.type ?? 'any') : typeOf(value),
    help: typeof value === 'string' ? value : '',
  }))

const typeOf = (value: Json): string =>
  Array.isArray(value) ? 'list' : value === null ? 'nothing' : typeof value === 'object' ? 'map' : typeof value

function resultsAt(root: Readonly<Record<string, Json>>, place: ExpressionPlace, children: ChildOutputs): Readable[] {
  const steps = mapOf(root['steps'])
  const later = place.step === null ? new Set<string>() : dependentsOf(steps, place.step)
  return Object.entries(steps).flatMap(([name, value]) =>
    name === place.step || later.has(name) ? [] : resultsOf(name, mapOf(value), place, children),
  )
}

function resultsOf(
  name: string,
  step: Readonly<Record<string, Json>>,
  place: ExpressionPlace,
  children: ChildOutputs,
): Readable[] {
  const isFanOut = step['forEach'] !== undefined
  const of = isFanOut ? 'list of ' : ''
  const results = outputTypes(step, children).map(
    ([output, type, help]): Readable => ({
      text: `steps.${name}.outputs.${output}`,
      group: 'Results of steps',
      type: of + type,
      help,
    }),
  )
  const status: Readable = {
    text: `steps.${name}.status`,
    group: 'Results of steps',
    type: 'text',
    help: 'succeeded, failed, skipped or cancelled.',
  }
  const failed: Readable = {
    text: `steps.${name}.failed`,
    group: 'Results of steps',
    type: 'list',
    help: 'The items that failed, each with index and error.',
  }
  // Whoever decides asks how a step ended; whoever computes wants its results.
  const asked = isFanOut ? [status, failed] : [status]
  return place.field === 'when' ? [...asked, ...results] : [...results, ...asked]
}

type OutputType = readonly [name: string, type: string, help: string]

function outputTypes(step: Readonly<Record<string, Json>>, children: ChildOutputs): OutputType[] {
  const kind = kindOf(step)
  if (kind === 'approval') {
    return Object.entries(mapOf(mapOf(step['approval'])['form'])).map(([name, field]) => [
      name,
      textOf(mapOf(field)['type']) || 'any',
      textOf(mapOf(field)['description']),
    ])
  }
  if (kind === 'target') return [['result', 'value', 'What the target returns.']]
  if (kind === 'workflow') return (children.get(textOf(step['workflow'])) ?? []).map((name) => [name, 'any', ''])
  return Object.entries(mapOf(step['outputs'])).map(([name, value]) => {
    const spec = mapOf(value)
    if ('files' in spec) return [name, 'files', [spec['files']].flat().map(textOf).join(', ')]
    return 'text' in spec ? [name, 'text', textOf(spec['text'])] : [name, 'value', textOf(spec['json'])]
  })
}

/** Steps that read a step, directly or through others: reading one of them would be a circle. */
export function dependentsOf(steps: Readonly<Record<string, Json>>, of: string): ReadonlySet<string> {
  const readers = new Map<string, string[]>()
  for (const [name, step] of Object.entries(steps)) {
    for (const read of neededBy(mapOf(step))) readers.set(read, [...(readers.get(read) ?? []), name])
  }
  const found = new Set<string>()
  const open = [of]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const reader of readers.get(name) ?? []) {
      if (found.has(reader)) continue
      found.add(reader)
      open.push(reader)
    }
  }
  return found
}

/** Names of the steps that a step needs: those it names, and those it reads. */
export function neededBy(step: Readonly<Record<string, Json>>): ReadonlySet<string> {
  const names = new Set([step['needs']].flat().filter((one): one is string => typeof one === 'string'))
  for (const name of readBy(step)) names.add(name)
  return names
}

/** Names of the steps that the expressions of a step read. */
export function readBy(step: Readonly<Record<string, Json>>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [field, value] of Object.entries(step)) {
    if (field === 'description') continue
    for (const text of textsIn(value)) {
      for (const { root, path } of readsOf(text, field === 'when')) {
        if (root === 'steps' && path[0] !== undefined) names.add(path[0])
      }
    }
  }
  return names
}

/** Functions of expressions, for completion: docs/expressions.md, "Functions". */
export const FUNCTIONS: readonly { readonly text: string; readonly detail: string; readonly help: string }[] = [
  { text: 'size', detail: '(x)', help: 'Length of a text, list or map.' },
  { text: 'range', detail: '(n)', help: 'The numbers from 0 up to n, without n.' },
  { text: 'join', detail: '(list, separator)', help: 'The texts of a list with a separator between.' },
  { text: 'flatten', detail: '(list)', help: 'A list of lists as one list.' },
  { text: 'sort', detail: '(list)', help: 'Numbers by size, texts by their letters.' },
  { text: 'sum', detail: '(list)', help: 'Sum of numbers, 0 for none.' },
  { text: 'min', detail: '(list)', help: 'The least of a list, or of two.' },
  { text: 'max', detail: '(list)', help: 'The greatest of a list, or of two.' },
  { text: 'keys', detail: '(map)', help: 'The keys of a map, sorted.' },
  { text: 'values', detail: '(map)', help: 'The values of a map, in the order of its sorted keys.' },
  { text: 'basename', detail: '(path)', help: 'What follows the last slash.' },
  { text: 'json', detail: '(x)', help: 'A value as compact JSON.' },
  { text: 'parseJson', detail: '(text)', help: 'The value of a JSON text.' },
  { text: 'string', detail: '(x)', help: 'As a text.' },
  { text: 'int', detail: '(x)', help: 'As a whole number.' },
  { text: 'double', detail: '(x)', help: 'As a number.' },
  { text: 'has', detail: '(map.key)', help: 'Whether a map has a key.' },
]
