import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { runRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk, useChosenWorkspace, useLiveRefresh } from '../api/index.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { useHasWorkspaces } from '../workspaces/use-workspaces.ts'
import classes from './home.module.css'
import { RunRows } from './RunRows.tsx'
import { WaitingSection } from './WaitingSection.tsx'

const SHOWN_ACTIVE = 8
const SHOWN_RECENT = 8
const SHOWN_WAITING = 5
const ENDED = 'succeeded,failed,cancelled'
const RUNNING = 'queued,running,cancelling'

const LIVE = [runRoutes.list, runRoutes.why, runRoutes.questions]

const asked = (workspace: string | null, status: string, limit: number) => ({
  params: { project: PROJECT },
  query: { status, limit, ...(workspace === null ? {} : { workspace }) },
})

/** Runs of the chosen workspace that wait, go on, and have ended; kept up to date by events. */
export function RunsSections() {
  useLiveRefresh(LIVE, isTelling)
  const workspace = useChosenWorkspace()
  const hasOthers = useHasWorkspaces()
  const waiting = useAsk(runRoutes.list, asked(workspace, 'waiting', SHOWN_WAITING))
  const active = useAsk(runRoutes.list, asked(workspace, RUNNING, SHOWN_ACTIVE))
  const recent = useAsk(runRoutes.list, asked(workspace, ENDED, SHOWN_RECENT))
  const failed = [waiting, active, recent].find(({ error, data }) => error !== null && data === undefined)
  if (failed !== undefined) {
    const retry = (): void => {
      for (const one of [waiting, active, recent]) void one.refetch()
    }
    return <Failed error={failed.error} what="The runs could not be listed" onRetry={retry} />
  }
  if (recent.data === undefined || active.data === undefined) return <Loading what="Asking for the runs…" />
  const waits = waiting.data?.items ?? []
  return (
    <>
      <WaitingSection
        runs={waits}
        workspace={workspace}
        actions={<More status="waiting" isMore={waiting.data?.next !== null} />}
      />
      {active.data.items.length > 0 && (
        <Section title="Running now" actions={<More status={RUNNING} isMore={active.data.next !== null} />}>
          <RunRows runs={active.data.items} label="Running now" />
        </Section>
      )}
      <Section title="Recent runs" actions={<More isMore={recent.data.items.length > 0} />}>
        {recent.data.items.length === 0 ? (
          <p className={classes.none}>
            Nothing has ended{hasOthers && workspace !== null ? ` in ${workspace}` : ''} yet. What does is listed here,
            newest first.
          </p>
        ) : (
          <RunRows runs={recent.data.items} label="Recent runs" />
        )}
      </Section>
    </>
  )
}

/** Steps count, too: they move the progress of what runs. */
const isTelling = ({ type }: { readonly type: string }): boolean =>
  type.startsWith('run.') || type.startsWith('approval.') || type.endsWith('.finished')

function More({ status, isMore }: { readonly status?: string; readonly isMore: boolean }) {
  if (!isMore) return null
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link to="/runs" search={status === undefined ? {} : { status }} {...props} />}
    >
      Show all
    </Anchor>
  )
}
