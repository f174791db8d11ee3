import { useMemo } from 'react'
import { useRunState } from './run-store.ts'
import { type RoundStarts, roundStarts } from './step-times.ts'

/** When the rounds of the run began; the same list for as long as they are the same. */
export function useRoundStarts(): RoundStarts {
  const key = useRunState(({ head }) => (head === null ? '' : roundStarts(head).join(' ')))
  return useMemo(() => (key === '' ? [] : key.split(' ').map(Number)), [key])
}
