import { IconListCheck } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { QueueEntry } from '../../src-shared/contract/index.ts'
import { sentence, useChosenWorkspace } from '../api/index.ts'
import { formatCount } from '../ui/format.ts'
import { Empty, Failed } from '../ui/Notes.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { type Column, DataTable } from '../ui/table/index.ts'
import { useQueue } from './use-workers.ts'
import classes from './workers.module.css'

/** What could run and does not yet, in the order in which it will: each with what it waits for. */
export function QueueTab() {
  const asked = useQueue()
  const workspace = useChosenWorkspace()
  const navigate = useNavigate()
  const rows = asked.data?.items ?? []
  if (asked.isError && asked.data === undefined) {
    return <Failed error={asked.error} what="The queue could not be read" onRetry={() => void asked.refetch()} />
  }
  return (
    <DataTable
      name="queue"
      label="Queue"
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      onOpen={({ run, step }) => void navigate({ to: '/runs/$run', params: { run }, search: { step } })}
      card={cardOf}
      isLoading={asked.isPending}
      empty={
        <Empty icon={<IconListCheck size={28} stroke={1.5} />} title="Nothing waits">
          {workspace === null
            ? 'Steps that could run and find no room, no worker or no free key stand here, with why.'
            : `No step of ${workspace} waits for room, a worker or a free key. Choose all workspaces to see the others.`}
        </Empty>
      }
    />
  )
}

const keyOf = ({ run, step }: QueueEntry): string => `${run}:${step}`

/** Without an order of their own: they stand as they go. */
const columns: readonly Column<QueueEntry>[] = [
  {
    id: 'why',
    title: 'Why it waits',
    width: 420,
    grows: true,
    isKey: true,
    cell: ({ why }) => (
      <span className="truncate" title={sentence(why)}>
        {sentence(why)}
      </span>
    ),
  },
  { id: 'step', title: 'Step', width: 220, isKey: true, cell: (row) => <Step entry={row} /> },
  {
    id: 'run',
    title: 'Run',
    width: 200,
    cell: ({ run, workflow }) => (
      <span className={classes.runCell}>
        <span className="truncate">{workflow}</span>
        <span className="mono dim">{run}</span>
      </span>
    ),
  },
  {
    id: 'workspace',
    title: 'Workspace',
    width: 120,
    cell: ({ workspace }) => <span className="dim truncate">{workspace}</span>,
  },
  {
    id: 'priority',
    title: 'Priority',
    width: 80,
    align: 'right',
    cell: ({ priority }) => <span className="tabular">{priority === 0 ? '' : priority}</span>,
  },
  { id: 'since', title: 'Waiting since', width: 130, cell: ({ since }) => <RelativeTime at={since} /> },
]

function Step({ entry: { run, step, name, count } }: { readonly entry: QueueEntry }) {
  return (
    <Link to="/runs/$run" params={{ run }} search={{ step }} className={`${classes.stepLink} truncate`}>
      {count === 1 ? (
        <span className="mono">{step}</span>
      ) : (
        <>
          <span className="mono">{name}</span> <span className="dim tabular">× {formatCount(count)}</span>
        </>
      )}
    </Link>
  )
}

function cardOf(entry: QueueEntry) {
  const { why, workflow, workspace, since } = entry
  return (
    <div className={classes.card}>
      <Step entry={entry} />
      <span className={classes.cardWhy}>{sentence(why)}</span>
      <span className="dim truncate">
        {workflow} in {workspace}, since <RelativeTime at={since} />
      </span>
    </div>
  )
}
