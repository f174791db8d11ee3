import { createContext, useContext, useMemo } from 'react'
import type { RunStep, StepStatus } from '../../../../src-shared/contract/index.ts'
import { lastRound, stepTime } from '../../../../src-shared/runs/index.ts'
import type { StepState, StepStates, UseStepState } from '../../../graph/index.ts'
import { callsBelow, holdsCalls } from '../calls/call-groups.ts'
import { useRunStore, useStep } from '../data/run-store.ts'
import type { StepBook } from '../data/step-book.ts'
import { clockOf, durationOf, hasEnded, workOf } from '../data/step-times.ts'

/** States of nodes when only the calls of a group are looked at; null: of all. */
const GroupContext = createContext<ReadonlyMap<string, StepState> | null>(null)
export const GroupProvider = GroupContext.Provider

const OUTSIDE: StepState = {
  status: 'skipped',
  durationMs: null,
  from: null,
  attempts: 0,
  fanOut: null,
  isDim: true,
}

/** The same object for the same step, so that only nodes of steps that changed are drawn anew. */
export const useStepState: UseStepState = (name) => {
  const states = useContext(GroupContext)
  const step = useStep(name)
  const { book } = useRunStore().getState()
  return states === null ? stepStateOf(step, book) : (states.get(name) ?? dimmed(step, book))
}

/** The same for who paints all nodes at once. */
export function useStepStates(states: ReadonlyMap<string, StepState> | null): StepStates {
  const store = useRunStore()
  return useMemo(
    () => ({
      get: (name) => {
        const { book } = store.getState()
        const step = book.byKey.get(name)
        return states === null ? stepStateOf(step, book) : (states.get(name) ?? dimmed(step, book))
      },
      subscribe: (listener) =>
        store.subscribe((now, before) => {
          if (now.book !== before.book) listener()
        }),
    }),
    [store, states],
  )
}

const known = new WeakMap<RunStep, StepState>()

function stepStateOf(step: RunStep | undefined, book: StepBook): StepState | null {
  if (step === undefined) return null
  let state = known.get(step)
  if (state === undefined) {
    state = stateOf(step, book)
    known.set(step, state)
  }
  return state
}

function stateOf(step: RunStep, book: StepBook): StepState {
  // What holds calls is no work itself: it took as long as they ran, without their turn in the queue.
  const time = holdsCalls(step, book) ? workOf(stepsOf(book, step.name)) : stepTime(step)
  return {
    status: step.status,
    durationMs: durationOf(time),
    from: clockOf(time),
    attempts: lastRound(step).length,
    fanOut: step.fanOut ?? null,
  }
}

function* stepsOf(book: StepBook, name: string): Generator<RunStep> {
  for (const key of book.items.get(name) ?? []) {
    const step = book.byKey.get(key)
    if (step !== undefined) yield step
  }
}

const dims = new WeakMap<RunStep, StepState>()

function dimmed(step: RunStep | undefined, book: StepBook): StepState {
  if (step === undefined) return OUTSIDE
  let state = dims.get(step)
  if (state === undefined) {
    state = { ...stateOf(step, book), isDim: true }
    dims.set(step, state)
  }
  return state
}

/** Where the calls of a group, and what they called, stand: by function. Null when no group is chosen. */
export function useGroupStates(book: StepBook, group: string | null): ReadonlyMap<string, StepState> | null {
  return useMemo(() => (group === null ? null : groupStates(book, group)), [book, group])
}

/** What stands out of many states, first. */
const TELLING: readonly StepStatus[] = ['running', 'waiting', 'queued', 'blocked', 'failed', 'cancelled']

export function groupStates(book: StepBook, group: string): ReadonlyMap<string, StepState> {
  const members = new Map<string, RunStep[]>()
  for (const key of callsBelow(book, group)) {
    const step = book.byKey.get(key)
    if (step === undefined) continue
    const list = members.get(step.name)
    if (list === undefined) members.set(step.name, [step])
    else list.push(step)
  }
  return new Map([...members].map(([name, steps]) => [name, summed(steps)]))
}

function summed(steps: readonly RunStep[]): StepState {
  const there = new Set(steps.map(({ status }) => status))
  return {
    status: TELLING.find((status) => there.has(status)) ?? 'succeeded',
    durationMs: null,
    from: null,
    attempts: 0,
    fanOut: {
      total: steps.length,
      done: steps.filter(hasEnded).length,
      failed: steps.filter(({ status }) => status === 'failed').length,
    },
  }
}
