import { useEffect, useRef } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { useHead, useRunStore } from '../data/run-store.ts'
import type { StepBook } from '../data/step-book.ts'
import type { Place } from '../place.ts'

/**
 * The step to look at first: what failed by its own doing, an item before the fan-out that it is in. Items that were left
 * out, as their step allows, did not fail the run.
 */
export function firstFailed(book: StepBook): RunStep | undefined {
  for (const key of book.tops) {
    const step = book.byKey.get(key)
    if (step?.status !== 'failed') continue
    for (const item of book.items.get(key) ?? []) {
      const found = book.byKey.get(item)
      if (found?.status === 'failed') return found
    }
    return step
  }
  return undefined
}

/** A failed run opens on the first step that failed, once a round: a person who closes it wants it closed. */
export function useFirstFailed({ step, select }: Place, isNarrow: boolean): void {
  const { status, reruns } = useHead()
  const store = useRunStore()
  // By round and not by status: a re-run that fails at once is never seen running.
  const opened = useRef<number | null>(null)
  useEffect(() => {
    if (status === 'failed' && opened.current !== reruns) {
      opened.current = reruns
      // A sheet over the whole screen would hide the run before anybody saw it: there a notice leads to the step.
      if (step === undefined && !isNarrow) select(firstFailed(store.getState().book)?.key)
    }
  }, [status, reruns, step, select, store, isNarrow])
}
