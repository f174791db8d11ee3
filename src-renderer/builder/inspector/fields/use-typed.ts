import { useEffect, useRef, useState } from 'react'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { sameJson } from '../values.ts'

/** ms after a key in which what comes back from the text is an echo of it. */
const ECHO_MS = 600

/**
 * The characters of a field. They stay as typed while they mean what the definition holds; another value (undo, typing
 * in the YAML, another step) replaces them.
 */
export function useTyped<T extends Json | undefined>(
  value: T,
  show: (value: T) => string,
  read: (typed: string) => Json | undefined,
  set: (value: Json | undefined) => void,
): readonly [typed: string, type: (typed: string) => void] {
  const [typed, setTyped] = useState(() => show(value))
  const typedAt = useRef(0)
  const latest = useRef({ typed, show, read })
  latest.current = { typed, show, read }
  useEffect(() => {
    const now = latest.current
    if (sameJson(now.read(now.typed), value) || Date.now() - typedAt.current < ECHO_MS) return
    setTyped(now.show(value))
  }, [value])
  return [
    typed,
    (next) => {
      typedAt.current = Date.now()
      setTyped(next)
      set(read(next))
    },
  ]
}
