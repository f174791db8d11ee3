import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'

/** A module that a worker hosts. */
export interface Source {
  /** Name of the file without its suffix, wherever it lies: `digits`. So it is the same from every working folder */
  readonly module: string
  /** Absolute */
  readonly file: string
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$/
const SUFFIXES = new Set(['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs'])

/** Not modules, though they end as such do. */
const NO_MODULE = /\.(?:d|test|spec|config)\.[cm]?[jt]sx?$/

/**
 * The modules that a command line names: files, and of folders all files that are right in them.
 *
 * @param root the folder that names of files are relative to
 * @throws Error when a file is not there, or cannot be named
 */
export function sourcesOf(files: readonly string[], root: string): Source[] {
  const sources = files.flatMap((given) => filesIn(given, root)).map((given) => sourceOf(given, root))
  for (const { module, file } of sources) {
    const other = sources.find((source) => source.module === module && source.file !== file)
    if (other !== undefined)
      throw new Error(`${file} and ${other.file} are both the module ${module}: rename one of them.`)
  }
  return [...new Map(sources.map((source) => [source.module, source])).values()]
}

function filesIn(given: string, root: string): string[] {
  const path = resolve(root, given)
  if (!existsSync(path) || !statSync(path).isDirectory()) return [given]
  const names = readdirSync(path).filter((name) => SUFFIXES.has(extname(name)) && !NO_MODULE.test(name))
  if (names.length === 0) throw new Error(`The folder ${given} holds no TypeScript or JavaScript files.`)
  return names.sort().map((name) => join(path, name))
}

function sourceOf(given: string, root: string): Source {
  const file = resolve(root, given)
  if (!existsSync(file)) throw new Error(`${given} is not there. Name a file such as digits.ts, relative to ${root}.`)
  if (!SUFFIXES.has(extname(file))) throw new Error(`${given} is no TypeScript or JavaScript file.`)
  const module = basename(file, extname(file))
  if (NAME.test(module)) return { module, file }
  throw new Error(
    `${given} cannot be a module: "${module}" needs letters, digits, "_" and "-", and starts with a letter.`,
  )
}
