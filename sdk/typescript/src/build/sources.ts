import { existsSync } from 'node:fs'
import { basename, extname, relative, resolve, sep } from 'node:path'

/** A module that a worker hosts. */
export interface Source {
  /** Dotted path below the served folder, without the suffix: `digits`, `flows.weather` */
  readonly module: string
  /** Absolute */
  readonly file: string
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$/
const SUFFIXES = new Set(['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs'])

/**
 * The modules that a command line names.
 *
 * @param root the served folder: names of modules are relative to it
 * @throws Error when a file is not there, or cannot be named
 */
export function sourcesOf(files: readonly string[], root: string): Source[] {
  const sources = files.map((given) => sourceOf(given, root))
  for (const { module, file } of sources) {
    const other = sources.find((source) => source.module === module && source.file !== file)
    if (other !== undefined)
      throw new Error(`${file} and ${other.file} are both the module ${module}: rename one of them.`)
  }
  return [...new Map(sources.map((source) => [source.module, source])).values()]
}

function sourceOf(given: string, root: string): Source {
  const file = resolve(root, given)
  if (!existsSync(file)) throw new Error(`${given} is not there. Name a file such as digits.ts, relative to ${root}.`)
  if (!SUFFIXES.has(extname(file))) throw new Error(`${given} is no TypeScript or JavaScript file.`)
  const inside = relative(root, file)
  const path = inside.startsWith('..') ? basename(file) : inside
  const module = path
    .slice(0, path.length - extname(path).length)
    .split(sep)
    .join('.')
  if (NAME.test(module)) return { module, file }
  throw new Error(
    `${given} cannot be a module: "${module}" needs letters, digits, "_" and "-", and starts with a letter.`,
  )
}
