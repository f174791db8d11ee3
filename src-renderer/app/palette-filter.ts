/** Something with words by which it is found. */
interface Findable {
  readonly label?: string
  readonly description?: string
  readonly keywords?: string | string[]
}

const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')

/** Words that say what is looked for, not what it is called. */
const KINDS: ReadonlySet<string> = new Set(['run', 'runs', 'workflow', 'workflows', 'open', 'show'])

/** What the engine is asked for: the names in "sum run", in any order. */
export const namesIn = (query: string): string =>
  wordsIn(query)
    .filter((word) => !KINDS.has(word))
    .join(' ')

const NOT_FOUND = 3

/** How well something fits: every word begins a word of its title, is in its title, or is in what is said beside it. */
export function rankOf(one: Findable, query: string): number {
  const title = (one.label ?? '').toLowerCase()
  const beside = `${one.description ?? ''} ${[one.keywords ?? ''].flat().join(' ')}`.toLowerCase()
  const ranks = wordsIn(query).map((word) => {
    if (wordsIn(title).some((other) => other.startsWith(word))) return 0
    if (title.includes(word)) return 1
    return beside.includes(word) ? 2 : NOT_FOUND
  })
  return Math.max(0, ...ranks)
}

/** Groups with what fits, the best first; a group stands where its best one does. */
export function filtered<A extends Findable>(
  groups: readonly { readonly group: string; readonly actions: readonly A[] }[],
  query: string,
): { group: string; actions: A[] }[] {
  return groups
    .map(({ group, actions }) => {
      const ranked = actions
        .map((action) => ({ action, rank: rankOf(action, query) }))
        .filter(({ rank }) => rank < NOT_FOUND)
        .toSorted((a, b) => a.rank - b.rank)
      return { group, actions: ranked.map(({ action }) => action), best: ranked[0]?.rank ?? NOT_FOUND }
    })
    .filter(({ actions }) => actions.length > 0)
    .toSorted((a, b) => a.best - b.best)
    .map(({ group, actions }) => ({ group, actions }))
}
