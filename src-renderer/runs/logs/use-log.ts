import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { type LogOf, LogSource } from './log-source.ts'
import type { Filter } from './protocol.ts'
import type { Query } from './query.ts'

const never = (): (() => void) => () => undefined

/** A log for as long as it is shown; null until its worker is there. */
export function useLog({ run, step, attempt, tail }: LogOf): LogSource | null {
  const [log, setLog] = useState<LogSource | null>(null)
  useEffect(() => {
    const source = new LogSource({ run, step, attempt, tail })
    setLog(source)
    return () => {
      source.close()
      setLog(null)
    }
  }, [run, step, attempt, tail])
  useSyncExternalStore(log?.subscribe ?? never, () => log?.version ?? 0)
  return log
}

/** While somebody types, the search waits this long. */
const TYPING_MS = 120

/** What is looked for, and which of the matches the person is at. */
export interface Search {
  readonly query: Query
  readonly onlyMatches: boolean
  readonly found: { readonly row: number; readonly place: number } | null
  readonly isLooking: boolean
  /** The worker has not yet been told of what was typed, or has not answered */
  readonly isPending: boolean
  setQuery(query: Query): void
  setOnlyMatches(only: boolean): void
  go(direction: 1 | -1): void
}

export const NO_QUERY: Query = { text: '', isRegExp: false, matchCase: false }

export function useSearch(
  log: LogSource | null,
  filter: Filter,
  lines: { top(): number; reveal(row: number): void },
): Search {
  const [query, setQuery] = useState(NO_QUERY)
  const [onlyMatches, setOnlyMatches] = useState(false)
  const [found, setFound] = useState<Search['found']>(null)
  const [isLooking, setLooking] = useState(false)
  const latest = useRef({ lines, found, log })
  latest.current = { lines, found, log }
  const [shown, setShown] = useState(NO_QUERY)
  const asked = useRef(0)
  const isFirst = useRef(true)

  const look = useCallback(async (row: number, direction: 1 | -1): Promise<void> => {
    const source = latest.current.log
    if (source === null) return
    asked.current += 1
    const mine = asked.current
    setLooking(true)
    const next = await source.find(row, direction)
    if (mine !== asked.current || source !== latest.current.log) return
    setLooking(false)
    setFound(next)
    if (next !== null) latest.current.lines.reveal(next.row)
  }, [])

  useEffect(() => {
    if (log === null) return
    const top = latest.current.lines.top()
    const isText = query.text !== ''
    const timer = setTimeout(
      () => {
        asked.current += 1
        setFound(null)
        setLooking(false)
        setShown(query)
        log.show(filter, isText ? query : null, onlyMatches)
        if (isText) void look(top, 1)
      },
      isFirst.current ? 0 : TYPING_MS,
    )
    isFirst.current = false
    return () => clearTimeout(timer)
  }, [log, filter, query, onlyMatches, look])

  return {
    query,
    onlyMatches,
    found,
    isLooking,
    isPending: shown !== query || log?.isFresh !== true,
    setQuery,
    setOnlyMatches,
    go: (direction) => {
      const at = latest.current.found?.row
      const from = at === undefined ? lines.top() : direction === 1 ? at + 1 : at
      if (query.text !== '') void look(from, direction)
    },
  }
}
