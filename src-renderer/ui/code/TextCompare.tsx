import { lazy, Suspense } from 'react'
import { Loading } from '../Notes.tsx'
import type { Language } from './languages.ts'

export interface TextCompareProps {
  /** The older or other text, on the left; never changed */
  readonly before: string
  /** On the right */
  readonly after: string
  /** What the two sides are, for readers of the screen: "Yours", "Saved by somebody else" */
  readonly names: readonly [before: string, after: string]
  readonly language?: Language
  /** When given, the right side can be typed in, and arrows take parts over from the left */
  readonly onChange?: (after: string) => void
}

const Compare = lazy(() => import('./Compare.tsx'))

/** Two texts side by side, with what differs marked and what is the same folded away. */
export function TextCompare(props: TextCompareProps) {
  return (
    <Suspense fallback={<Loading what="Comparing the texts…" />}>
      <Compare {...props} />
    </Suspense>
  )
}
