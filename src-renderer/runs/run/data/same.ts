/** Whether two values that came as JSON say the same. An absent field and an undefined one are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const name in left) if (!isSame(left[name], right[name])) return false
  for (const name in right) if (right[name] !== undefined && !(name in left)) return false
  return true
}
