/** Why a path is no safe relative path with forward slashes; null when it is. Used for files, outputs and folders. */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty'
  if (path.includes('\0')) return 'holds a NUL character'
  if (path.includes('\\')) return 'holds a backslash; separate folders with `/`'
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:/.test(path)) return 'is absolute'
  if (path.split('/').includes('..')) return 'leaves the folder with `..`'
  return null
}
