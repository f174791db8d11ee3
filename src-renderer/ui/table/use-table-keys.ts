import { type KeyboardEvent, useRef, useState } from 'react'
import { allOrNone, moved, moveOf, toggled } from './selection.ts'

interface TableKeys {
  readonly keys: readonly string[]
  readonly selected: ReadonlySet<string>
  /** Null: rows cannot be chosen */
  readonly select: ((selected: ReadonlySet<string>) => void) | null
  readonly open: (index: number) => void
  readonly scrollTo: (index: number) => void
  /** Rows of a page */
  readonly page: number
}

/** Keys of a list: j, k and arrows move, x and Space choose (with Shift up to here), Enter opens, Escape lets go. */
export function useTableKeys({ keys, selected, select, open, scrollTo, page }: TableKeys) {
  const [wanted, setActive] = useState<string | null>(null)
  const anchor = useRef<string | null>(null)
  const active = wanted !== null && keys.includes(wanted) ? wanted : null

  // Rows are drawn anew only when they change: their handlers must not remember an older selection.
  const latest = useRef({ keys, selected, select })
  latest.current = { keys, selected, select }

  const onTick = (key: string, isRange: boolean): void => {
    const now = latest.current
    now.select?.(toggled(now.selected, now.keys, key, isRange ? anchor.current : null))
    anchor.current = key
    setActive(key)
  }
  const go = (event: KeyboardEvent): boolean => {
    const move = moveOf(event.key)
    if (move === null || event.ctrlKey || event.metaKey || event.altKey) return false
    const at = moved(active === null ? -1 : keys.indexOf(active), keys.length, move, page)
    const key = keys[at]
    if (key === undefined) return false
    if (event.shiftKey && select !== null) select(new Set([...selected, ...(active === null ? [] : [active]), key]))
    setActive(key)
    scrollTo(at)
    return true
  }
  const choose = (event: KeyboardEvent): boolean => {
    if (select === null) return false
    const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey)
    if (isAll) select(allOrNone(selected, keys))
    else if (event.key === 'Escape' && selected.size > 0) select(new Set())
    else if ((event.key === 'x' || event.key === 'X' || event.key === ' ') && active !== null)
      onTick(active, event.shiftKey)
    else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // What has the focus inside a row keeps its own keys.
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter' && active !== null) open(keys.indexOf(active))
    else if (!choose(event) && !go(event)) return
    event.preventDefault()
  }
  return { active, setActive, onKeyDown, onTick }
}
