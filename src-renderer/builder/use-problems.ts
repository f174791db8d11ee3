import { useReactFlow } from '@xyflow/react'
import { useCallback, useRef } from 'react'
import type { DefinitionProblem } from '../../src-shared/contract/index.ts'
import { useShow } from '../graph/show.ts'
import { say } from '../ui/say.ts'
import { useDocumentStore } from './document-context.tsx'
import { stepOfProblem } from './use-graph.ts'

/** Goes to the place of a problem: its step on the canvas and in the inspector. */
export function useGoToProblem(): (problem: DefinitionProblem) => void {
  const store = useDocumentStore()
  const { getZoom } = useReactFlow()
  const show = useShow()
  return useCallback(
    (problem) => {
      const step = stepOfProblem(problem)
      store.getState().actions.select(step === null ? { kind: 'workflow' } : { kind: 'steps', names: [step] })
      if (step === null) return
      const zoom = Math.max(getZoom(), READABLE)
      show.step(step, zoom)
    },
    [store, show, getZoom],
  )
}

/** Nodes are read at this zoom. */
const READABLE = 0.7

/** Goes to one problem after the other, and says so when there is none. */
export function useNextProblem(): () => void {
  const store = useDocumentStore()
  const go = useGoToProblem()
  const index = useRef(-1)
  return useCallback(() => {
    const { problems, isValidating } = store.getState()
    index.current = problems.length === 0 ? -1 : (index.current + 1) % problems.length
    const problem = problems[index.current]
    if (problem !== undefined) go(problem)
    else say(isValidating ? 'The definition is being checked.' : 'The definition has no problems.')
  }, [store, go])
}
