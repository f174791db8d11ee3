import { useMemo } from 'react'
import type { Json, RunStep } from '../../../../src-shared/contract/index.ts'
import { lastRound, stepTime } from '../../../../src-shared/runs/index.ts'
import {
  type Graph,
  GraphView,
  graphOf,
  type StepState,
  type StepStates,
  type UseStepState,
} from '../../../graph/index.ts'
import { Empty, Failed, Loading } from '../../../ui/Notes.tsx'
import { useRunStore, useStep } from '../data/run-store.ts'
import { nameOfKey } from '../data/step-book.ts'
import { clockOf, durationOf } from '../data/step-times.ts'
import { useDefinitionQuery } from '../data/use-definition.ts'
import type { Place } from '../place.ts'

/** The workflow as a picture, with where its steps stand. */
export function GraphTab({ place }: { readonly place: Place }) {
  const { data, error, refetch } = useDefinitionQuery()
  const graph = useMemo<Graph | null>(
    () => (data === undefined ? null : graphOf(data.definition as unknown as Json)),
    [data],
  )
  const store = useRunStore()
  const stepStates = useMemo<StepStates>(
    () => ({
      get: (name) => stepStateOf(store.getState().book.byKey.get(name)),
      subscribe: (listener) =>
        store.subscribe((now, before) => {
          if (now.book !== before.book) listener()
        }),
    }),
    [store],
  )
  if (error !== null) {
    return <Failed error={error} what="The definition of this run could not be read" onRetry={() => void refetch()} />
  }
  if (graph === null || data === undefined) return <Loading what="Reading the definition…" />
  if (graph.nodes.length === 0) return <Empty title="This workflow has no steps" />
  return (
    <GraphView
      graph={graph}
      places={data.layout}
      selected={place.step === undefined ? null : nameOfKey(place.step)}
      onSelect={(step) => place.select(step ?? undefined)}
      useStepState={useStepState}
      stepStates={stepStates}
    />
  )
}

const states = new WeakMap<RunStep, StepState>()

/** The same object for the same step, so that only nodes of steps that changed are drawn anew. */
const useStepState: UseStepState = (name) => stepStateOf(useStep(name))

function stepStateOf(step: RunStep | undefined): StepState | null {
  if (step === undefined) return null
  const known = states.get(step)
  if (known !== undefined) return known
  const state = stateOf(step)
  states.set(step, state)
  return state
}

function stateOf(step: RunStep): StepState {
  const time = stepTime(step)
  return {
    status: step.status,
    durationMs: durationOf(time),
    from: clockOf(time),
    attempts: lastRound(step).length,
    fanOut: step.fanOut ?? null,
  }
}
