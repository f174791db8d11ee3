/** `stats[3]` → name and index of a unit. */
export function parseKey(key: string): { step: string; index?: number } {
  const match = /^(\w+)\[(\d+)\]$/.exec(key)
  return match === null ? { step: key } : { step: match[1] ?? key, index: Number(match[2]) }
}
