import type { Virtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef } from 'react'

interface Anchor {
  readonly key: string
  /** px from the top of the anchor's row to the top of what is visible */
  readonly below: number
}

/**
 * Keeps what a person looks at in its place when rows come or go above it. At the top of the list new rows are let in:
 * whoever looks there wants to see them.
 */
export function useAnchor(virtualizer: Virtualizer<HTMLDivElement, Element>, keys: readonly string[]): void {
  const anchor = useRef<Anchor | null>(null)
  const before = useRef(keys)
  useLayoutEffect(() => {
    const element = virtualizer.scrollElement
    if (element === null) return
    if (before.current !== keys) {
      before.current = keys
      const at = anchor.current === null ? -1 : keys.indexOf(anchor.current.key)
      const start = at < 0 ? undefined : virtualizer.getOffsetForIndex(at, 'start')?.[0]
      if (start !== undefined && anchor.current !== null) {
        const wanted = start + anchor.current.below
        if (Math.abs(wanted - element.scrollTop) > 1) element.scrollTop = wanted
      }
    }
    const offset = element.scrollTop
    const first = offset <= 0 ? undefined : virtualizer.getVirtualItems().find(({ end }) => end > offset)
    const key = first === undefined ? undefined : keys[first.index]
    anchor.current = first === undefined || key === undefined ? null : { key, below: offset - first.start }
  })
}
