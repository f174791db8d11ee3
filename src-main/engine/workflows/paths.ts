import picomatch from 'picomatch'

/** Why a path is no safe relative path with forward slashes; null when it is. Used for files, outputs and folders. */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty'
  if (path.includes('\0')) return 'holds a NUL character'
  if (path.includes('\\')) return 'holds a backslash; separate folders with `/`'
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:/.test(path)) return 'is absolute'
  if (path.split('/').includes('..')) return 'leaves the folder with `..`'
  return null
}

/** Files that any of the globs matches. A glob that names a folder stands for everything in it. */
export function matchFiles<F extends { readonly path: string }>(globs: readonly string[], files: readonly F[]): F[] {
  const matchers = globs.map(matcherOf)
  return files.filter((file) => matchers.some((matches) => matches(file.path)))
}

export function matcherOf(glob: string): (path: string) => boolean {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '')
  const matches = picomatch(clean)
  return (path) => matches(path) || path.startsWith(`${clean}/`)
}
