import { useEffect } from 'react'
import { type RunStep, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, sentence, useAsk } from '../../../api/index.ts'
import { useHead } from '../data/run-store.ts'

/** Why a step waits, was skipped, ran or ended as it did, in a sentence; null while there is nothing to say. */
export function useWhy(step: RunStep): string | null {
  const { id } = useHead()
  const { status, why, executions, key } = step
  // What waits is told with every change of the run; what has ended is asked about once.
  const isAsked = why === null && status !== 'running'
  const { data, refetch } = useAsk(
    runRoutes.why,
    { params: { project: PROJECT, run: id }, query: { step: key } },
    { enabled: isAsked, staleTime: Number.POSITIVE_INFINITY },
  )
  const attempts = executions.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: another status or attempt has another reason
  useEffect(() => {
    if (isAsked) void refetch()
  }, [isAsked, status, attempts, refetch])
  if (why !== null) return sentence(why)
  if (!isAsked) return null
  const said = data?.reasons.find((reason) => reason.step === key)
  return said?.status === status ? sentence(said.text) : null
}
