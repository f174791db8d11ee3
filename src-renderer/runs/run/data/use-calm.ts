import { useEffect, useRef, useState } from 'react'

/** How often something is shown anew that would cost much, or would move under the pointer. */
const CALM_MS = 500

/** A value that changes often, taken over at most twice a second while `isCalm`; else as it comes. */
export function useCalm<T>(value: T, isCalm: boolean): T {
  const [shown, setShown] = useState(value)
  const latest = useRef(value)
  latest.current = value
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => {
    if (!isCalm || shown === value || timer.current !== null) return
    timer.current = setTimeout(() => {
      timer.current = null
      setShown(latest.current)
    }, CALM_MS)
  }, [isCalm, shown, value])
  useEffect(
    () => () => {
      clearTimeout(timer.current ?? undefined)
      timer.current = null
    },
    [],
  )
  return isCalm ? shown : value
}
