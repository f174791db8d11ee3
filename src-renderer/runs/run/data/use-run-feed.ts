import { createContext, useContext, useEffect, useState } from 'react'
import { runRoutes } from '../../../../src-shared/contract/index.ts'
import { call, follow, PROJECT, useConnection } from '../../../api/index.ts'
import { feedRun } from './run-feed.ts'
import { createRunStore, type RunStore } from './run-store.ts'

const PokeContext = createContext<() => void>(() => undefined)
export const PokeProvider = PokeContext.Provider

/** Asks about the run at once; for after a change that was made here. */
export const usePoke = (): (() => void) => useContext(PokeContext)

/** A store that follows a run for as long as it is shown. */
export function useRunFeed(run: string): { readonly store: RunStore; readonly poke: () => void } {
  const [store] = useState(createRunStore)
  const [poke, setPoke] = useState<() => void>(() => () => undefined)
  useEffect(() => {
    const feed = feedRun(store, {
      ask: (after, signal) =>
        call(runRoutes.changes, { params: { project: PROJECT, run }, query: { after } }, { signal }),
      follow: (after, onEvent, signal) => follow({ run, after }, onEvent, signal),
      onReturn: (listener) =>
        useConnection.subscribe((now, before) => {
          if (now.generation !== before.generation) listener()
        }),
      isVisible: () => !document.hidden,
    })
    setPoke(() => feed.poke)
    return feed.stop
  }, [run, store])
  return { store, poke }
}
