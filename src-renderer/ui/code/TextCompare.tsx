import { lazy, Suspense } from 'react'
import { Loading } from '../Notes.tsx'
import type { TextCompareProps } from './props.ts'

const Compare = lazy(() => import('./Compare.tsx'))

/** Two texts side by side, with what differs marked and what is the same folded away. */
export function TextCompare(props: TextCompareProps) {
  return (
    <Suspense fallback={<Loading what="Comparing the texts…" />}>
      <Compare {...props} />
    </Suspense>
  )
}
