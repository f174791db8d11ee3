import { useEffect } from 'react'
import { create } from 'zustand'
import { engineRoutes, runRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { remembered, type Sample, sampleOf } from './history.ts'

/** Often enough to watch a run by. */
const BUSY_MS = 3_000
/** Seldom enough that a window left open costs next to nothing; never while it is hidden. */
const IDLE_MS = 10_000

/** The use of processors is known from the second look on. */
const SECOND_LOOK_MS = 400
const ENOUGH = 2

const ONE_RUNNING = { params: { project: PROJECT }, query: { status: 'queued,running,cancelling', limit: 1 } }

/** Beside the screen, so that the line is there again when somebody comes back to it. */
const useHistory = create<{ readonly samples: readonly Sample[] }>(() => ({ samples: [] }))

/** The machine as it is, and how it was during the last minutes. */
export function useMachine() {
  const samples = useHistory((store) => store.samples)
  const running = useAsk(runRoutes.list, ONE_RUNNING) // events keep it up to date: see RunsSections
  const isBusy = (running.data?.items.length ?? 0) > 0
  const answer = useAsk(
    engineRoutes.machine,
    {},
    { refetchInterval: samples.length < ENOUGH ? SECOND_LOOK_MS : isBusy ? BUSY_MS : IDLE_MS },
  )
  const { data } = answer
  useEffect(() => {
    if (data !== undefined) useHistory.setState(({ samples }) => ({ samples: remembered(samples, sampleOf(data)) }))
  }, [data])
  return { answer, samples }
}
