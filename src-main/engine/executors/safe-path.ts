/**
 * Why a path that comes from outside may not be joined to a folder, or null when it may: it must be relative, with
 * forward slashes, and stay below the folder. Symlinks are a matter of the file system and are checked elsewhere.
 */
export function pathFault(path: string): string | null {
  if (path === '') return 'is empty'
  if (path.includes('\0')) return 'holds a NUL character'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute'
  if (path.split(/[\\/]/).includes('..')) return 'leads out of its folder with ".."'
  return null
}
