import { Anchor, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type RunSummary, runRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, sentence, useAsk, useChosenWorkspace, useLiveRefresh } from '../api/index.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { useHasWorkspaces } from '../workspaces/use-workspaces.ts'
import classes from './home.module.css'
import { RunRows } from './RunRows.tsx'

const SHOWN_ACTIVE = 8
const SHOWN_RECENT = 8
const SHOWN_WAITING = 5
const ENDED = 'succeeded,failed,cancelled'
const RUNNING = 'queued,running,cancelling'

const LIVE = [runRoutes.list, runRoutes.why]

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
      {waits.length > 0 && (
        <Section title="Waiting" actions={<More status="waiting" isMore={waiting.data?.next !== null} />}>
          <ul className={classes.rows} aria-label="Waiting runs">
            {waits.map((run) => (
              <WaitingRun key={run.id} run={run} />
            ))}
          </ul>
        </Section>
      )}
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

function WaitingRun({ run }: { readonly run: RunSummary }) {
  const why = useAsk(runRoutes.why, { params: { project: PROJECT, run: run.id }, query: {} })
  const asking = why.data?.reasons.find(({ question }) => question !== undefined)
  // A question may be empty.
  const text = asking?.question || why.data?.summary
  return (
    <li className={classes.waiting}>
      <div className={classes.waitingText}>
        <strong>{text === undefined ? run.workflow : sentence(text)}</strong>
        <span className="dim">
          {run.workflow} <span className="mono">{run.id}</span>, started <RelativeTime at={run.createdAt} />
        </span>
      </div>
      <Button
        variant={asking === undefined ? 'default' : 'filled'}
        renderRoot={(props) => (
          <Link
            to="/runs/$run"
            params={{ run: run.id }}
            search={asking === undefined ? {} : { step: asking.step }}
            {...props}
          />
        )}
      >
        {asking === undefined ? 'Show' : 'Answer'}
      </Button>
    </li>
  )
}
