/** Longest name that is compared; the comparison takes length × length steps. */
const MAX_COMPARED = 64

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; stops counting above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? limit + 1
}

/** The known name that was most likely meant, or null: at most a third of its letters may be wrong. */
export function nearest(name: string, known: Iterable<string>): string | null {
  if (name.length > MAX_COMPARED) return null
  const wanted = name.toLowerCase()
  let best: string | null = null
  // One letter instead of another is no slip: `b` was not meant to be `c`.
  let limit = (name.length === 1 ? 0 : Math.max(1, Math.floor(name.length / 3))) + 1
  for (const candidate of known) {
    const edits = distance(wanted, candidate.toLowerCase(), limit)
    if (edits < limit) {
      best = candidate
      limit = edits
    }
  }
  return best
}

/** Names that a sentence can list. */
const LISTED = 12

/** "Did you mean `x`?", or else what there is; for the fix of a problem. */
export function meant(name: string, known: readonly string[], noun: string): string {
  const best = nearest(name, known)
  if (best !== null) return `Did you mean \`${best}\`?`
  if (known.length === 0) return `There is no ${noun} here.`
  const shown = known.slice(0, LISTED).map((item) => `\`${item}\``)
  return `Known here: ${shown.join(', ')}${known.length > LISTED ? ` and ${known.length - LISTED} more` : ''}.`
}
