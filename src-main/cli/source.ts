import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { CliError, explainSystemError } from './failure.ts'

/** The contract's limit; said here before 10 MB travel for nothing. */
const MAX_SOURCE_BYTES = 10_000_000
/** The contract's limit on the files of a workflow. */
const MAX_FILES = 10_000
/** Names that a folder with a workflow may use, in order of preference. */
const SOURCE_NAMES = ['weir.yaml', 'weir.yml'] as const
/** Never part of a workflow unless a glob names them. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__'])

/** A definition on this machine: its text, and where it came from. */
export interface LocalSource {
  readonly text: string
  /** As shown to the person: the path as typed, or `<stdin>` */
  readonly label: string
  /** Folder that `files` are relative to, absolute */
  readonly folder: string
}

/** A file that goes with a definition. */
export interface LocalFile {
  /** Relative, with forward slashes */
  readonly path: string
  readonly absolute: string
  readonly size: number
  readonly executable: boolean
}

/** Whether what was typed names a definition on this machine rather than a workflow of the engine. */
export async function isLocalSource(typed: string): Promise<boolean> {
  if (typed === '-' || /\.ya?ml$/i.test(typed) || typed.includes('/') || typed.includes(sep)) return true
  const found = await stat(typed).catch(() => null) // absent or unreadable: then it is a name
  return found?.isDirectory() === true && (await sourceIn(typed)) !== null
}

/**
 * Reads a definition from a file, a folder with a weir.yaml, or stdin (`-`).
 * @throws CliError notFound, or invalid when it is no text or too large
 */
export async function readSource(typed: string, cwd = process.cwd()): Promise<LocalSource> {
  if (typed === '-') return { text: decode(await readStdin(), '<stdin>'), label: '<stdin>', folder: cwd }
  const path = resolve(cwd, typed)
  try {
    const info = await stat(path)
    if (!info.isDirectory()) {
      return { text: decode(await readFile(path), typed), label: typed, folder: dirname(path) }
    }
    const name = await sourceIn(path)
    if (name === null) {
      throw new CliError(
        'notFound',
        'file_missing',
        `${typed} holds no weir.yaml.`,
        'Name the file that defines the workflow.',
      )
    }
    return { text: decode(await readFile(join(path, name)), join(typed, name)), label: join(typed, name), folder: path }
  } catch (error) {
    throw explainSystemError(error)
  }
}

async function sourceIn(folder: string): Promise<string | null> {
  const names = new Set(await readdir(folder).catch(() => []))
  return SOURCE_NAMES.find((name) => names.has(name)) ?? null
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function decode(bytes: Buffer, label: string): string {
  if (bytes.length > MAX_SOURCE_BYTES) {
    throw new CliError(
      'invalid',
      'workflow_invalid',
      `${label} has ${bytes.length} bytes; a definition may have ${MAX_SOURCE_BYTES}.`,
      'Move data and scripts into files of their own and list them under "files".',
    )
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CliError(
      'invalid',
      'workflow_invalid',
      `${label} is not UTF-8 text.`,
      'Save it as UTF-8, or name the weir.yaml file.',
    )
  }
}

/**
 * The globs under `files` of a definition. A text with errors has none: the engine says where they are.
 */
export async function globsOf(text: string): Promise<string[]> {
  if (!text.includes('files')) return [] // most definitions: do without the YAML parser
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { logLevel: 'silent' })
  if (document.errors.length > 0) return []
  const files: unknown = (document.toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null)?.['files']
  return Array.isArray(files) ? files.filter((each): each is string => typeof each === 'string') : []
}

/**
 * The files below `folder` that any of the globs matches, by path; a glob that names a folder stands for all in it. What
 * is wrong with a glob (it matches nothing, it leaves the folder) the engine says, with its place in the definition.
 */
export async function matchFiles(folder: string, globs: readonly string[]): Promise<LocalFile[]> {
  if (globs.length === 0) return []
  const { default: picomatch } = await import('picomatch')
  const found = new Map<string, LocalFile>()
  for (const glob of globs) {
    const pattern = glob.replace(/^\.\//, '').replace(/\/+$/, '')
    if (isAbsolute(pattern) || pattern.split('/').includes('..')) continue
    const matches = picomatch(pattern)
    for await (const file of filesBelow(folder, picomatch.scan(pattern).base)) {
      if (!matches(file.path) && !file.path.startsWith(`${pattern}/`)) continue
      found.set(file.path, file)
      if (found.size > MAX_FILES) throw tooMany(folder, glob)
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

const tooMany = (folder: string, what: string): CliError =>
  new CliError(
    'invalid',
    'too_many_files',
    `"${what}" matches more than ${MAX_FILES} files in ${folder}.`,
    'Pack them into an archive, or choose fewer.',
  )

/**
 * All files below `start` (a file or folder inside `root`), links to files followed, links to folders not (they may
 * lead in a circle).
 */
export async function* filesBelow(root: string, start = ''): AsyncGenerator<LocalFile> {
  const absolute = join(root, start)
  const info = await stat(absolute).catch(() => null) // absent, or a link that leads nowhere: no file
  if (info?.isFile()) {
    yield { path: toSlashes(relative(root, absolute)), absolute, size: info.size, executable: isExecutable(info.mode) }
    return
  }
  if (!info?.isDirectory()) return
  const entries = await readdir(absolute, { withFileTypes: true })
  for (const entry of entries) {
    const path = join(start, entry.name)
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) yield* filesBelow(root, path)
    else if (entry.isFile()) yield* filesBelow(root, path)
    else if (entry.isSymbolicLink() && (await stat(join(root, path)).catch(() => null))?.isFile())
      yield* filesBelow(root, path)
  }
}

/** The content of a folder that is a parameter. */
export async function filesOfFolder(folder: string): Promise<LocalFile[]> {
  const files: LocalFile[] = []
  for await (const file of filesBelow(folder)) {
    files.push(file)
    if (files.length > MAX_FILES) throw tooMany(folder, folder)
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Windows has no such bit: scripts are started by their interpreter there. */
const isExecutable = (mode: number): boolean => process.platform !== 'win32' && (mode & 0o100) !== 0
const toSlashes = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'))
