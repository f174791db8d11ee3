import { Link } from '@tanstack/react-router'
import type { RunSummary } from '../../../src-shared/contract/index.ts'
import { runTime } from '../../../src-shared/runs/index.ts'
import { useChosenWorkspace } from '../../api/index.ts'
import { Copyable } from '../../ui/Copy.tsx'
import { RunProgress } from '../../ui/RunProgress.tsx'
import { RunTime } from '../../ui/RunTime.tsx'
import { Status } from '../../ui/Status.tsx'
import { RelativeTime } from '../../ui/Time.tsx'
import type { Column } from '../../ui/table/index.ts'
import classes from './list.module.css'

const TRIGGER_WORDS: Record<RunSummary['trigger'], string> = {
  manual: 'By hand',
  parent: 'Another run',
  rerun: 'Run again',
}

function Trigger({ run: { trigger, parent } }: { readonly run: RunSummary }) {
  if (parent === null) return TRIGGER_WORDS[trigger]
  return (
    <Link to="/runs/$run" params={{ run: parent.run }} className={classes.quiet} title={`Step ${parent.step}`}>
      Run <span className="mono">{parent.run}</span>
    </Link>
  )
}

/** Runs that have not ended last until now. */
const lasted = (run: RunSummary): number | null => runTime(run, Date.now())

export const runColumns: readonly Column<RunSummary>[] = [
  {
    id: 'status',
    title: 'Status',
    width: 120,
    isKey: true,
    sortBy: ({ status }) => status,
    cell: ({ status }) => <Status status={status} />,
  },
  {
    id: 'workflow',
    title: 'Workflow',
    width: 200,
    grows: true,
    isKey: true,
    sortBy: ({ workflow }) => workflow,
    cell: ({ id, workflow }) => (
      <Link to="/runs/$run" params={{ run: id }} className={`${classes.name} truncate`}>
        {workflow}
      </Link>
    ),
  },
  {
    id: 'id',
    title: 'Run',
    width: 120,
    sortBy: ({ id }) => id,
    cell: ({ id }) => <Copyable value={id} label={`Copy ${id}`} />,
  },
  {
    id: 'version',
    title: 'Version',
    width: 76,
    align: 'right',
    sortBy: ({ version }) => version,
    cell: ({ version }) => <span className="tabular dim">{version}</span>,
  },
  {
    id: 'trigger',
    title: 'Started',
    width: 120,
    sortBy: ({ trigger }) => trigger,
    cell: (run) => <span className="dim truncate">{<Trigger run={run} />}</span>,
  },
  {
    id: 'created',
    title: 'When',
    width: 110,
    sortBy: ({ createdAt }) => Date.parse(createdAt),
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: 'duration',
    title: 'Duration',
    width: 110,
    align: 'right',
    sortBy: lasted,
    cell: (run) => <RunTime run={run} />,
  },
  {
    id: 'progress',
    title: 'Progress',
    width: 170,
    sortBy: ({ counts: { done, total } }) => (total === 0 ? 0 : done / total),
    cell: (run) => <RunProgress {...run} />,
  },
  {
    id: 'priority',
    title: 'Priority',
    width: 80,
    align: 'right',
    isHidden: true,
    sortBy: ({ priority }) => priority,
    cell: ({ priority }) => <span className="tabular dim">{priority}</span>,
  },
]

/** The same where runs of several workspaces are listed. */
export const runColumnsOfAll: readonly Column<RunSummary>[] = runColumns.flatMap((column) =>
  column.id === 'trigger'
    ? [
        {
          id: 'workspace',
          title: 'Workspace',
          width: 120,
          sortBy: ({ workspace }: RunSummary) => workspace,
          cell: ({ workspace }: RunSummary) => <span className="truncate">{workspace}</span>,
        },
        column,
      ]
    : [column],
)

/** A run on a narrow screen. */
export function RunCard({ run }: { readonly run: RunSummary }) {
  const chosen = useChosenWorkspace()
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        <Link to="/runs/$run" params={{ run: run.id }} className={`${classes.name} truncate`}>
          {run.workflow}
        </Link>
        {chosen === null && <span className={`${classes.cardWorkspace} dim truncate`}>{run.workspace}</span>}
        <Status status={run.status} />
      </div>
      <div className={`${classes.cardLine} dim`}>
        <span>
          <span className="mono">{run.id}</span> · <RelativeTime at={run.createdAt} /> · <RunTime run={run} />
        </span>
        <RunProgress {...run} />
      </div>
    </div>
  )
}
