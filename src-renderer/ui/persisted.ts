import { useCallback, useState } from 'react'

const PREFIX = 'weir.'

/**
 * A small choice of the person (a width, a column, a tab) that this window's browser storage keeps. A storage that is
 * full or forbidden costs the memory of the choice, not the choice.
 */
export function usePersisted<T>(key: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => readPersisted(key, initial))
  const set = useCallback(
    (next: T) => {
      setValue(next)
      writePersisted(key, next)
    },
    [key],
  )
  return [value, set]
}

export function readPersisted<T>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key)
    return text === null ? initial : (JSON.parse(text) as T)
  } catch {
    return initial // written by another version, or no storage at all
  }
}

export function writePersisted(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch {
    // Full or forbidden: the choice holds until the window closes.
  }
}
