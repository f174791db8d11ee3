import { createContext, useContext } from 'react'
import { createStore, type StoreApi, useStore } from 'zustand'
import type { Answer, Run, RunStep, runRoutes } from '../../../../src-shared/contract/index.ts'
import { isSame } from './same.ts'
import { EMPTY_BOOK, mergeSteps, replaceSteps, type StepBook } from './step-book.ts'

/** A run without its steps, which are kept by key beside it. */
export type RunHead = Omit<Run, 'steps'>

export interface RunState {
  readonly phase: 'loading' | 'shown' | 'gone' | 'failed'
  /** Why the engine could not be asked, apart from not being there */
  readonly error: unknown
  readonly head: RunHead | null
  readonly book: StepBook
  /** Of the last answer: where the next question goes on */
  readonly cursor: number
  /** What was last said about steps while they were queued: the journal does not keep it. Filled in place. */
  readonly seen: Map<string, string>
}

export type RunStore = StoreApi<RunState>
export type Changes = Answer<(typeof runRoutes)['changes']>

export const createRunStore = (): RunStore =>
  createStore<RunState>(() => ({
    phase: 'loading',
    error: null,
    head: null,
    book: EMPTY_BOOK,
    cursor: 0,
    seen: new Map(),
  }))

/** What the store holds after an answer: what says the same as before stays the same object. */
export function merged(before: RunState, { run, whole, cursor }: Changes): RunState {
  const { steps, ...head } = run
  for (const { key, status, why } of steps) if (status === 'queued' && why !== null) before.seen.set(key, why)
  return {
    phase: 'shown',
    error: null,
    head: before.head !== null && isSame(before.head, head) ? before.head : head,
    book: whole ? replaceSteps(before.book, steps) : mergeSteps(before.book, steps),
    cursor,
    seen: before.seen,
  }
}

const RunContext = createContext<RunStore | null>(null)
export const RunProvider = RunContext.Provider

/** The store of the run that is shown. */
export function useRunStore(): RunStore {
  const store = useContext(RunContext)
  if (store === null) throw new Error('There is no run around this part of the screen.')
  return store
}

export const useRunState = <T>(select: (state: RunState) => T): T => useStore(useRunStore(), select)

export function useHead(): RunHead {
  const head = useRunState((state) => state.head)
  if (head === null) throw new Error('The run is not there yet.')
  return head
}

/** One step; only its own changes render again. */
export const useStep = (key: string | undefined): RunStep | undefined =>
  useRunState((state) => (key === undefined ? undefined : state.book.byKey.get(key)))

export const isOver = (status: Run['status']): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled'
