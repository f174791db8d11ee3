import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

export type Tab = 'graph' | 'timeline' | 'steps' | 'assets' | 'logs' | 'compare'

/** What of the run is shown, as the address has it: links and the way back keep it. */
export interface Place {
  readonly tab: Tab
  readonly step: string | undefined
  readonly with: string | undefined
  readonly showTab: (tab: Tab) => void
  /** @param replaces the address is not a place to go back to */
  readonly select: (step: string | undefined, replaces?: boolean) => void
  /** No step, and a tab that leaves room for the result */
  readonly showResult: () => void
  readonly compareWith: (run: string | undefined) => void
}

export function usePlace(): Place {
  const search = useSearch({ from: '/runs/$run' })
  const navigate = useNavigate({ from: '/runs/$run' })
  const showTab = useCallback(
    (tab: Tab) => void navigate({ search: ({ file: _shown, ...before }) => ({ ...before, tab }), replace: true }),
    [navigate],
  )
  const select = useCallback(
    (step: string | undefined, replaces = true) =>
      void navigate({ search: (before) => ({ ...before, step }), replace: replaces }),
    [navigate],
  )
  const showResult = useCallback(() => void navigate({ search: () => ({}), replace: true }), [navigate])
  const compareWith = useCallback(
    (run: string | undefined) => void navigate({ search: (before) => ({ ...before, with: run }), replace: true }),
    [navigate],
  )
  return { tab: search.tab ?? 'graph', step: search.step, with: search.with, showTab, select, showResult, compareWith }
}
