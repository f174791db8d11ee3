import { type Run, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../../api/index.ts'
import { TextCompare } from '../../../ui/code/TextCompare.tsx'
import { Failed, Loading } from '../../../ui/Notes.tsx'
import classes from './compare.module.css'

/** What the two versions of the workflow say. */
export function DefinitionDiff({ before, after }: { readonly before: Run; readonly after: Run }) {
  const left = useVersionOf(before.id)
  const right = useVersionOf(after.id)
  const error = left.error ?? right.error
  if (error !== null) return <Failed error={error} what="The versions could not be read" />
  if (left.data === undefined || right.data === undefined) return <Loading what="Reading both versions…" />
  return (
    <div className={classes.diff}>
      <TextCompare
        before={left.data.source}
        after={right.data.source}
        names={[`Version ${before.version}, other run`, `Version ${after.version}, this run`]}
      />
    </div>
  )
}

const useVersionOf = (run: string) =>
  useAsk(runRoutes.workflow, { params: { project: PROJECT, run } }, { staleTime: Number.POSITIVE_INFINITY })
