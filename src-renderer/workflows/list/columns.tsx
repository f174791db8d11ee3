import { Badge } from '@mantine/core'
import { IconCode } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { RunStatus, type WorkflowSummary } from '../../../src-shared/contract/index.ts'
import { languageWord } from '../../targets/use-targets.ts'
import { plural } from '../../ui/format.ts'
import { Status } from '../../ui/Status.tsx'
import { RelativeTime } from '../../ui/Time.tsx'
import type { Column } from '../../ui/table/index.ts'
import classes from './list.module.css'
import { RowActions } from './RowActions.tsx'

/** A workflow with whether somebody is changing it. */
export interface WorkflowRow extends WorkflowSummary {
  readonly hasDraft: boolean
}

function Name({ row: { name, hasDraft } }: { readonly row: WorkflowRow }) {
  return (
    <>
      <Link to="/workflows/$workflow" params={{ workflow: name }} className={`${classes.name} truncate`}>
        {name}
      </Link>
      {hasDraft && <DraftBadge />}
    </>
  )
}

const DraftBadge = () => (
  <Badge variant="light" color="gray" size="sm" className={classes.badge} title="It has changes that are not published">
    Draft
  </Badge>
)

/** Whether it is drawn, or from which module of code it is made. */
function Origin({ code }: { readonly code: WorkflowSummary['code'] }) {
  if (code === null) return <span className="dim">drawn</span>
  return (
    <span className={`${classes.origin} truncate`} title={originTitle(code)}>
      <IconCode size={14} stroke={1.5} aria-hidden />
      <span className="mono truncate">{code.module}</span>
      <span className="dim">{code.current ? languageWord(code.language) : 'gone'}</span>
    </span>
  )
}

const originTitle = ({ module, target, version, workspace, current }: NonNullable<WorkflowSummary['code']>): string =>
  `${module}/${target}, version ${version} of the module, registered in ${workspace}${current ? '' : '; its newest version does not have it any more'}`

function LastRun({ run }: { readonly run: WorkflowSummary['lastRun'] }) {
  if (run === null) return <span className={classes.never}>never</span>
  const status = RunStatus.safeParse(run.status)
  return (
    <Link to="/runs/$run" params={{ run: run.id }} className={classes.lastRun}>
      {status.success ? <Status status={status.data} /> : run.status}
      <span className="dim">
        <RelativeTime at={run.createdAt} />
      </span>
    </Link>
  )
}

export const workflowColumns: readonly Column<WorkflowRow>[] = [
  {
    id: 'name',
    title: 'Workflow',
    width: 230,
    isKey: true,
    sortBy: ({ name }) => name,
    cell: (row) => <Name row={row} />,
  },
  {
    id: 'description',
    title: 'Description',
    width: 240,
    grows: true,
    cell: ({ description }) => (
      <span className="dim truncate" title={description ?? undefined}>
        {description}
      </span>
    ),
  },
  {
    id: 'code',
    title: 'Made of',
    width: 150,
    sortBy: ({ code }) => code?.module ?? '',
    cell: ({ code }) => <Origin code={code} />,
  },
  {
    id: 'version',
    title: 'Version',
    width: 80,
    align: 'right',
    sortBy: ({ version }) => version,
    cell: ({ version }) => <span className="tabular">{version}</span>,
  },
  {
    id: 'steps',
    title: 'Steps',
    width: 72,
    align: 'right',
    sortBy: ({ steps }) => steps,
    cell: ({ steps }) => <span className="tabular">{steps}</span>,
  },
  {
    id: 'lastRun',
    title: 'Last run',
    width: 210,
    sortBy: ({ lastRun }) => (lastRun === null ? null : Date.parse(lastRun.createdAt)),
    cell: ({ lastRun }) => <LastRun run={lastRun} />,
  },
  {
    id: 'updated',
    title: 'Changed',
    width: 120,
    sortBy: ({ updatedAt }) => Date.parse(updatedAt),
    cell: ({ updatedAt }) => (
      <span className="dim">
        <RelativeTime at={updatedAt} />
      </span>
    ),
  },
  {
    id: 'actions',
    title: 'Actions',
    hidesTitle: true,
    width: 84,
    isKey: true,
    align: 'right',
    cell: (row) => <RowActions workflow={row} />,
  },
]

/** A workflow on a narrow screen. */
export function WorkflowCard({ row }: { readonly row: WorkflowRow }) {
  return (
    <div className={classes.card}>
      <div className={classes.cardLine}>
        <span className={classes.cardName}>
          <Name row={row} />
        </span>
        <RowActions workflow={row} />
      </div>
      {row.description !== null && <div className="dim truncate">{row.description}</div>}
      <div className={classes.cardLine}>
        <LastRun run={row.lastRun} />
        {row.code === null ? (
          <span className="dim">
            version {row.version}, {plural(row.steps, 'step')}
          </span>
        ) : (
          <Origin code={row.code} />
        )}
      </div>
    </div>
  )
}
