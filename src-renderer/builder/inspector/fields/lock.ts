import { createContext, useContext } from 'react'

/** Nothing can be changed by forms: an old version is looked at, or the text cannot be read. */
export const LockContext = createContext(false)

export const useIsLocked = (): boolean => useContext(LockContext)
