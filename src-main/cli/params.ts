import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Json, Param } from '../../src-shared/contract/index.ts'
import { CliError, explainSystemError } from './failure.ts'
import { nearest } from './nearest.ts'

/** A file or folder that must be uploaded before it is a value. */
export interface PathValue {
  readonly name: string
  /** `files`: any number of them, and folders */
  readonly type: 'file' | 'directory' | 'files'
  /** Absolute; several only of `files` */
  readonly paths: readonly string[]
}

export interface GivenParams {
  readonly values: Record<string, Json>
  readonly paths: readonly PathValue[]
}

type Declared = Readonly<Record<string, Param>>

const invalid = (message: string, fix?: string): CliError => new CliError('invalid', 'params_invalid', message, fix)

/**
 * The parameters of a run, from `--param k=v …` and a `--params-file`; what is given by `--param` wins.
 * @param declared the workflow's parameters: they say how a text is read
 * @param cwd folder that paths in `--param` are relative to; those in the file are relative to the file
 * @param word what they are called in errors
 */
export async function readParams(
  declared: Declared,
  given: readonly string[],
  file: string | undefined,
  cwd: string,
  word: 'parameter' | 'field' = 'parameter',
): Promise<GivenParams> {
  const values: Record<string, Json> = {}
  const paths = new Map<string, PathValue>()
  const take = (name: string, param: Param, value: Json, base: string): void => {
    const given = pathsIn(param, value)
    if (given !== null) {
      const type = param.type === 'directory' ? 'directory' : param.multiple === true ? 'files' : 'file'
      paths.set(name, { name, type, paths: given.map((path) => resolve(base, path)) })
      delete values[name]
    } else {
      values[name] = value
      paths.delete(name)
    }
  }

  if (file !== undefined) {
    const path = resolve(cwd, file)
    for (const [name, value] of Object.entries(await readParamsFile(path))) {
      take(name, declaration(declared, name, word), value, dirname(path))
    }
  }
  for (const [name, texts] of grouped(given)) {
    const param = declaration(declared, name, word)
    take(name, param, await typedValue(name, param, texts, cwd), cwd)
  }
  return { values, paths: [...paths.values()] }
}

/** Paths that a value names; null when it is none, but a value as it is. */
function pathsIn({ type, multiple = false }: Param, value: Json): string[] | null {
  if (type !== 'file' && type !== 'directory') return null
  if (typeof value === 'string') return [value]
  if (!multiple || !Array.isArray(value) || value.length === 0) return null
  const texts = value.filter((path) => typeof path === 'string')
  return texts.length === value.length ? texts : null
}

/** `--param a=1 --param b=2 --param a=3` → a: [1, 3], b: [2] */
function grouped(given: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const text of given) {
    const at = text.indexOf('=')
    if (at < 1) throw new CliError('usage', 'usage', `"${text}" has no value.`, 'Write it as name=value.')
    const name = text.slice(0, at)
    groups.set(name, [...(groups.get(name) ?? []), text.slice(at + 1)])
  }
  return groups
}

function declaration(declared: Declared, name: string, word: string): Param {
  const param = Object.hasOwn(declared, name) ? declared[name] : undefined
  if (param !== undefined) return param
  const names = Object.keys(declared)
  const meant = nearest(name, names)
  const rest = names.length > 0 ? `There are: ${names.join(', ')}.` : `There are no ${word}s.`
  throw invalid(`There is no ${word} ${name}.`, meant === null ? rest : `Did you mean ${meant}?`)
}

/** Reads one value as its declaration says. Several texts are several items of a list. */
export async function typedValue(name: string, param: Param, texts: readonly string[], cwd: string): Promise<Json> {
  if (param.type === 'array') return await arrayOf(name, param, texts, cwd)
  if (param.type === 'file' && param.multiple === true) return texts.map(withoutAt)
  const text = texts[0]
  if (text === undefined || texts.length > 1)
    throw invalid(`Parameter ${name} is given ${texts.length} times.`, 'Give it once.')
  switch (param.type) {
    case 'integer':
    case 'number':
      return numberOf(name, param.type, text)
    case 'boolean':
      return booleanOf(name, text)
    case 'object':
      return parsed(name, await contentOf(text, cwd), 'an object, e.g. {"a": 1}')
    case 'json':
      return flagOf(param, text) ?? jsonOf(param, await contentOf(text, cwd))
    case 'secret':
      return (await contentOf(text, cwd)).replace(/\r?\n$/, '')
    case 'file':
    case 'directory':
      return withoutAt(text)
    case 'string':
      return text
  }
}

const withoutAt = (text: string): string => (text.startsWith('@') ? text.slice(1) : text)

/** `@path` is the content of that file; everything else stands for itself. */
async function contentOf(text: string, cwd: string): Promise<string> {
  return text.startsWith('@') ? await readText(resolve(cwd, text.slice(1))) : text
}

function numberOf(name: string, type: 'integer' | 'number', text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)) return value
  const example = type === 'integer' ? `--param ${name}=3` : `--param ${name}=0.5`
  throw invalid(
    `Parameter ${name} needs ${type === 'integer' ? 'a whole number' : 'a number'}, not "${text}".`,
    `Write e.g. ${example}.`,
  )
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

function booleanOf(name: string, text: string): boolean {
  const value = words[text.toLowerCase()]
  if (value !== undefined) return value
  throw invalid(`Parameter ${name} needs true or false, not "${text}".`, `Write --param ${name}=true.`)
}

/** The words for a boolean of code, which says in its schema that it is one. */
const flagOf = ({ schema }: Param, text: string): boolean | undefined =>
  schema?.['type'] === 'boolean' ? words[text.toLowerCase()] : undefined

/** JSON, or the text itself where it is none or where only a text fits. */
function jsonOf(param: Param, text: string): Json {
  return param.schema?.['type'] === 'string' && !text.trimStart().startsWith('"') ? text : itemOf(text, undefined)
}

/** A JSON list, or items separated by commas or given one by one. */
async function arrayOf(name: string, param: Param, texts: readonly string[], cwd: string): Promise<Json[]> {
  const itemType = param.items?.['type']
  const items: Json[] = []
  for (const text of texts) {
    const content = await contentOf(text, cwd)
    if (content.trimStart().startsWith('[')) {
      const list = parsed(name, content, 'a list, e.g. [1, 2]')
      items.push(...(Array.isArray(list) ? list : [list]))
    } else if (content !== '') {
      items.push(...content.split(',').map((each) => itemOf(each.trim(), itemType)))
    }
  }
  return items
}

function itemOf(text: string, itemType: Json | undefined): Json {
  if (itemType === 'string') return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text // no JSON: an unquoted word, as one types it
  }
}

function parsed(name: string, text: string, wanted: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw invalid(
      `Parameter ${name} needs ${wanted} in JSON: ${why}.`,
      `Quote it for the shell, or write --param ${name}=@file.json.`,
    )
  }
}

async function readParamsFile(path: string): Promise<Record<string, Json>> {
  const text = await readText(path)
  let value: unknown
  try {
    value = path.endsWith('.json') ? JSON.parse(text) : (await import('yaml')).parse(text)
  } catch (error) {
    throw invalid(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, Json>
  throw invalid(`${path} does not hold names and values.`, 'Write one "name: value" a line (YAML), or a JSON object.')
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw explainSystemError(error)
  }
}
