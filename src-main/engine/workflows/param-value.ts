import {
  type AssetFile,
  type AssetValue,
  isAsset,
  type Json,
  markOf,
  type Param,
} from '../../../src-shared/contract/index.ts'
import { canonicalJson, MAX_DEPTH } from '../../../src-shared/definition/index.ts'
import { isDeeperThan } from './canonical.ts'
import { schemaFault } from './param-schema.ts'
import { compilePattern } from './regex.ts'

/** A value that fits a parameter, or why it does not. */
export type Fit = { readonly value: Json } | { readonly message: string; readonly fix?: string }

const refuse = (message: string, fix?: string): Fit => (fix === undefined ? { message } : { message, fix })
const plural: Record<Param['type'], string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  json: 'a value',
  file: 'a file',
  directory: 'a folder',
  secret: 'a text',
}

/**
 * Fits a value to a parameter. Text is read as what the parameter is when it says exactly that (`"2012"` is an integer,
 * `"[1, 2]"` a list), because a command line has only text.
 * @param files the workflow's own files: a path among them is accepted for a file or directory
 */
export function fitParam(name: string, param: Param, given: Json, files: readonly AssetFile[]): Fit {
  const typed = fitType(name, param, given, files)
  if ('message' in typed) return typed
  return rangeFault(param, typed.value) ?? typed
}

function fitType(name: string, param: Param, given: Json, files: readonly AssetFile[]): Fit {
  if (isDeeperThan(given, MAX_DEPTH))
    return refuse(`the value is nested deeper than ${MAX_DEPTH} levels`, 'Flatten it.')
  if (param.type !== 'secret' && UNSEEN.has(markOf(given) ?? '')) return { value: given }
  const wrong = refuse(`must be ${plural[param.type]}, not ${shown(param, given)}`)
  switch (param.type) {
    case 'string':
    case 'secret':
      return typeof given === 'string' ? { value: given } : wrong
    case 'integer':
      return fitNumber(given, Number.isSafeInteger) ?? wrong
    case 'number':
      return fitNumber(given, Number.isFinite) ?? wrong
    case 'boolean':
      if (typeof given === 'boolean') return { value: given }
      return given === 'true' || given === 'false' ? { value: given === 'true' } : wrong
    case 'array':
    case 'object':
      return fitCollection(param, given) ?? wrong
    case 'json':
      return fitJson(param, given)
    case 'file':
    case 'directory':
      return fitFiles(name, param.type, param.multiple === true, given, files)
  }
}

/** What stands for a value that is not here: left out, the result of a step that has not ended, a body in the blob store. */
const UNSEEN: ReadonlySet<string> = new Set(['absent', 'step', 'stored'])

/** What fits as it is; a text that does not, but is JSON that does, because a command line has only text. */
function fitJson(param: Param, given: Json): Fit {
  const fault = schemaFault(param, given)
  if (fault === null) return { value: given }
  const parsed = typeof given === 'string' ? parseOr(given) : null
  if (parsed !== null && !isDeeperThan(parsed, MAX_DEPTH) && schemaFault(param, parsed) === null) {
    return { value: parsed }
  }
  return refuse(fault)
}

/** A number as JSON writes it; nothing that JavaScript would also read, such as 0x10 or an empty text. */
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

function fitNumber(given: Json, test: (value: number) => boolean): Fit | null {
  const mark = markOf(given)
  // Beyond what JSON can say: see docs/worker-protocol.md, "Values".
  if (mark === 'integer' || (mark === 'float' && test === Number.isFinite)) return { value: given }
  const value = typeof given === 'string' && NUMBER.test(given) ? Number(given) : given
  return typeof value === 'number' && test(value) ? { value } : null
}

function fitCollection(param: Param, given: Json): Fit | null {
  const value = typeof given === 'string' ? parseOr(given) : given
  if (value === null || typeof value !== 'object' || Array.isArray(value) !== (param.type === 'array')) return null
  if (isDeeperThan(value, MAX_DEPTH)) return null
  const fault = schemaFault(param, value)
  return fault === null ? { value } : refuse(fault)
}

function parseOr(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    // No JSON: the caller says what was expected.
    return null
  }
}

function fitFiles(
  name: string,
  type: 'file' | 'directory',
  isMultiple: boolean,
  given: Json,
  files: readonly AssetFile[],
): Fit {
  const fix =
    type === 'file'
      ? 'Name a file on the command line, or hand in an asset with one file.'
      : 'Name a folder, or hand in an asset.'
  if (typeof given === 'string') {
    const own = ownFiles(name, type, given, files)
    return isMultiple && 'message' in own ? ownFiles(name, 'directory', given, files) : own
  }
  if (!isAsset(given)) return refuse(`must be ${plural[type]} (an asset), not ${brief(given)}`, fix)
  if (type === 'file' && !isMultiple && given.files.length !== 1) {
    return refuse(`must be one file, but the asset has ${given.files.length}`, fix)
  }
  return { value: given }
}

/** A path among the workflow's own files. The asset's paths start at the file's or folder's own name. */
function ownFiles(name: string, type: 'file' | 'directory', path: string, files: readonly AssetFile[]): Fit {
  const wanted = path.replace(/^\.\//, '').replace(/\/+$/, '')
  if (type === 'file') {
    const file = files.find((one) => one.path === wanted)
    if (!file)
      return refuse(
        `\`${path}\` is not among the workflow's files`,
        "Add it to the workflow's `files`, or hand in an asset.",
      )
    return { value: asset(name, [{ ...file, path: wanted.slice(wanted.lastIndexOf('/') + 1) }]) }
  }
  const inside = files.filter((one) => wanted === '.' || one.path.startsWith(`${wanted}/`))
  if (inside.length === 0)
    return refuse(
      `no file of the workflow lies in \`${path}\``,
      "Add it to the workflow's `files`, or hand in an asset.",
    )
  const cut = wanted === '.' ? 0 : wanted.length + 1
  return {
    value: asset(
      name,
      inside.map((one) => ({ ...one, path: one.path.slice(cut) })),
    ),
  }
}

const asset = (name: string, files: AssetFile[]): Json => ({ kind: 'asset', name, files }) satisfies AssetValue as Json

function rangeFault(param: Param, value: Json): Fit | null {
  if (typeof value === 'number') {
    if (param.minimum !== undefined && value < param.minimum) return refuse(`${value} is less than ${param.minimum}`)
    if (param.maximum !== undefined && value > param.maximum) return refuse(`${value} is more than ${param.maximum}`)
  }
  if (typeof value === 'string') {
    const length = [...value].length
    if (param.minLength !== undefined && length < param.minLength)
      return refuse(`has ${length} characters, fewer than ${param.minLength}`)
    if (param.maxLength !== undefined && length > param.maxLength)
      return refuse(`has ${length} characters, more than ${param.maxLength}`)
    if (param.pattern !== undefined && !compilePattern(param.pattern).test(value)) {
      return refuse(`${shown(param, value)} does not match the pattern \`${param.pattern}\``)
    }
  }
  if (param.enum === undefined) return null
  const text = canonicalJson(value)
  if (param.enum.some((one) => canonicalJson(one) === text)) return null
  return refuse(`${shown(param, value)} is none of ${param.enum.map((one) => brief(one)).join(', ')}`)
}

const shown = (param: Param, value: Json): string => (param.type === 'secret' ? 'what was given' : brief(value))

/** Characters of a value that a message shows. */
const SHOWN = 60

function brief(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `\`${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}\``
}
