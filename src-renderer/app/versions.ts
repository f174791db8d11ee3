/**
 * Whether an engine and a window work together: patches always do; before 1.0 another minor version, after it another
 * major one, may not.
 */
export function fits(window: string, engine: string): 'fits' | 'older' | 'newer' {
  const own = significant(window)
  const other = significant(engine)
  for (const [i, part] of own.entries()) {
    const difference = (other[i] ?? 0) - part
    if (difference !== 0) return difference < 0 ? 'older' : 'newer'
  }
  return 'fits'
}

function significant(version: string): number[] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return major === 0 ? [major, minor] : [major]
}
