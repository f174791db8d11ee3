import { type DraftSummary, draftRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { draftName } from './draft-name.ts'

/** The name of a draft; its text is asked for only when nothing else tells. */
export function useDraftName(draft: DraftSummary): string {
  const answer = useAsk(
    draftRoutes.get,
    { params: { project: PROJECT, draft: draft.id } },
    { enabled: draft.workflow === null },
  )
  return draftName(draft, answer.data?.source ?? '')
}
