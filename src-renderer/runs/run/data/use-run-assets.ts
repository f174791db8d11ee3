import { useMemo } from 'react'
import { assetsOfStep } from '../../../../src-shared/assets/index.ts'
import type { Asset, RunStep } from '../../../../src-shared/contract/index.ts'
import { useHead, useRunState } from './run-store.ts'
import { inOrder, type StepBook } from './step-book.ts'
import { useCalm } from './use-calm.ts'

export interface RunAssets {
  readonly assets: readonly Asset[]
  /** Steps whose outputs cannot be read, with the reason: what they made is missing in the list */
  readonly lost: readonly { readonly step: string; readonly why: string }[]
}

/** What the run has made so far, or one of its steps. Follows its changes: nothing is asked for. */
export function useRunAssets(step?: string): RunAssets {
  const { id } = useHead()
  const book = useCalm(
    useRunState((state) => state.book),
    true,
  )
  return useMemo(() => assetsOfBook(id, book, step), [id, book, step])
}

const known = new WeakMap<RunStep, readonly Asset[]>()

export function assetsOfBook(run: string, book: StepBook, only?: string): RunAssets {
  const assets: Asset[] = []
  const lost: { step: string; why: string }[] = []
  for (const step of only === undefined ? inOrder(book) : [book.byKey.get(only)]) {
    if (step === undefined) continue
    let made = known.get(step)
    if (made === undefined) {
      made = assetsOfStep(run, step)
      known.set(step, made)
    }
    assets.push(...made)
    const isGood = step.status === 'succeeded' || step.status === 'cached'
    // A good step says why only when its outputs cannot be read.
    if (isGood && step.outputs === undefined && step.why !== null) lost.push({ step: step.key, why: step.why })
  }
  return { assets, lost }
}
