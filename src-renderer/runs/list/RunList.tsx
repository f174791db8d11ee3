import { Button } from '@mantine/core'
import { IconFilterOff, IconFolder, IconPlayerPlay } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { RunSummary } from '../../../src-shared/contract/index.ts'
import { chooseWorkspace, useChosenWorkspace } from '../../api/index.ts'
import { Empty, Failed } from '../../ui/Notes.tsx'
import { DataTable } from '../../ui/table/index.ts'
import { useHasWorkspaces } from '../../workspaces/use-workspaces.ts'
import { BulkActions } from './BulkActions.tsx'
import { RunCard, runColumns, runColumnsOfAll } from './columns.tsx'
import { isFiltered, type RunFilter, sentenceOf } from './filter.ts'
import classes from './list.module.css'
import { useRuns } from './use-runs.ts'

interface RunListProps {
  readonly filter: RunFilter
  readonly onFilter: (filter: RunFilter) => void
}

export function RunList({ filter, onFilter }: RunListProps) {
  const navigate = useNavigate()
  const workspace = useChosenWorkspace()
  const { query, runs, more } = useRuns(filter)
  const open = ({ id }: RunSummary): void => void navigate({ to: '/runs/$run', params: { run: id } })
  const { error } = query
  return (
    <>
      {error !== null && (
        <Failed error={error} what="The runs could not be listed" onRetry={() => void query.refetch()} />
      )}
      {(error === null || runs.length > 0) && (
        <div className={classes.list}>
          <DataTable
            name="runs"
            label={sentenceOf(filter)}
            columns={workspace === null ? runColumnsOfAll : runColumns}
            rows={runs}
            keyOf={idOf}
            onOpen={open}
            card={cardOf}
            bulk={(chosen, clear) => <BulkActions runs={chosen} onDone={clear} />}
            isLoading={query.isPending}
            more={more}
            empty={<NoRuns filter={filter} onFilter={onFilter} />}
          />
        </div>
      )}
    </>
  )
}

const idOf = ({ id }: RunSummary): string => id
const cardOf = (run: RunSummary) => <RunCard run={run} />

function NoRuns({ filter, onFilter }: RunListProps) {
  const workspace = useChosenWorkspace()
  const hasOthers = useHasWorkspaces()
  if (isFiltered(filter)) {
    return (
      <Empty
        icon={<IconFilterOff size={28} stroke={1.5} />}
        title="No run is like that"
        actions={
          <Button variant="default" onClick={() => onFilter({})}>
            Show all runs{workspace !== null && hasOthers ? ` in ${workspace}` : ''}
          </Button>
        }
      >
        This list shows: {sentenceOf(filter).replace(/^./, (first) => first.toLowerCase())}.
      </Empty>
    )
  }
  if (workspace !== null && hasOthers) {
    return (
      <Empty
        icon={<IconFolder size={28} stroke={1.5} />}
        title={`Nothing has run in ${workspace} yet`}
        actions={
          <Button variant="default" onClick={() => chooseWorkspace(null)}>
            Show the runs of all workspaces
          </Button>
        }
      >
        What is run here uses the results of the workspaces above it.
      </Empty>
    )
  }
  return (
    <Empty
      icon={<IconPlayerPlay size={28} stroke={1.5} />}
      title="Nothing has run yet"
      actions={
        <Button component={Link} to="/workflows">
          Choose a workflow to run
        </Button>
      }
    >
      Every run is kept here with its steps, logs and results. The sample among the workflows takes a few seconds.
    </Empty>
  )
}
