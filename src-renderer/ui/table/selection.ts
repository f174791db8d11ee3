/** Which rows are chosen, by key, and the row that the keyboard is on. Pure. */

/** The selection after a row was ticked; with `anchor`, all rows between the two take the state of the ticked one. */
export function toggled(
  selected: ReadonlySet<string>,
  keys: readonly string[],
  key: string,
  anchor: string | null = null,
): ReadonlySet<string> {
  const after = new Set(selected)
  const isOn = !selected.has(key)
  for (const one of anchor === null ? [key] : between(keys, anchor, key)) {
    if (isOn) after.add(one)
    else after.delete(one)
  }
  return after
}

function between(keys: readonly string[], a: string, b: string): readonly string[] {
  const from = keys.indexOf(a)
  const to = keys.indexOf(b)
  if (from < 0 || to < 0) return [b]
  return keys.slice(Math.min(from, to), Math.max(from, to) + 1)
}

/** All, or none when all were chosen already. */
export const allOrNone = (selected: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> =>
  keys.every((key) => selected.has(key)) ? new Set() : new Set(keys)

/** What is left of a selection when rows have gone: nobody deletes what is not on the screen. */
export function stillThere(selected: ReadonlySet<string>, keys: readonly string[]): ReadonlySet<string> {
  const there = new Set(keys)
  const left = [...selected].filter((key) => there.has(key))
  return left.length === selected.size ? selected : new Set(left)
}

export type Move = 'next' | 'previous' | 'first' | 'last' | 'pageDown' | 'pageUp'

/** The row that a key leads to; -1 when there are no rows. */
export function moved(at: number, count: number, move: Move, page: number): number {
  if (count === 0) return -1
  if (move === 'first') return 0
  if (move === 'last') return count - 1
  if (at < 0) return move === 'previous' || move === 'pageUp' ? count - 1 : 0
  const step = { next: 1, previous: -1, pageDown: page, pageUp: -page }[move]
  return Math.max(0, Math.min(count - 1, at + step))
}

const MOVES: Readonly<Record<string, Move>> = {
  j: 'next',
  arrowdown: 'next',
  k: 'previous',
  arrowup: 'previous',
  home: 'first',
  end: 'last',
  pagedown: 'pageDown',
  pageup: 'pageUp',
}

export const moveOf = (key: string): Move | null => MOVES[key.toLowerCase()] ?? null
