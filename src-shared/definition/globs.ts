import picomatch from 'picomatch'

/** Whether a path fits a glob. A glob that names a folder stands for everything in it. */
export function matcherOf(glob: string): (path: string) => boolean {
  const clean = glob.replace(/^\.\//, '').replace(/\/+$/, '')
  const matches = picomatch(clean)
  return (path) => matches(path) || path.startsWith(`${clean}/`)
}

/** Files that any of the globs matches. */
export function matchFiles<F extends { readonly path: string }>(globs: readonly string[], files: readonly F[]): F[] {
  const matchers = globs.map(matcherOf)
  return files.filter((file) => matchers.some((matches) => matches(file.path)))
}
