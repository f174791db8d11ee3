import picomatch from 'picomatch'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import type { Picked, PickedFile } from '../../ui/fields/index.ts'
import { ARCHIVE, filesInArchive } from './untar.ts'

/** A definition that was picked, with those of the picked files that belong to it. */
export interface Bundle {
  /** Path of the definition, as it was picked */
  readonly path: string
  readonly source: string
  /** Paths relative to the definition */
  readonly files: readonly PickedFile[]
  /** Globs under `files` that match nothing of what was picked */
  readonly missing: readonly string[]
}

const DEFINITION = /(^|[/.])weir\.ya?ml$/i
const ANY_YAML = /\.ya?ml$/i
/** The contract's limit; said here before 10 MB travel for nothing. */
const MAX_SOURCE_BYTES = 10_000_000

/** Where the definitions are: `weir.yaml` and `*.weir.yaml` anywhere, else any YAML that was picked by itself. */
export function definitionsIn({ folder, files }: Picked): readonly PickedFile[] {
  const named = files.filter(({ path }) => DEFINITION.test(path))
  if (named.length > 0 || folder !== null) return named
  return files.filter(({ path }) => ANY_YAML.test(path))
}

/** Reads the definitions among what was picked, each with its files. */
export async function bundlesOf(chosen: Picked): Promise<readonly Bundle[]> {
  const picked = await withArchives(chosen)
  const bundles: Bundle[] = []
  for (const { path, file } of definitionsIn(picked)) {
    const source = await textOf(path, file)
    bundles.push({ path, source, ...filesFor(globsOf(source), path, picked.files) })
  }
  return bundles
}

/** Archives that were picked by themselves, as what is in them. Inside of a folder they are data. */
async function withArchives(picked: Picked): Promise<Picked> {
  const archives = picked.folder === null ? picked.files.filter(({ path }) => ARCHIVE.test(path)) : []
  if (archives.length === 0) return picked
  const files = picked.files.filter((one) => !archives.includes(one))
  for (const { file } of archives) files.push(...(await filesInArchive(file)))
  return { folder: null, files }
}

async function textOf(path: string, file: File): Promise<string> {
  if (file.size > MAX_SOURCE_BYTES) {
    throw new ProblemError('payload_too_large', `${path} has more than 10 MB, the most that a definition may have.`, {
      fix: 'Put long scripts and data into files of their own, and name them under "files".',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch (error) {
    if (error instanceof TypeError)
      throw new ProblemError('bad_request', `${path} is not UTF-8 text.`, { fix: 'Save it as UTF-8.', cause: error })
    throw error
  }
}

/** The globs under `files`; a text with errors has none: the engine says where they are. */
export function globsOf(source: string): readonly string[] {
  const { value } = parseYaml(source)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return []
  const globs = (value as Readonly<Record<string, unknown>>)['files']
  return Array.isArray(globs) ? globs.filter((glob): glob is string => typeof glob === 'string') : []
}

/** Those of the files that the globs of a definition mean, relative to its folder. */
export function filesFor<F extends { readonly path: string }>(
  globs: readonly string[],
  definition: string,
  files: readonly F[],
): { readonly files: readonly F[]; readonly missing: readonly string[] } {
  const folder = definition.slice(0, definition.lastIndexOf('/') + 1)
  const inside = files
    .filter(({ path }) => path.startsWith(folder))
    .map((file) => ({ ...file, path: file.path.slice(folder.length) }))
  const found = new Map<string, F>()
  const missing: string[] = []
  for (const glob of globs) {
    const matches = matcherOf(glob)
    const matching = inside.filter(({ path }) => matches(path))
    if (matching.length === 0) missing.push(glob)
    for (const file of matching) found.set(file.path, file)
  }
  return { files: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), missing }
}

/** A glob that names a folder stands for everything in it, as in the engine. */
function matcherOf(glob: string): (path: string) => boolean {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '')
  const matches = picomatch(clean)
  return (path) => matches(path) || path.startsWith(`${clean}/`)
}
