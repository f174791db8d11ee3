import { useEffect } from 'react'
import { create } from 'zustand'
import { engineRoutes } from '../../../src-shared/contract/index.ts'
import { useAsk } from '../../api/index.ts'
import { remembered, type Sample, sampleOf } from './history.ts'

/** Often enough for a line, seldom enough that a window left open costs next to nothing; never while it is hidden. */
const LOOK_MS = 5_000

/** The use of processors is known from the second look on. */
const SECOND_LOOK_MS = 400
const ENOUGH = 2

/** Beside the screen, so that the line is there again when somebody comes back to it. */
const useHistory = create<{ readonly samples: readonly Sample[] }>(() => ({ samples: [] }))

/** The machine as it is, and how it was during the last minutes. */
export function useMachine() {
  const samples = useHistory((store) => store.samples)
  const answer = useAsk(
    engineRoutes.machine,
    {},
    { refetchInterval: samples.length < ENOUGH ? SECOND_LOOK_MS : LOOK_MS },
  )
  const { data } = answer
  useEffect(() => {
    if (data !== undefined) useHistory.setState(({ samples }) => ({ samples: remembered(samples, sampleOf(data)) }))
  }, [data])
  return { answer, samples }
}
