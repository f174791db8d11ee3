import { useEffect, useState } from 'react'
import { useDocument } from './document-context.tsx'
import type { TextFault } from './reading.ts'

/** ms: while a key is being typed in the YAML, the text cannot be read for a moment; nothing flickers for that. */
const LASTING_MS = 1_500

/** Why the text cannot be read, once it could not for a while. */
export function useLastingFault(): TextFault | null {
  const fault = useDocument((state) =>
    state.parsed.source === state.source && state.parsed.value === undefined
      ? (state.parsed.faults.find((one) => one.severity === 'error') ?? null)
      : null,
  )
  const isBroken = fault !== null
  const [isLasting, setLasting] = useState(false)
  useEffect(() => {
    if (!isBroken) return
    const timer = setTimeout(() => setLasting(true), LASTING_MS)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [isBroken])
  return isLasting ? fault : null
}
