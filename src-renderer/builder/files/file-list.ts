import type { AssetFile } from '../../../src-shared/contract/index.ts'
import { type Edit, matcherOf } from '../../../src-shared/definition/index.ts'

/** A file of the workflow, and whether a glob of its `files` includes it. */
export interface ListedFile {
  readonly file: AssetFile
  readonly isIncluded: boolean
}

/** All files by path, each with whether any glob includes it. */
export function listed(files: readonly AssetFile[], globs: readonly string[]): ListedFile[] {
  const matchers = globs.map(matcherOf)
  return files
    .map((file) => ({ file, isIncluded: matchers.some((matches) => matches(file.path)) }))
    .toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1))
}

/** The globs of a definition as they stand there, whatever else does. */
export const globsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** Files with others among them; a path that is there already is replaced. */
export function merged(files: readonly AssetFile[], added: readonly AssetFile[]): AssetFile[] {
  const fresh = new Map(added.map((file) => [file.path, file]))
  const kept = files.map((file) => {
    const next = fresh.get(file.path)
    fresh.delete(file.path)
    if (next === undefined) return file
    // A new body does not change whether a file can be executed.
    return file.executable === undefined ? next : { ...next, executable: file.executable }
  })
  return [...kept, ...fresh.values()]
}

/** Why a path cannot be the path of a file; null when it can. */
export function pathFault(path: string, taken: readonly string[]): string | null {
  if (path.trim() === '') return 'Write a path such as scripts/fit.py.'
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:/.test(path))
    return 'Write a path inside the workflow, without a leading slash.'
  if (path.includes('\\')) return 'Separate folders with a slash.'
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'Write the folders without . and .. between slashes.'
  return taken.includes(path) ? 'There is a file with this path already.' : null
}

/** Characters of a path that mean something in a glob. */
const GLOB_SIGNS = /[\\*?[\]{}()!+@|]/g

/** The glob that includes exactly one file. */
export const globFor = (path: string): string => path.replace(GLOB_SIGNS, '\\$&')

/** The change to the definition that includes files by globs of their own. */
export const includeEdit = (globs: unknown, paths: readonly string[]): Edit => ({
  path: ['files'],
  value: [...globsOf(globs), ...paths.map(globFor)],
})

/** The change to the globs when a file that one of them names by itself gets another path; null when none does. */
export function renameEdit(globs: unknown, from: string, to: string): Edit | null {
  const index = globsOf(globs).indexOf(globFor(from))
  return index < 0 ? null : { path: ['files', index], value: globFor(to) }
}
